"""One open log file, read in order; notices when it was cut or written anew under the same name."""

import os
from pathlib import Path

from debugterm_client.ship.cut import Cutter
from debugterm_client.ship.place import Place, tail_hash
from debugterm_client.ship.records import Record, Records
from debugterm_client.ship.rotated import place_at, tail_before

CHUNK_BYTES = 64 * 1024


class Cut(Exception):
    """The file no longer holds what was read from it."""


class Tail:
    """Reads one inode in chunks, from a place that stands."""

    def __init__(self, path: Path, fd: int, *, key: str, offset: int) -> None:
        self.key = key
        self._path = path
        self._fd = fd
        self._cutter = Cutter(offset, tail=tail_before(fd, offset))
        self._records = Records()
        self.place = self.place_of(offset, self._cutter.tail)
        """Behind the last record given out."""

    def place_of(self, offset: int, tail: bytes) -> Place:
        """The place of a record of this file."""
        return Place(str(self._path), offset, tail_hash(tail), len(tail))

    @property
    def pending(self) -> bool:
        """Whether a record has begun that will soon be taken as ended."""
        return self._records.pending

    def pull(self, now: float) -> tuple[list[Record], bool]:
        """The records of the next chunk, and whether there was anything to read. `now` is monotonic. Raises Cut."""
        tail = self._cutter.tail
        data = os.pread(self._fd, len(tail) + CHUNK_BYTES, self._cutter.offset - len(tail))
        if not data.startswith(tail):
            raise Cut
        if len(data) == len(tail):
            return self._given(self._records.idle(self._cutter, now)), False
        return self._given(self._records.feed(self._cutter.feed(data[len(tail) :]), now)), True

    def untouched(self) -> bool:
        """Whether there is something to read and nothing was read."""
        return self._cutter.offset == 0 and os.fstat(self._fd).st_size > 0

    def finish(self) -> list[Record]:
        """What has begun and not ended, taken as ended."""
        return self._given(self._records.finish(self._cutter))

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._fd)

    def gone(self) -> bool:
        """Whether the file has no name any more."""
        return os.fstat(self._fd).st_nlink == 0

    def _given(self, records: list[Record]) -> list[Record]:
        if records:
            self.place = self.place_of(records[-1].end, records[-1].tail)
        return records


def first_place(path: Path, fd: int, *, last: int | None) -> Place:
    """Where a file never seen before begins: at its start, or so that its `last` lines are read."""
    return place_at(path, fd, 0 if last is None else _offset_of_last(fd, last))


def _offset_of_last(fd: int, lines: int) -> int:
    """Offset of the first of the last `lines` lines; a line that has begun counts."""
    end = os.fstat(fd).st_size
    if lines == 0 or end == 0:
        return end
    wanted = lines + 1 if os.pread(fd, 1, end - 1) == b"\n" else lines
    while end > 0:
        start = max(0, end - CHUNK_BYTES)
        block = os.pread(fd, end - start, start)
        count = block.count(b"\n")
        if count >= wanted:
            for _ in range(wanted):
                block = block[: block.rindex(b"\n")]
            return start + len(block) + 1
        wanted -= count
        end = start
    return 0
