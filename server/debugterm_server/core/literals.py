"""Texts that a row must contain to match: tests far cheaper than RE2, or than decoding the row. Never wrong, often none."""

import re

from debugterm_protocol.query.syntax import And, Has, Is, Like, Regex, Same, Term
from debugterm_protocol.query.values import number_of

_PLAIN = re.compile(r"[ !#-\[\]-~]+")
"""ASCII that JSON writes as it is."""
_INTEGER = re.compile(r"[1-9]\d{0,14}", re.ASCII)
_NOT_OF_A_NUMBER = re.compile(r"[^0-9.eE+-]")
_SPECIAL = frozenset(r"\.+*?()[]{}^$|")
_TOKEN = re.compile(
    r"""
      (?P<escape>  \\(?:[pP](?:\{[^}]*\}|.)|x\{[^}]*\}|x[0-9A-Fa-f]{2}|Q.*?(?:\\E|$)|[0-7]{1,3}|.) )
    | (?P<set>     \[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\] )
    | (?P<repeat>  [*+?]\??|\{[\d,]*\}\?? )
    | (?P<open>    \((?:\?(?:P?<\w+>|[a-zA-Z-]*:))? )
    | (?P<close>   \) )
    | (?P<plain>   [^\\\[\](){}*+?.|^$] )
    | (?P<other>   . )
    """,
    re.VERBOSE | re.DOTALL,
)


def required(pattern: str) -> str:
    """The longest text that is in everything the regular expression finds; empty when that is not certain.

    Looks only at what stands outside of groups and sets, and gives up on flags and choices.
    """
    if "(?" in pattern.replace("(?:", "").replace("(?P<", ""):
        return ""
    runs, run, depth = [], "", 0
    for token in _TOKEN.finditer(pattern):
        kind, text = token.lastgroup, token[0]
        if text == "|" and depth == 0:
            return ""
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        literal = _literal(kind, text) if depth == 0 else ""
        if kind == "repeat" and run:
            # What is repeated may be absent, and is not followed by what follows it here.
            runs.append(run[:-1])
            run = ""
        elif literal:
            run += literal
        else:
            runs.append(run)
            run = ""
    return max([*runs, run], key=len)


def _literal(kind: str | None, text: str) -> str:
    if kind == "plain":
        return text
    # `\.` is a dot; `\d`, `\b`, `\n` and all other letters mean something else.
    return text[1] if kind == "escape" and len(text) == 2 and text[1] in _SPECIAL else ""


def needle(term: Term) -> bytes:
    """Lower-case ASCII that the bytes of every matching row contain when they are lower-cased; empty when there is none."""
    match term:
        case And(terms):
            return max((needle(each) for each in terms), key=len)
        case Has(parts):
            return max((_bytes(part) for part in parts), key=len)
        case Like(_, parts):
            return max((_in_any_spelling(part) for part in parts), key=len)
        case Is("service", value):
            return b'"service":"%b"' % found if (found := _bytes(value)) else b""
        case Is(_, value) | Same(_, value):
            whole = number_of(value) is None or _INTEGER.fullmatch(value) is not None
            return _bytes(value.lower()) if whole else b""
        case Regex("message", pattern):
            return _bytes(required(pattern).lower())
        case Regex(_, pattern):
            return _in_any_spelling(required(pattern).lower())
        case _:
            return b""


def _bytes(text: str) -> bytes:
    return text.encode() if _PLAIN.fullmatch(text) else b""


def _in_any_spelling(part: str) -> bytes:
    # A query sees `1e+22` where JSON has `1e22`; a part that no number has stands in the row as it is.
    return _bytes(part) if _NOT_OF_A_NUMBER.search(part) else b""
