"""The one canonical spelling of a query: `parse(print_query(q)) == q`, equal for equal queries."""

import re
from typing import assert_never

from debugterm_protocol.query.stages import Query
from debugterm_protocol.query.syntax import (
    All,
    And,
    Compare,
    Exists,
    Has,
    Is,
    Leaf,
    Level,
    Like,
    Not,
    Or,
    Regex,
    Same,
    Term,
)

_PLAIN_FIELD = re.compile(r"[^\W\d](?:[\w.@-]*\w)?")
_PLAIN_WORD = re.compile(r"[^\W\d][\w.]*")
_PLAIN_VALUE = re.compile(r"(?!//)[\w./][\w./:@%+-]*")
_KEYWORDS = frozenset({"and", "or", "not"})
_ESCAPED = re.compile(r"""\\(?=["\\]|\Z)|\"""")


def print_query(query: Query) -> str:
    """The canonical text of a query."""
    return _term(query.filter)


def quote(text: str) -> str:
    """The text between double quotes; a backslash escapes `"`, and itself where it would escape something."""
    return '"' + _ESCAPED.sub(lambda found: "\\" + found[0], text) + '"'


def _term(term: Term) -> str:
    match term:
        case And(terms):
            return " ".join(_tight(each) if isinstance(each, Or) else _term(each) for each in terms)
        case Or(terms):
            return " OR ".join(_term(each) for each in terms)
        case Not(inner):
            return "-" + _tight(inner)
        case _:
            return _leaf(term)


def _tight(term: Term) -> str:
    return f"({_term(term)})" if isinstance(term, And | Or) else _term(term)


def _leaf(term: Leaf) -> str:
    match term:
        case All():
            return "*"
        case Has((only,)):
            return only if _PLAIN_WORD.fullmatch(only) and only not in _KEYWORDS else quote(only)
        case Has(parts):
            return f"message:*{'*'.join(parts)}*"
        case Level(op, level):
            return f"level{op}{level}"
        case _:
            return _field(term.field) + _comparison(term)


def _comparison(term: Is | Like | Same | Regex | Exists | Compare) -> str:
    match term:
        case Is(_, value):
            return f":{_value(value)}"
        case Like(_, parts):
            # `x://` and `x::` are text, so such a value follows the other sign of equality.
            return f"{'=' if parts[0].startswith((':', '//')) else ':'}{'*'.join(parts)}"
        case Same(_, value):
            return f":={_value(value)}"
        case Regex(_, pattern):
            return f"~{quote(pattern)}"
        case Exists(_):
            return ":*"
        case Compare(_, op, number):
            return f"{op}{number!r}"
        case _:
            assert_never(term)


def _value(text: str) -> str:
    return text if _PLAIN_VALUE.fullmatch(text) else quote(text)


def _field(name: str) -> str:
    return name if _PLAIN_FIELD.fullmatch(name) else quote(name)
