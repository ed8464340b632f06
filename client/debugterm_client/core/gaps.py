"""Rows that were not sent: a hole in the stream as a value, how it is filled, and its one line of words."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from debugterm_protocol.frames import Gap, Why
from debugterm_protocol.levels import LEVELS
from debugterm_protocol.offsets import BadOffset, Offset, parse

from debugterm_client.core.rows import LETTERS
from debugterm_client.core.words import counted

WORDS: dict[Why, str] = {
    "slow": "slow",
    "retention": "no longer kept",
    "reset": "the stream was replaced",
    "sampled": "sampled",
    "quota": "quota",
    "redacted": "redacted",
}
FETCHED: frozenset[Why] = frozenset({"slow", "sampled", "quota"})
"""Reasons after which the rows are still in the stream."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A gap on screen. `open` can be fetched, `fetching` is, `closed` has all there is."""

    gap: Gap
    start: Offset
    end: Offset
    """Of what is still missing: it moves towards `start` while newer rows are filled in."""
    filled: int = 0
    state: Literal["open", "fetching", "closed"] = "open"

    @property
    def missing(self) -> int | None:
        """Rows that are still not here; None when nobody can know."""
        return None if self.gap.n is None else max(0, self.gap.n - self.filled)

    @property
    def action(self) -> str:
        """What Enter does here; empty when it does nothing."""
        return "" if self.state != "open" else "[Enter fetch more]" if self.filled else "[Enter fetch]"

    @property
    def text(self) -> str:
        """What its line says between the dashes, before the action."""
        match self.state:
            case "open" if self.filled:
                return f"gap: {_rest(self)} still missing {_span(self.start, self.end)}"
            case "open":
                return gap_text(self.gap)
            case "fetching":
                of = "" if self.gap.n is None else f" of {self.gap.n:,}"
                return f"fetching {span(self.gap)}: {self.filled:,}{of} rows"
            case "closed" if not self.filled:
                return gap_text(self.gap)
            case "closed":
                lost = "" if self.missing is None else f", {self.missing:,} lost"
                return f"{counted(self.filled, 'row')} filled{lost} {span(self.gap)}"


def hole_of(gap: Gap) -> Hole:
    """A gap as it came; what can never come any more is closed from the start. Raises BadOffset."""
    state: Literal["open", "closed"] = "open" if gap.why in FETCHED else "closed"
    return Hole(gap, parse(gap.start), parse(gap.end), state=state)


def fill(hole: Hole, fresh: int, *, done: bool, back_to: str) -> Hole:
    """The hole after a frame of fetched rows, of which so many were not here."""
    filled = replace(hole, filled=hole.filled + fresh)
    if not done:
        return filled
    if back_to and filled.missing != 0:
        return replace(filled, state="open", end=min(hole.end, parse(back_to)))
    return replace(filled, state="closed")


def _rest(hole: Hole) -> str:
    return "more rows" if hole.missing is None else f"{hole.missing:,} of {counted(hole.gap.n or 0, 'row')}"


def _time(offset: Offset) -> str:
    try:
        return datetime.fromtimestamp(offset.ms / 1000, UTC).strftime("%H:%M:%S")
    except (OverflowError, OSError, ValueError):
        return "?"


def _span(start: Offset, end: Offset) -> str:
    first, last = _time(start), _time(end)
    if first == last:
        return first
    shared = 6 if first[:6] == last[:6] else 3 if first[:3] == last[:3] else 0
    return f"{first}-{last[shared:]}"


def span(gap: Gap) -> str:
    """The time range of a gap as short as it can be said: 18:42:02-05."""
    try:
        return _span(parse(gap.start), parse(gap.end))
    except BadOffset:
        return "?"


def by_level(by: dict[str, int]) -> str:
    """`E 3 I 1,201`: the worst first, by the letter that rows have; levels without rows are left out."""
    return " ".join(f"{LETTERS[level]} {by[level]:,}" for level in reversed(LEVELS) if by.get(level))


def gap_text(gap: Gap) -> str:
    """A gap in words: how many, when, why, which levels, and whether the errors among them came."""
    many = "unknown number of rows" if gap.n is None else counted(gap.n, "row")
    notes = [WORDS[gap.why]]
    if shown := _bad(gap.shown):
        notes.append(f"errors {shown:,} of {shown + _bad(gap.by):,} shown")
    if levels := by_level(gap.by):
        notes.append(levels)
    return f"gap: {many} not sent {span(gap)} ({', '.join(notes)})"


def _bad(by: dict[str, int]) -> int:
    return by.get("error", 0) + by.get("fatal", 0)
