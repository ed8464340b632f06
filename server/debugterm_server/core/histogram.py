"""Exact numbers of rows by second of receipt and level: a ring over the last minutes, cheap to add to and to read.

Seconds are those of the entry ids, not of the rows' own times (decisions 2). Live entries and the counted past are
added in any order; `exact_from` says from which second on nothing is missing.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass

from debugterm_protocol import limits

SPARE_SECONDS = 10
"""Beyond what is read: a stretch that ends a little before the newest second is still held whole."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A stretch of seconds, oldest first: `by` has for each level that occurs one number a second."""

    start: int
    by: dict[str, list[int]]
    exact_from: int


class Histogram:
    """Counts of the last `length` seconds up to the newest second that was added."""

    __slots__ = ("_by", "_length", "_newest", "exact_from")

    def __init__(self, *, exact_from: int, length: int = limits.HISTOGRAM_SECONDS + SPARE_SECONDS) -> None:
        self.exact_from = exact_from
        """Unix second from which on every row is added; whoever counts the past moves it back."""
        self._length = length
        self._newest = exact_from
        self._by: dict[str, array[int]] = {}

    @property
    def oldest(self) -> int:
        """The oldest second it still holds."""
        return self._newest - self._length + 1

    def add(self, second: int, by: Mapping[str, int]) -> None:
        """Rows of one second by level; seconds that left the ring are ignored."""
        if second > self._newest:
            self.advance(second)
        elif second < self.oldest:
            return
        place = second % self._length
        for level, n in by.items():
            ring = self._by.get(level)
            if ring is None:
                ring = self._by[level] = array("Q", bytes(8 * self._length))
            ring[place] += n

    def advance(self, second: int) -> None:
        """Make room up to this second: the oldest seconds leave."""
        gone = range(max(self._newest + 1, second - self._length + 1), second + 1)
        if not gone:
            return
        for ring in self._by.values():
            for each in gone:
                ring[each % self._length] = 0
        self._newest = second

    def at(self, second: int) -> dict[str, int]:
        """Rows of one second by level; levels without rows are left out."""
        if not self.oldest <= second <= self._newest:
            return {}
        place = second % self._length
        return {level: ring[place] for level, ring in self._by.items() if ring[place]}

    def read(self, *, end: int, seconds: int = limits.HISTOGRAM_SECONDS) -> Bars:
        """So many seconds before `end`; those that the ring does not hold are 0."""
        start = end - seconds
        by = {
            level: numbers
            for level, ring in self._by.items()
            if any(numbers := [self._number(ring, second) for second in range(start, end)])
        }
        return Bars(start, by, exact_from=max(start, self.exact_from))

    def _number(self, ring: "array[int]", second: int) -> int:
        return ring[second % self._length] if self.oldest <= second <= self._newest else 0
