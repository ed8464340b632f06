"""What one group keeps of the rows of one slot of time, for each kind of aggregate; `windows` puts slots together.

A part can take the part of the slot after it (`absorb`), so that slots can be made wider. Sums are exact, also of
floats, so that what enters a window and leaves it again leaves no trace.
"""

from typing import Protocol, Self

from debugterm_protocol.query.cells import EXACT, cell_of, measure, nearest_rank, rounded, text_key
from debugterm_protocol.views import Cell

DIGITS = (3, 2, 1)
"""Significant digits of percentiles, by how coarse a table had to become."""
DISTINCT = (4096, 1024, 256)
"""Different values that are counted exactly; beyond that every second, fourth .. one is kept by its hash."""
_SHIFT = 1074
"""A float is a whole number of 2**-1074."""


class Part(Protocol):
    """What is kept of the values of one field, for one slot."""

    @property
    def weight(self) -> int:
        """How many things are kept."""

    def add(self, value: object) -> None:
        """The value of the next row; never None."""

    def absorb(self, later: Self) -> None:
        """The part of the slot that follows."""

    def coarsen(self, level: int) -> None:
        """Keep less."""


class Present:
    """Rows that have the field."""

    __slots__ = ("n",)
    weight = 1

    def __init__(self) -> None:
        self.n = 0

    def add(self, _value: object) -> None:
        """One more."""
        self.n += 1

    def absorb(self, later: "Present", sign: int = 1) -> None:
        """Those of the slot after this; with -1 they are taken away."""
        self.n += sign * later.n

    def coarsen(self, level: int) -> None:
        """A number is as small as it gets."""


class Sum:
    """Number and sum of the numbers: integers as they are, floats in units of 2**-1074."""

    __slots__ = ("exact", "floats", "n", "whole")
    weight = 1

    def __init__(self) -> None:
        self.n = 0
        self.floats = 0
        self.whole = 0
        self.exact = 0

    def add(self, value: object) -> None:
        """One more number, if it is one."""
        number = value if type(value) is int and -EXACT < value < EXACT else measure(value)
        if type(number) is int:
            self.n += 1
            self.whole += number
        elif number is not None:
            self.n += 1
            self.floats += 1
            top, bottom = number.as_integer_ratio()
            self.exact += top << (_SHIFT + 1 - bottom.bit_length())

    def absorb(self, later: "Sum", sign: int = 1) -> None:
        """The sum of the slot after this; with -1 it is taken away."""
        self.n += sign * later.n
        self.floats += sign * later.floats
        self.whole += sign * later.whole
        self.exact += sign * later.exact

    def coarsen(self, level: int) -> None:
        """A sum is as small as it gets."""

    def total(self) -> int | float:
        """The sum; infinite when no float can hold it."""
        if not self.floats:
            return self.whole
        try:
            return ((self.whole << _SHIFT) + self.exact) / (1 << _SHIFT)
        except OverflowError:
            return float("inf")


class Digest:
    """How often each number came, to so many significant digits: percentiles are exact but for that."""

    __slots__ = ("counts", "digits")

    def __init__(self) -> None:
        self.counts: dict[int | float, int] = {}
        self.digits = DIGITS[0]

    @property
    def weight(self) -> int:
        """Different numbers."""
        return len(self.counts)

    def add(self, value: object) -> None:
        """One more number, if it is one."""
        number = value if type(value) is int and -1000 < value < 1000 else measure(value)
        if number is not None:
            near = rounded(number, self.digits)
            self.counts[near] = self.counts.get(near, 0) + 1

    def absorb(self, later: "Digest", sign: int = 1) -> None:
        """The numbers of the slot after this; with -1 they are taken away."""
        counts = self.counts
        for number, n in later.counts.items():
            left = counts.get(number, 0) + sign * n
            if left:
                counts[number] = left
            else:
                del counts[number]

    def coarsen(self, level: int) -> None:
        """Fewer digits."""
        self.digits = DIGITS[level]
        old, self.counts = self.counts, {}
        for number, n in old.items():
            near = rounded(number, self.digits)
            self.counts[near] = self.counts.get(near, 0) + n

    def percentile(self, function: str) -> Cell:
        """The number at the nearest rank of `p50`, `p95`, ..; None of nothing."""
        if not self.counts:
            return None
        rank = nearest_rank(function, sum(self.counts.values()))
        for number in sorted(self.counts):
            rank -= self.counts[number]
            if rank <= 0:
                return number
        raise AssertionError("a rank is at most the number of values")


class Extremes:
    """Least and greatest number."""

    __slots__ = ("high", "low")
    weight = 1

    def __init__(self) -> None:
        self.low: int | float | None = None
        self.high: int | float | None = None

    def add(self, value: object) -> None:
        """One more number, if it is one."""
        number = measure(value)
        if number is None:
            return
        if self.low is None or number < self.low:
            self.low = number
        if self.high is None or number > self.high:
            self.high = number

    def absorb(self, later: "Extremes") -> None:
        """Those of the slot after this."""
        for number in (later.low, later.high):
            if number is not None:
                self.add(number)

    def coarsen(self, level: int) -> None:
        """Two numbers are as small as it gets."""


class Ends:
    """Cells of the first and last value; None when there is none."""

    __slots__ = ("first", "last")
    weight = 1

    def __init__(self) -> None:
        self.first: tuple[Cell] | None = None
        self.last: tuple[Cell] | None = None

    def add(self, value: object) -> None:
        """The next one."""
        self.last = (cell_of(value),)
        if self.first is None:
            self.first = self.last

    def absorb(self, later: "Ends") -> None:
        """Those of the slot after this."""
        self.first = self.first or later.first
        self.last = later.last or self.last

    def coarsen(self, level: int) -> None:
        """Two values are as small as it gets."""


class Distinct:
    """Hashes of the different texts: all of them up to a bound, then one in 2**shift."""

    __slots__ = ("hashes", "most", "shift")

    def __init__(self) -> None:
        self.hashes: set[int] = set()
        self.shift = 0
        self.most = DISTINCT[0]

    @property
    def weight(self) -> int:
        """Hashes kept."""
        return len(self.hashes)

    def add(self, value: object) -> None:
        """One more value."""
        mark = hash(text_key(value))
        if not mark & ((1 << self.shift) - 1):
            self.hashes.add(mark)
            self._thin()

    def absorb(self, later: "Distinct") -> None:
        """Those of the slot after this."""
        self.shift = max(self.shift, later.shift)
        mask = (1 << self.shift) - 1
        self.hashes = {mark for mark in (*self.hashes, *later.hashes) if not mark & mask}
        self._thin()

    def coarsen(self, level: int) -> None:
        """A lower bound."""
        self.most = DISTINCT[level]
        self._thin()

    def _thin(self) -> None:
        while len(self.hashes) > self.most:
            self.shift += 1
            mask = (1 << self.shift) - 1
            self.hashes = {mark for mark in self.hashes if not mark & mask}
