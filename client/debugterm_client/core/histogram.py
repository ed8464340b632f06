"""Matching rows by second and level over the last 15 minutes, and as so many bars as there is room for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from debugterm_protocol import limits, views
from debugterm_protocol.levels import LEVELS

LOUD = ("fatal", "error", "warn")
"""Levels that mark a bar, the worst first."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: how many rows, the worst level among them if it is worth a mark, and whether all were counted."""

    n: int
    worst: str = ""
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of equal stretches of time, oldest first."""

    start: int
    """Unix second of the first one."""
    step: int
    """Seconds of each."""
    bars: tuple[Bar, ...]


@dataclass(slots=True)
class Histogram:
    """The whole of the last frame, and the seconds that followed it."""

    start: int = 0
    seconds: list[Mapping[str, int]] = field(default_factory=list)
    """Rows by level of each second from `start` on."""
    exact_from: int = 0
    _bars: dict[int, Bars] = field(default_factory=dict)
    _sums: tuple[dict[str, int], tuple[int, int]] | None = None
    """Totals and peak; both and the bars are kept until something is counted: a frame is drawn more often."""

    def take(self, frame: views.Histogram) -> None:
        """The whole, counted anew."""
        self.start, self.exact_from = frame.start, frame.exact_from
        self.seconds = [
            {level: numbers[at] for level, numbers in frame.by.items() if at < len(numbers) and numbers[at]}
            for at in range(min(frame.seconds, limits.HISTOGRAM_SECONDS))
        ]
        self._changed()

    def add(self, second: int, by: Mapping[str, int]) -> None:
        """One more second; a second that is there already is counted anew."""
        if second <= 0:
            return
        if not self.seconds:
            self.start = self.exact_from = second
        at = second - self.start
        if at < 0:
            return
        skipped = at - len(self.seconds)
        if skipped > limits.HISTOGRAM_SECONDS:
            self.seconds.clear()
            self.start = second
        else:
            self.seconds += [{} for _ in range(skipped)]
        at = second - self.start
        self.seconds[at : at + 1] = [by]
        over = len(self.seconds) - limits.HISTOGRAM_SECONDS
        if over > 0:
            del self.seconds[:over]
            self.start += over
        self._changed()

    @property
    def end(self) -> int:
        """Unix second behind the last one."""
        return self.start + len(self.seconds)

    def _changed(self) -> None:
        self._bars.clear()
        self._sums = None

    @property
    def totals(self) -> dict[str, int]:
        """Rows by level; a level without rows is left out."""
        return self._summed()[0]

    @property
    def peak(self) -> tuple[int, int]:
        """Rows of the busiest second, and which second that was."""
        return self._summed()[1]

    def _summed(self) -> tuple[dict[str, int], tuple[int, int]]:
        if self._sums is None:
            found = dict.fromkeys(LEVELS, 0)
            most, busiest = 0, self.start
            for second, by in enumerate(self.seconds, self.start):
                for level, n in by.items():
                    found[level] = found.get(level, 0) + n
                if (rows := sum(by.values())) > most:
                    most, busiest = rows, second
            self._sums = ({level: n for level, n in found.items() if n}, (most, busiest))
        return self._sums

    def bars(self, width: int) -> Bars:
        """At most so many bars; their edges stand at whole multiples of their step, so that they do not dance."""
        if width not in self._bars:
            self._bars[width] = self._joined(max(width, 1))
        return self._bars[width]

    def _joined(self, width: int) -> Bars:
        if not self.seconds:
            return Bars(0, 1, ())
        # One bar more than the seconds fill: the edges seldom fall on the first second.
        step = max(1, -(-limits.HISTOGRAM_SECONDS // max(width - 1, 1)))
        first = self.start // step
        count = (self.end - 1) // step - first + 1
        sums: list[dict[str, int]] = [{} for _ in range(count)]
        for at, by in enumerate(self.seconds, self.start):
            bar = sums[at // step - first]
            for level, n in by.items():
                bar[level] = bar.get(level, 0) + n
        bars = [
            Bar(sum(by.values()), _worst(by), (first + at + 1) * step > self.exact_from)
            for at, by in enumerate(sums)
        ]
        bars = bars[-width:]
        return Bars((first + count - len(bars)) * step, step, tuple(bars))


def _worst(by: Mapping[str, int]) -> str:
    return next((level for level in LOUD if by.get(level)), "")
