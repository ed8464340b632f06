"""Rows of the last minute, a fair sample of 100 a second: what is typed is tried on them, and names come from them.

Every n-th row of a second is taken; when that gives too many, every other one of them is dropped and n doubles. So
every row of a second has the same chance, nothing is kept that was not asked for, and below 100 a second it is all.
"""

from debugterm_server.core.catalog import Catalog
from debugterm_server.core.columns import Columns, Row
from debugterm_server.rooms.hub.batch import Read

SECONDS = 60
MOST = 200
"""Rows of one second; from this many on it is thinned out."""
BYTES = 128 * 1024
"""And their bytes."""
IDLE_SECONDS = 10
"""How long decoded rows are kept for the next key that is typed."""


class Second:
    """The sampled rows of one second."""

    __slots__ = ("_next", "_rows", "_size", "_stride", "came", "lines", "told")

    def __init__(self, stride: int) -> None:
        self.came = 0
        self.lines: list[bytes] = []
        self.told = False
        """Whether the catalog has it."""
        self._stride = stride
        self._next = 0
        """Index of the next row to take, from the begin of the next entry."""
        self._size = 0
        self._rows: list[Row] = []

    def take(self, read: Read) -> None:
        """The rows of an entry."""
        index, n = self._next, read.entry.n
        self.came += n
        while index < n:
            line = read.lines[index]
            self.lines.append(line)
            self._size += len(line)
            index += self._stride
            if len(self.lines) % 2 == 0 and (len(self.lines) >= MOST or self._size >= BYTES):
                self._thin()
        self._next = index - n

    def _thin(self) -> None:
        self.lines = self.lines[::2]
        self._size = sum(map(len, self.lines))
        self._stride *= 2
        self._rows = []

    def rows(self) -> list[Row]:
        """The rows, decoded; kept until `forget`."""
        new = self.lines[len(self._rows) :]
        if new:
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
        self._used = 0

    def take(self, read: Read) -> None:
        """An entry, live or of the past."""
        at = read.place[0] // 1000
        second = self._seconds.get(at)
        if second is None:
            # As dense as will do if this second is like the one before (or behind, when walking back).
            near = self._seconds.get(at - 1) or self._seconds.get(at + 1)
            stride = max(1, 2 * near.came // MOST) if near else 1
            second = self._seconds[at] = Second(stride)
        second.take(read)

    def seconds(self, now: int) -> list[tuple[int, Second]]:
        """The seconds of the last minute in which rows came, newest first."""
        self._used = now
        return [(at, self._seconds[at]) for at in sorted(self._seconds, reverse=True) if at > now - SECONDS]

    def second(self, now: int) -> None:
        """A second is over: the catalog learns it, what is too old goes, and what was decoded for nobody."""
        idle = now > self._used + IDLE_SECONDS
        for at, second in self._seconds.items():
            if at < now and not second.told:
                second.told = True
                self.catalog.add(second.rows(), second=at, came=second.came)
            if idle:
                second.forget()
        self._seconds = {at: second for at, second in self._seconds.items() if at > now - SECONDS}
        self.catalog.forget(now)
