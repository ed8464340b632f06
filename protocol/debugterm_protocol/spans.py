"""Spans of time as people type them: `15m`, `1h30m`, `-5m`, `500ms`, `2d`; and a beginning: a span back or a moment."""

import re
from datetime import UTC, datetime

_PART = re.compile(r"(\d{1,9})(ms|s|m|h|d|w)", re.ASCII)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


class BadSpan(ValueError):
    """The text is not a span; the message says what one looks like."""


def seconds_back(text: str) -> float:
    """Seconds of a span; a leading minus is allowed, because it is how people say "ago". Raises BadSpan."""
    body = text.strip().lower().removeprefix("-")
    parts = _PART.findall(body)
    if not parts or "".join(number + unit for number, unit in parts) != body:
        raise BadSpan(f"{text[:40]!r} is not a span of time; one looks like 15m, 1h30m or 2d")
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)


def ago(text: str) -> str:
    """The span as a frame carries it, with one leading minus (`-15m`). Raises BadSpan."""
    _ = seconds_back(text)
    return f"-{text.strip().lower().removeprefix('-')}"


def since(text: str, now: float) -> float | None:
    """Seconds since 1970 at which to begin: a span back from `now`, or a moment (RFC 3339; UTC without a zone).

    None for no text. Raises BadSpan.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        pass
    else:
        return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    try:
        return max(0.0, now - seconds_back(text))
    except BadSpan as error:
        raise BadSpan(f"{error}, a moment like 2026-11-23T17:20:11Z") from None
