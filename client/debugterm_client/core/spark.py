"""Sparklines: numbers to one line of bars."""

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
ASCII_BARS = "_.-=#"
MOST = 1e15
"""From here a number is only said to be large."""


def sparkline(
    values: Sequence[float | None], *, width: int, top: float | None = None, bars: str = BARS
) -> str:
    """The newest `width` values as bars, newest at the right; a missing value is a blank.

    Bars start at 0; `top` is the value of a full bar (None: the largest of the values).
    """
    shown = [*values][-width:] if width > 0 else []
    known = [value for value in shown if value is not None]
    most = top if top is not None else max(known, default=0.0)
    cells = [" " if value is None else _bar(value, most, bars) for value in shown]
    return "".join(cells).rjust(max(width, 0))


def _bar(value: float, most: float, bars: str) -> str:
    if most <= 0 or value <= 0:
        return bars[0]
    return bars[min(len(bars) - 1, int(value / most * len(bars)))]


def short(value: float) -> str:
    """A number in at most five columns: 7.4, 812, 2.1k, 31M; what is larger than any sane one is >999T."""
    if value >= MOST * 0.9995:
        return ">999T"
    for limit, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit * 0.9995:
            scaled = value / limit
            return f"{scaled:.1f}{unit}" if abs(scaled) < 9.95 else f"{scaled:.0f}{unit}"
    return f"{value:.1f}" if abs(value) < 9.95 and value != int(value) else f"{value:.0f}"
