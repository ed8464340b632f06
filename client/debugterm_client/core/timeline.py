"""What the stream pane holds: rows and typed chrome in the order they came, bounded, with stable numbers.

An item keeps its number when older ones are dropped, so that scrolling and selection never jump.
"""

from dataclasses import dataclass

from debugterm_protocol import limits

from debugterm_client.core.news import RowAt

BYTES = 64 * 1024 * 1024
"""Bytes of rows kept; with `limits.CLIENT_BUFFER_ROWS` whichever is reached first."""


@dataclass(frozen=True, slots=True)
class Chrome:
    """A line of our own between the rows: a gap, a reconnect, a reset. Never drawn from row text."""

    kind: str
    """`gap` or `note`."""
    text: str


Item = RowAt | Chrome


class Timeline:
    """Items numbered from 0 for ever; the oldest are dropped beyond the bound, in slices."""

    def __init__(self, *, most: int = limits.CLIENT_BUFFER_ROWS, most_bytes: int = BYTES) -> None:
        self._items: list[Item] = []
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self.first = 0
        """Number of the oldest item that is kept."""

    @property
    def end(self) -> int:
        """Number of the next item."""
        return self.first + len(self._items)

    def __getitem__(self, number: int) -> Item:
        if not self.first <= number < self.end:
            raise IndexError(number)
        return self._items[number - self.first]

    def add(self, items: list[RowAt] | list[Chrome]) -> None:
        """Append items and drop the oldest ones beyond the bound."""
        self._items.extend(items)
        self._bytes += sum(len(item.raw) for item in items if isinstance(item, RowAt))
        # A twentieth of slack, so that one row in does not move the whole list by one.
        if len(self._items) > self._most * 1.05 or self._bytes > self._most_bytes:
            self._trim()

    def _trim(self) -> None:
        drop, freed = max(0, len(self._items) - self._most), 0
        freed = sum(_size(item) for item in self._items[:drop])
        while self._bytes - freed > self._most_bytes and drop < len(self._items) - 1:
            freed += _size(self._items[drop])
            drop += 1
        del self._items[:drop]
        self._bytes -= freed
        self.first += drop


def _size(item: Item) -> int:
    return len(item.raw) if isinstance(item, RowAt) else 0
