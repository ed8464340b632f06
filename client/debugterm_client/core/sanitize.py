"""Makes text of strangers safe to print: no control, bidi or invisible character reaches a terminal.

Log lines, names, titles and chat are written by whoever can write to a log (threats 27-30). C0 and DEL are
shown as their Unicode pictures (`␛`), everything else that is invisible or reorders text as `\\u{202e}`.
A tab becomes four spaces; the presentation selectors U+FE0E and U+FE0F carry no text and are left out, because
terminals disagree about their width.
"""

import re

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u06dd\u070f\u0600-\u0605\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_JSON_UNSAFE = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", ""))


def _picture(match: re.Match[str]) -> str:
    char = match[0]
    code = ord(char)
    if char == "\t":
        return "    "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return "" if code in (0xFE0E, 0xFE0F) else f"\\u{{{code:x}}}"


def safe(text: str) -> str:
    """One line that a terminal can only print: a line feed becomes `␊` too."""
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(_picture, text)


def safe_lines(text: str) -> list[str]:
    """The lines of a text (split at LF, with or without CR before it), each safe."""
    return [safe(line.removesuffix("\r")) for line in text.split("\n")]


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def safe_json(text: str) -> str:
    """JSON text that says the same with every unsafe character escaped, for a terminal.

    JSON itself has escaped C0; DEL, C1, bidi and invisible characters may stand raw in a string.
    """
    return text if text.isascii() and text.isprintable() else _JSON_UNSAFE.sub(_escape, text)
