"""How far back, as people type it: `15m`, `1h30m`, `90s`, `2d`."""

import re

_SPAN = re.compile(r"-?((?:\d{1,6}(?:d|h|m|s))+)")


def back(text: str) -> str:
    """The span as the protocol wants it (`-15m`). Raises ValueError that says what one looks like."""
    match = _SPAN.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(f"{text!r} is not a span of time; one looks like 15m, 1h30m or 90s")
    return f"-{match[1]}"
