"""Packs normalised rows into the batches of stream entries: at most 1,000 rows and 512 KiB each."""

from collections import Counter

from debugterm_protocol import limits

from debugterm_server.bus.entries import Batch


class Packer:
    """Collects rows of one body and closes a batch when the next row would not fit."""

    def __init__(self, *, key: str, src: str) -> None:
        self._key = key
        self._src = src
        self._done: list[Batch] = []
        self._t0 = self._t1 = 0
        self._reset()

    def add(self, row: bytes, *, ts: int, level: str) -> None:
        """One more row; `ts` in microseconds."""
        if len(self._rows) >= limits.ENTRY_ROWS or self._bytes + len(row) + 1 > limits.ENTRY_BYTES:
            self._close()
        self._rows.append(row)
        self._bytes += len(row) + 1
        self._levels[level] += 1
        self._t0 = min(self._t0, ts) if len(self._rows) > 1 else ts
        self._t1 = max(self._t1, ts) if len(self._rows) > 1 else ts

    def batches(self) -> list[Batch]:
        """Everything added, in order."""
        if self._rows:
            self._close()
        return self._done

    def _close(self) -> None:
        self._done.append(
            Batch(
                rows=b"\n".join(self._rows),
                n=len(self._rows),
                t0=self._t0,
                t1=self._t1,
                levels=dict(self._levels),
                key=self._key,
                src=self._src,
            )
        )
        self._reset()

    def _reset(self) -> None:
        self._rows: list[bytes] = []
        self._bytes = 0
        self._levels: Counter[str] = Counter()
