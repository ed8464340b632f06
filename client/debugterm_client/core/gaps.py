"""Rows that were not sent, in one line of words: typed chrome, drawn from a `gap` frame and nothing else."""

from datetime import UTC, datetime

from debugterm_protocol.frames import Gap
from debugterm_protocol.offsets import BadOffset, parse

WORDS = {
    "slow": "slow",
    "retention": "no longer kept",
    "reset": "the stream was replaced",
    "sampled": "sampled",
    "quota": "quota",
    "redacted": "redacted",
}


def _time(offset: str) -> str:
    try:
        return datetime.fromtimestamp(parse(offset).ms / 1000, UTC).strftime("%H:%M:%S")
    except (BadOffset, OverflowError, OSError, ValueError):
        return "?"


def span(gap: Gap) -> str:
    """The time range of a gap as short as it can be said: 18:42:02-05."""
    start, end = _time(gap.start), _time(gap.end)
    if start == end:
        return start
    shared = 6 if start[:6] == end[:6] else 3 if start[:3] == end[:3] else 0
    return f"{start}-{end[shared:]}"


def gap_text(gap: Gap) -> str:
    """What a gap row says between its dashes."""
    many = "unknown number of rows" if gap.n is None else f"{gap.n:,} row{'' if gap.n == 1 else 's'}"
    bad = sum(n for level, n in gap.by.items() if level in ("error", "fatal"))
    errors = f", {bad:,} of them errors" if bad else ""
    return f"gap: {many} not sent {span(gap)} ({WORDS[gap.why]}{errors})"
