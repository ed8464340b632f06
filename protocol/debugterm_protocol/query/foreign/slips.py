"""Recognises slips that would be read as something else and silently find nothing: curly quotes, `5xx`, `last 15m`."""

import re
from dataclasses import dataclass

from debugterm_protocol.query.foreign.pieces import pieces


@dataclass(frozen=True, slots=True)
class Slip:
    """A way to write, why it is not read so, and how it is written here."""

    looks: re.Pattern[str]
    why: str
    ours: str


_END = r"(?=\s|\)|\Z)"
_SLIPS = (
    Slip(re.compile("[\u201c\u201d\u201e\u00ab\u00bb]"), "quotes are straight here", '"'),
    Slip(
        re.compile(rf"(?<!\S)(?:'([^'\"\s]{{1,80}}\s[^'\"]{{1,200}})'|`([^`\"]{{1,200}})`){_END}"),
        "quotes are double here",
        r'"\1\2"',
    ),
    Slip(
        re.compile(rf"(?<!\S)(?:(?:last|past|since)\s+|(?:past|since):)(\d{{1,6}}[smhdw]){_END}"),
        "a span back is 'last:' here",
        r"last:\1",
    ),
    Slip(
        re.compile(rf"(?<!\S)(-?[\w.@]{{0,80}}(?:status|code))[:=]+([1-5])xx{_END}", re.IGNORECASE),
        "'*' stands for any digits here",
        r"\1:\2*",
    ),
    Slip(
        re.compile(rf"(?<!\S)(-?[\w.@]{{1,80}})[:=](-?\d{{1,20}})\.\.(-?\d{{1,20}}|\*){_END}"),
        "a range is '[500 TO 599]' here",
        r"\1:[\2 TO \3]",
    ),
    Slip(
        re.compile(rf"(?<!\S)(-?[\w.@]{{0,80}}(?:status|code))[:=](\d{{3}})-(\d{{3}}){_END}"),
        "a range is '[500 TO 599]' here",
        r"\1:[\2 TO \3]",
    ),
    Slip(
        re.compile(r"(?<!\S)(-?[\w.@]{1,80}[:=][\w.-]{1,80}),(?=[^\W\d][\w.@]{0,80}[:=]\w)"),
        "a blank stands between terms here",
        r"\1 ",
    ),
)
_MAYBE = re.compile(
    "[\u201c\u201d\u201e\u00ab\u00bb'`]|(?:last|past|since)\\s+\\d|(?:past|since):|xx|\\.\\.|,|\\d-\\d",
    re.IGNORECASE,
)


def slip(text: str) -> tuple[str, int] | None:
    """What the first slip is, and its column; None when there is none outside of quotes."""
    if not _MAYBE.search(text):
        return None
    at = 0
    for piece in pieces(text):
        if not piece.startswith('"'):
            found = [(match.start(), one.why) for one in _SLIPS if (match := one.looks.search(piece))]
            if found:
                place, why = min(found)
                return why, at + place + 1
        at += len(piece)
    return None


def translated(text: str) -> str:
    """The text without its slips."""
    return "".join(piece if piece.startswith('"') else _ours(piece) for piece in pieces(text)).strip()


def _ours(piece: str) -> str:
    for one in _SLIPS:
        piece = one.looks.sub(one.ours, piece)
    return piece
