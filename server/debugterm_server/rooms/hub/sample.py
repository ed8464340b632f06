"""Rows of the last minute, a fair sample of 100 a second: what is typed is tried on them, and names come from them.

Below that rate it is all rows. A row's chance does not depend on what is in it, but for rows of many kilobytes.
"""

from collections.abc import Iterator
from itertools import islice

from debugterm_server.core.catalog import Catalog
from debugterm_server.core.columns import Columns, Row
from debugterm_server.rooms.hub.batch import Read

SECONDS = 60
A_SECOND = 100
MOST = 3 * A_SECOND
"""Of a second whose rate was not foreseen."""
BYTES = 64 * 1024
"""Of one second."""


class Second:
    """The sampled rows of one second."""

    __slots__ = ("_rows", "came", "lines", "size")

    def __init__(self) -> None:
        self.came = 0
        self.lines: list[bytes] = []
        self.size = 0
        self._rows: list[Row] = []

    def rows(self) -> list[Row]:
        """The rows, decoded; kept until `forget`."""
        if len(self._rows) < len(self.lines):
            new = self.lines[len(self._rows) :]
            self._rows += Columns(b"\n".join(new), n=len(new)).rows
        return self._rows

    def forget(self) -> None:
        """Let go of the decoded rows."""
        self._rows = []


class Sample:
    """The last minute, and the catalog of the last five."""

    def __init__(self) -> None:
        self.catalog = Catalog()
        self._seconds: dict[int, Second] = {}
        self._next = 0

    def take(self, read: Read) -> None:
        """An entry, live or of the past."""
        at = read.place[0] // 1000
        second = self._seconds.get(at)
        if second is None:
            second = self._seconds[at] = Second()
        lines = [read.lines[index] for index in self._indexes(read, at)]
        lines = list(islice(_within(lines, BYTES - second.size), max(0, MOST - len(second.lines))))
        second.came += read.entry.n
        second.lines += lines
        second.size += sum(map(len, lines))
        self.catalog.add(
            Columns(b"\n".join(lines), n=len(lines)).rows if lines else [], second=at, came=read.entry.n
        )

    def _indexes(self, read: Read, at: int) -> range:
        """Every n-th row, counted on from entry to entry, so that about A_SECOND come together."""
        near = (self._seconds.get(each) for each in (at - 1, at, at + 1))
        rate = max(self._seconds[at].came + read.entry.n, *(each.came for each in near if each is not None))
        stride = max(1, -(-rate // A_SECOND))
        indexes = range(min(self._next, stride - 1), read.entry.n, stride)
        behind = indexes[-1] + stride if indexes else min(self._next, stride - 1)
        self._next = max(0, behind - read.entry.n)
        return indexes

    def seconds(self, now: int) -> list[Second]:
        """The seconds of the last minute in which rows came, newest first."""
        return [self._seconds[at] for at in sorted(self._seconds, reverse=True) if at > now - SECONDS]

    def forget(self, now: int, *, decoded: bool) -> None:
        """Drop what is too old, and what was decoded if nobody needs it."""
        self._seconds = {at: second for at, second in self._seconds.items() if at > now - SECONDS}
        self.catalog.forget(now)
        if decoded:
            for second in self._seconds.values():
                second.forget()


def _within(lines: list[bytes], size: int) -> Iterator[bytes]:
    """The lines that fit, one after the other."""
    for line in lines:
        if len(line) <= size:
            size -= len(line)
            yield line
