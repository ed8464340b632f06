"""Cuts a text at its quotes and pipes, in one pass over it however broken it is."""

import re

_PIECE = re.compile(r'"(?:[^"\\]|\\.?)*+(?:"|\Z)|[^"]+', re.DOTALL)
_AT_PIPE = re.compile(r'"(?:[^"\\]|\\.?)*+(?:"|\Z)|\||[^"|]+', re.DOTALL)


def pieces(text: str) -> list[str]:
    """The text in pieces: those that begin with a quote are quoted, a quote that is never closed runs to the end."""
    return _PIECE.findall(text)


def commands(text: str) -> list[str]:
    """What stands between the pipes outside of quotes, without the blanks around it; nothing empty at the end."""
    found = [""]
    for piece in _AT_PIPE.findall(text):
        if piece == "|":
            found.append("")
        else:
            found[-1] += piece
    found = [each.strip() for each in found]
    return found if found[-1] else found[:-1]
