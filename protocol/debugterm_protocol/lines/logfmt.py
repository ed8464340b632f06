"""Recognises logfmt: a line that is nothing but `key=value` pairs, values quoted when they need it."""

import re

_PAIR = re.compile(r'([^\W\d][\w.@/-]*)=(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^\s"=][^\s"]*)?)(?:\s+|$)')
_START = re.compile(r"[^\W\d][\w.@/-]{0,63}=")
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,15})", re.ASCII)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


def pairs(text: str) -> dict[str, object] | None:
    """The pairs of a logfmt line; None when the text is not logfmt from start to end with at least two pairs.

    Unquoted integers become numbers; a key that comes twice keeps the last value. Linear in the length.
    """
    if _START.match(text) is None:
        return None
    found: dict[str, object] = {}
    place, count = 0, 0
    while place < len(text):
        pair = _PAIR.match(text, place)
        if pair is None:
            return None
        key, quoted, bare = pair.groups()
        if quoted is not None:
            found[key] = _ESCAPE.sub(lambda e: _ESCAPED.get(e[1], e[1]), quoted) if "\\" in quoted else quoted
        else:
            found[key] = int(bare) if bare and _INTEGER.fullmatch(bare) else bare or ""
        place, count = pair.end(), count + 1
    return found if count > 1 else None
