"""The histogram row: matching rows over the last 15 minutes, the loud bars marked, totals by level."""

from datetime import UTC, datetime

from debugterm_protocol.levels import LEVELS

from debugterm_client.core.histogram import Bar, Histogram
from debugterm_client.core.rows import LETTERS
from debugterm_client.core.spark import short
from debugterm_client.ui.fit import Fragment, clip, length
from debugterm_client.ui.theme import Signs

Line = list[Fragment]
STYLES = {"fatal": "class:hist.f", "error": "class:hist.e", "warn": "class:hist.w", "": "class:hist.i"}
ALWAYS = ("error", "warn")
"""Levels whose total is shown even when it is 0."""


def histogram_lines(histogram: Histogram, columns: int, signs: Signs, *, marks: bool) -> list[Line]:
    """One line of bars and totals; with `marks` a second one with a letter under each bar that holds warnings or worse.

    A bar is as high as its rows, a loud one is underlined too; what the hub did not count is a dot, not a zero.
    """
    totals = _totals(histogram, columns)
    room = columns - length(totals) - len(" 18:27  18:42  ") - 1
    found = histogram.bars(max(8, min(room, 120)))
    if not found.bars or room < 8:
        waiting: Line = [("class:dim", " counting the last 15 minutes ")]
        return [clip([*waiting, *totals], columns), *([[("", "")]] if marks else [])]
    top = max(bar.n for bar in found.bars)
    first, last = _clock(found.start), _clock(histogram.end)
    letters = signs.letters and not marks
    bars: Line = [_bar(bar, top, signs, letters=letters) for bar in found.bars]
    line: Line = [("class:dim", f" {first} "), *_joined(bars), ("class:dim", f" {last}  "), *totals]
    if not marks:
        return [clip(line, columns)]
    under: Line = [(STYLES[bar.worst], LETTERS[bar.worst] if bar.worst else " ") for bar in found.bars]
    return [clip(line, columns), clip([("", " " * (len(first) + 2)), *_joined(under)], columns)]


def _bar(bar: Bar, top: int, signs: Signs, *, letters: bool) -> Fragment:
    if letters and bar.worst:
        return (STYLES[bar.worst], LETTERS[bar.worst])
    if not bar.exact and not bar.n:
        return ("class:dim", signs.unknown)
    if not bar.n:
        return ("class:dim", signs.bars[0])
    height = min(len(signs.bars) - 1, 1 + (bar.n * (len(signs.bars) - 1) - 1) // max(top, 1))
    return (STYLES[bar.worst], signs.bars[height])


def _joined(cells: Line) -> Line:
    """Neighbours of one style as one fragment: a frame has fewer of them to draw."""
    line: Line = []
    for style, text in cells:
        if line and line[-1][0] == style:
            line[-1] = (style, line[-1][1] + text)
        else:
            line.append((style, text))
    return line


def _totals(histogram: Histogram, columns: int) -> Line:
    totals = histogram.totals
    line: Line = []
    for level in reversed(LEVELS):
        n = totals.get(level, 0)
        if n or level in ALWAYS:
            style = STYLES.get(level, "") if n else "class:dim"
            line += [(style, f"{LETTERS[level]} {short(n)}"), ("", "  ")]
    if columns >= 120:
        n, second = histogram.peak
        when = f" {datetime.fromtimestamp(second, UTC):%H:%M:%S}" if n else ""
        line.append(("class:dim", f"peak {short(n)}/s{when} "))
    return line


def _clock(second: int) -> str:
    return f"{datetime.fromtimestamp(max(second, 0), UTC):%H:%M}"
