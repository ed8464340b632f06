"""Spans of time as people type them: `15m`, `1h30m`, `-5m`, `500ms`, `2d`."""

import re

_PART = re.compile(r"(\d{1,9})(ms|s|m|h|d|w)", re.ASCII)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


class BadSpan(ValueError):
    """The text is not a span; the message says what one looks like."""


def seconds_back(text: str) -> float:
    """Seconds of a span; a leading minus is allowed, because it is how people say "ago". Raises BadSpan."""
    body = text.strip().removeprefix("-")
    parts = _PART.findall(body)
    if not parts or "".join(number + unit for number, unit in parts) != body:
        raise BadSpan(f"{text[:40]!r} is not a span of time; one looks like 15m, 1h30m or 2d")
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)
