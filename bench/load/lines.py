"""The figures of a bench: one line is one figure of ours, the rival's from the same run, and what we aim at."""

import statistics
from collections.abc import Sequence

import msgspec


class Aim(msgspec.Struct, frozen=True):
    """What a figure should reach: ours itself (`of` = ours) or ours / rival (`of` = ratio)."""

    at: float
    of: str = "ours"
    less: bool = False
    """Whether less is better."""

    def met(self, ours: float, ratio: float | None) -> bool | None:
        """Whether it is reached; None where the rival is missing."""
        value = ours if self.of == "ours" else ratio
        if value is None:
            return None
        return value <= self.at if self.less else value >= self.at

    def __str__(self) -> str:
        sign = "<=" if self.less else ">="
        return f"{sign} {show(self.at)}" + ("x" if self.of == "ratio" else "")


class Line(msgspec.Struct, frozen=True):
    """One figure of one run."""

    what: str
    unit: str
    ours: float
    rival: float | None = None
    against: str = ""
    aim: Aim | None = None

    @property
    def ratio(self) -> float | None:
        """Ours to the rival's."""
        return self.ours / self.rival if self.rival else None


class Found(msgspec.Struct):
    """What one run of a case gave; notes say what a reader must know before believing it."""

    lines: list[Line]
    notes: list[str] = []
    spark: dict[str, list[float]] = {}
    """Shapes worth a look, such as how waits are spread."""


class Spread(msgspec.Struct, frozen=True):
    """One figure over all repeats."""

    median: float
    least: float
    most: float
    n: int


class Result(msgspec.Struct, frozen=True):
    """A line over all repeats; `ratio` is the median of the runs' ratios."""

    what: str
    unit: str
    ours: Spread
    rival: Spread | None
    against: str
    ratio: Spread | None
    aim: str
    met: bool | None


def gather(runs: Sequence[Found]) -> list[Result]:
    """The lines of all repeats, in the order of the first."""
    return [
        _result([line for found in runs for line in found.lines if line.what == first.what])
        for first in runs[0].lines
    ]


def _result(lines: Sequence[Line]) -> Result:
    first = lines[0]
    ours = _spread([line.ours for line in lines])
    rivals = [line.rival for line in lines if line.rival is not None]
    ratios = [line.ratio for line in lines if line.ratio is not None]
    ratio = _spread(ratios) if ratios else None
    return Result(
        first.what,
        first.unit,
        ours,
        _spread(rivals) if rivals else None,
        first.against,
        ratio,
        str(first.aim) if first.aim else "",
        first.aim.met(ours.median, ratio.median if ratio else None) if first.aim else None,
    )


def _spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values), len(values))


def show(value: float) -> str:
    """A number as a person reads it: three digits that count, thousands apart."""
    if value >= 1e6:
        return f"{value / 1e6:,.2f} M"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
