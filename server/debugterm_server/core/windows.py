"""What one group is over a window: the parts of its slots enter at the end, or from the past at the beginning, and leave."""

from collections import deque
from collections.abc import Iterable
from typing import Any, Protocol

from debugterm_protocol.views import Cell

from debugterm_server.core.parts import DISTINCT, Digest, Distinct, Ends, Extremes, Part, Present, Sum

Number = int | float


class Window(Protocol):
    """One field of one group over the slots of a window."""

    def enter(self, part: Any, start: int, *, older: bool) -> None:
        """A slot at the end of the window; with `older` at its beginning."""

    def leave(self, part: Any, before: int) -> None:
        """The oldest slot goes; all slots that stay start at `before` or later."""

    def coarsen(self, level: int) -> None:
        """Keep less."""


class Added:
    """Kinds that can be added up and taken away again: their window is one of them."""

    __slots__ = ("total",)

    def __init__(self, total: Present | Sum | Digest) -> None:
        self.total: Any = total

    def enter(self, part: Present | Sum | Digest, _start: int, *, older: bool) -> None:  # noqa: ARG002 - order is of no matter
        """One more slot."""
        self.total.absorb(part)

    def leave(self, part: Present | Sum | Digest, _before: int) -> None:
        """One slot less."""
        self.total.absorb(part, -1)

    def coarsen(self, level: int) -> None:
        """Keep less."""
        self.total.coarsen(level)


class Extreme:
    """Least and greatest number: only those are kept that no later slot makes useless."""

    __slots__ = ("_high", "_low")

    def __init__(self) -> None:
        self._low: deque[tuple[int, Number]] = deque()
        self._high: deque[tuple[int, Number]] = deque()

    def enter(self, part: Extremes, start: int, *, older: bool) -> None:
        """A slot at the end of the window; with `older` at its beginning."""
        if part.low is None or part.high is None:
            return
        _enter(self._low, start, part.low, older=older)
        # The greatest is the least of what is negative.
        _enter(self._high, start, -part.high, older=older)

    def leave(self, _part: Extremes, before: int) -> None:
        """Forget the slots that started before."""
        for kept in (self._low, self._high):
            while kept and kept[0][0] < before:
                kept.popleft()

    def coarsen(self, level: int) -> None:
        """Nothing to leave out."""

    @property
    def low(self) -> Cell:
        """The least number."""
        return self._low[0][1] if self._low else None

    @property
    def high(self) -> Cell:
        """The greatest number."""
        return -self._high[0][1] if self._high else None


def _enter(kept: deque[tuple[int, Number]], start: int, number: Number, *, older: bool) -> None:
    if older:
        if not kept or number < kept[0][1]:
            kept.appendleft((start, number))
        return
    while kept and kept[-1][1] >= number:
        kept.pop()
    kept.append((start, number))


class End:
    """First and last value."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: deque[tuple[int, Cell, Cell]] = deque()

    def enter(self, part: Ends, start: int, *, older: bool) -> None:
        """A slot at the end of the window; with `older` at its beginning."""
        if part.first is not None and part.last is not None:
            add = self._kept.appendleft if older else self._kept.append
            add((start, part.first[0], part.last[0]))

    def leave(self, _part: Ends, before: int) -> None:
        """Forget the slots that started before."""
        while self._kept and self._kept[0][0] < before:
            _ = self._kept.popleft()

    def coarsen(self, level: int) -> None:
        """Nothing to leave out."""

    @property
    def first(self) -> Cell:
        """The value of the first row."""
        return self._kept[0][1] if self._kept else None

    @property
    def last(self) -> Cell:
        """The value of the last row."""
        return self._kept[-1][2] if self._kept else None


class Different:
    """Different values: in how many slots each is."""

    __slots__ = ("_most", "_shift", "_slots")

    def __init__(self) -> None:
        self._slots: dict[int, int] = {}
        self._shift = 0
        self._most = DISTINCT[0]

    def enter(self, part: Distinct, _start: int, *, older: bool) -> None:  # noqa: ARG002 - order is of no matter
        """One more slot."""
        self.thin(part.shift)
        slots, mask = self._slots, (1 << self._shift) - 1
        for mark in part.hashes:
            if not mark & mask:
                slots[mark] = slots.get(mark, 0) + 1
        self.thin(part.shift)

    def leave(self, part: Distinct, _before: int) -> None:
        """One slot less."""
        slots = self._slots
        for mark in part.hashes:
            left = slots.get(mark, 0) - 1
            if left > 0:
                slots[mark] = left
            else:
                _ = slots.pop(mark, None)

    def in_one(self, early: Distinct, late: Distinct) -> None:
        """Two slots become one: what is in both is in one slot less."""
        both = Distinct()
        both.hashes = early.hashes & late.hashes
        self.leave(both, 0)

    def coarsen(self, level: int) -> None:
        """A lower bound."""
        self._most = DISTINCT[level]
        self.thin(0)

    def thin(self, shift: int) -> None:
        """Keep one hash in 2**shift at least, and as few as the bound asks for."""
        while self._shift < shift or len(self._slots) > self._most:
            self._shift += 1
            mask = (1 << self._shift) - 1
            self._slots = {mark: n for mark, n in self._slots.items() if not mark & mask}

    @property
    def sparse(self) -> bool:
        """Whether so few are left of a time with many that starting anew from the slots tells more."""
        return self._shift > 0 and len(self._slots) < self._most // 4

    def anew(self, parts: Iterable[Distinct]) -> None:
        """Start anew from all slots."""
        self._slots, self._shift = {}, 0
        for part in parts:
            self.enter(part, 0, older=False)

    @property
    def n(self) -> int:
        """How many; beyond the bound an estimate, two times of three within 2 %."""
        return len(self._slots) << self._shift


def window_of(part: Part) -> Window:
    """An empty window for parts of this kind."""
    match part:
        case Extremes():
            return Extreme()
        case Ends():
            return End()
        case Distinct():
            return Different()
        case Present():
            return Added(Present())
        case Sum():
            return Added(Sum())
        case Digest():
            return Added(Digest())
        case _:
            raise TypeError(f"no window of {type(part).__name__}")
