"""`since` as people write it: a moment (RFC 3339) or a span back from now (`15m`, `2h`, `7d`)."""

import re
from datetime import UTC, datetime

_SPAN = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class BadTime(ValueError):
    """The text is no time; the message says what one looks like."""


def since(text: str, now: float) -> float | None:
    """Seconds since 1970 at which to begin; None for no text. A moment without zone is UTC. Raises BadTime."""
    if not text:
        return None
    if span := _SPAN.fullmatch(text):
        return max(0.0, now - int(span[1]) * _SECONDS[span[2]])
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadTime(f"{text[:40]!r} is no time; write 15m, 2h, 7d or 2026-11-23T17:20:11Z") from None
    return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
