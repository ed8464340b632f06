"""What the stream pane holds: rows and typed chrome in offset order, bounded, with stable numbers.

An item keeps its number when older ones are dropped, so that scrolling and selection never jump. Rows that are
fetched are merged by offset: what stands above them moves up, what stands below keeps its number. `Shift` says where
each item went.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from debugterm_protocol import limits
from debugterm_protocol.offsets import Offset

from debugterm_client.core.gaps import Hole
from debugterm_client.core.news import RowAt

BYTES = 64 * 1024 * 1024
"""Bytes of rows kept; with `limits.CLIENT_BUFFER_ROWS` whichever is reached first."""
START = Offset(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Chrome:
    """A line of our own between the rows: a reconnect, a reset. Never drawn from row text."""

    kind: str
    """`gap` or `note`."""
    text: str


@dataclass(frozen=True, slots=True)
class Older:
    """The first line: how far back the stream was searched, and whether Enter goes further."""

    back_to: Offset | None
    """Everything from here on was looked at; None at the start of the stream."""
    fetching: bool = False


Item = RowAt | Chrome | Hole | Older


@dataclass(frozen=True, slots=True)
class Shift:
    """Where items went when others were merged in: `before` has the old number before which each new one stands."""

    before: tuple[int, ...] = ()

    def __call__(self, number: int) -> int:
        """The new number of the item that had this one."""
        return number - (len(self.before) - bisect_right(self.before, number))


class Timeline:
    """Items numbered from 0 upwards (merged ones from there down); the oldest are dropped beyond the bound, in slices."""

    def __init__(self, *, most: int = limits.CLIENT_BUFFER_ROWS, most_bytes: int = BYTES) -> None:
        self._items: list[Item] = []
        self._at: list[Offset] = []
        """The place of each item; chrome stands where the item before it stands."""
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._extra = 0
        """Rows fetched by hand, kept beyond the bound until the view is live again."""
        self._epoch_at: int | None = None
        """Number of the line that says that offsets start over."""
        self.first = 0
        """Number of the oldest item that is kept."""
        self.dropped = 0
        """Rows that were dropped because they were too many."""
        self.version = 0
        """Counts changes of items that were there already."""

    @property
    def end(self) -> int:
        """Number of the next item."""
        return self.first + len(self._items)

    def __getitem__(self, number: int) -> Item:
        if not self.first <= number < self.end:
            raise IndexError(number)
        return self._items[number - self.first]

    def offset(self, number: int) -> Offset:
        """The place of an item."""
        return self._at[number - self.first]

    def nearest(self, offset: Offset) -> int:
        """Number of the last item that is not behind a place, of the first when all are."""
        return max(self.first, self.first + bisect_right(self._at, offset, self._lowest) - 1)

    @property
    def older(self) -> Older | None:
        """The first line, when there is one."""
        first = self._items[0] if self._items else None
        return first if isinstance(first, Older) else None

    def add(self, items: Sequence[Item]) -> None:
        """Append items and drop the oldest ones beyond the bound."""
        for item in items:
            last = self._at[-1] if self._at else START
            self._at.append(item.offset if isinstance(item, RowAt) else last)
        self._items.extend(items)
        self._bytes += sum(len(item.raw) for item in items if isinstance(item, RowAt))
        # A twentieth of slack, so that one row in does not move the whole list by one.
        if len(self._items) > (self._most + self._extra) * 1.05 or self._bytes > self._most_bytes:
            self._trim()

    def restart(self, note: Chrome) -> None:
        """The stream was replaced: offsets start over below this note, and nothing above it can be fetched."""
        if self.older is not None:
            self.put(self.first, Older(None))
        self.add([note])
        self._at[-1] = START
        self._epoch_at = self.end - 1

    def reaches(self, number: int) -> bool:
        """Whether the place of this item still means something to the hub."""
        return self._epoch_at is None or number > self._epoch_at

    def put(self, number: int, item: Item) -> None:
        """Another item in the place of one of our own lines."""
        self._items[number - self.first] = item
        self.version += 1

    def put_older(self, older: Older) -> None:
        """Say how far back the stream was searched; the line is the first, and nothing else moves."""
        if self.older is not None:
            self.put(self.first, older)
            return
        self._items.insert(0, older)
        self._at.insert(0, START)
        self.first -= 1
        self.version += 1

    def put_hole(self, hole: Hole) -> Shift:
        """A gap before the first row that lies in it: rows of its range may have been sent."""
        at = bisect_left(self._at, hole.start, self._lowest)
        if at == len(self._at):
            self.add([hole])
            return Shift()
        return self._insert([at], [hole], [self._at[at - 1] if at else START])

    def merge(self, rows: Sequence[RowAt]) -> tuple[Shift, int]:
        """Put fetched rows, in offset order, where they belong; how many were not there already."""
        before: list[int] = []
        fresh: list[Item] = []
        places: list[Offset] = []
        at = self._lowest
        for row in rows:
            at = bisect_left(self._at, row.offset, at)
            if not self._has(at, row.offset):
                before.append(at)
                fresh.append(row)
                places.append(row.offset)
        self._bytes += sum(_size(item) for item in fresh)
        self._extra = min(self._extra + len(fresh), self._most)
        return self._insert(before, fresh, places), len(fresh)

    @property
    def _lowest(self) -> int:
        return 0 if self._epoch_at is None else max(0, self._epoch_at - self.first)

    def _has(self, at: int, offset: Offset) -> bool:
        """Whether the row of this place is there; chrome may stand at its place too."""
        while at < len(self._at) and self._at[at] == offset:
            if isinstance(self._items[at], RowAt):
                return True
            at += 1
        return False

    def _insert(self, before: list[int], new: list[Item], places: list[Offset]) -> Shift:
        if not new:
            return Shift()
        items: list[Item] = []
        ats: list[Offset] = []
        start = 0
        for index, item, place in zip(before, new, places, strict=True):
            items += [*self._items[start:index], item]
            ats += [*self._at[start:index], place]
            start = index
        self._items = items + self._items[start:]
        self._at = ats + self._at[start:]
        shift = Shift(tuple(self.first + index for index in before))
        if self._epoch_at is not None:
            self._epoch_at = shift(self._epoch_at)
        self.first -= len(new)
        self.version += 1
        return shift

    def relax(self) -> None:
        """The view is live again: what was fetched by hand may go with the rest."""
        self._extra = 0

    def _trim(self) -> None:
        drop, freed = max(0, len(self._items) - self._most - self._extra), 0
        freed = sum(_size(item) for item in self._items[:drop])
        while self._bytes - freed > self._most_bytes and drop < len(self._items) - 1:
            freed += _size(self._items[drop])
            drop += 1
        if drop == 0:
            return
        # The last one that goes leaves its place to the line that says so.
        back_to = self._at[drop] if self.reaches(self.first + drop) else None
        self.dropped += sum(isinstance(item, RowAt) for item in self._items[:drop])
        del self._items[: drop - 1]
        del self._at[: drop - 1]
        self._items[0], self._at[0] = Older(back_to), START
        self.version += 1
        self._bytes -= freed
        self.first += drop - 1


def _size(item: Item) -> int:
    return len(item.raw) if isinstance(item, RowAt) else 0
