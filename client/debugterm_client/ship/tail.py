"""One open log file: read in order, noticed when it is cut or replaced under the same name, never read twice."""

import os
from collections.abc import Callable
from pathlib import Path

from debugterm_client.ship.cut import Cutter
from debugterm_client.ship.place import Place, tail_hash
from debugterm_client.ship.records import Record, Records
from debugterm_client.ship.rotated import find_copy, place_at, stands, tail_before

CHUNK_BYTES = 64 * 1024


class Tail:
    """Reads one inode from `place` on, in chunks; a file that was cut is continued in its copy, then from 0."""

    def __init__(
        self, path: Path, fd: int, *, key: str, place: Place, learn: Callable[[Path, int], None]
    ) -> None:
        self.path = path
        self.key = key
        self._fd = fd
        self._learn = learn
        self._copy: int | None = None
        tail = stands(fd, place)
        self._start(place.offset if tail is not None or self._open_copy(place) else 0)

    def _start(self, offset: int) -> None:
        tail = tail_before(self._fd if self._copy is None else self._copy, offset)
        self._cutter = Cutter(offset, tail=tail)
        self._records = Records()

    @property
    def place(self) -> Place:
        """Where reading has come to."""
        tail = self._cutter.tail
        return Place(str(self.path), self._cutter.offset, tail_hash(tail), len(tail))

    def pull(self, now: float) -> tuple[list[Record], bool]:
        """The records of the next chunk, and whether there was anything to read. `now` is monotonic seconds."""
        tail = self._cutter.tail
        fd = self._fd if self._copy is None else self._copy
        data = os.pread(fd, len(tail) + CHUNK_BYTES, self._cutter.offset - len(tail))
        if not data.startswith(tail):
            return self._cut(), True
        if len(data) > len(tail):
            return self._records.feed(self._cutter.feed(data[len(tail) :]), now), True
        if self._copy is not None:
            return self._end_copy(self._copy), True
        return self._records.idle(self._cutter, now), False

    def finish(self) -> list[Record]:
        """What has begun and not ended, taken as ended."""
        return self._records.finish(self._cutter)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._fd)
        if self._copy is not None:
            os.close(self._copy)

    def gone(self) -> bool:
        """Whether the file has no name any more."""
        return os.fstat(self._fd).st_nlink == 0

    def _cut(self) -> list[Record]:
        if self._copy is not None:
            return self._end_copy(self._copy)
        if self._open_copy(self.place):
            return []
        records = self.finish()
        self._start(0)
        return records

    def _open_copy(self, place: Place) -> bool:
        found = find_copy(self.path, place)
        if found is None:
            return False
        self._copy = found[1]
        self._learn(*found)
        return True

    def _end_copy(self, copy: int) -> list[Record]:
        records = self.finish()
        os.close(copy)
        self._copy = None
        self._start(0)
        return records


def first_place(path: Path, fd: int, *, last: int | None) -> Place:
    """Where a file never seen before begins: at its start, or so that its `last` lines are read."""
    return place_at(path, fd, 0 if last is None else _offset_of_last(fd, last))


def _offset_of_last(fd: int, lines: int) -> int:
    """Offset of the first of the last `lines` lines; a line that has begun counts."""
    end = os.fstat(fd).st_size
    if lines == 0:
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
