"""The query language as values: what a parsed query is made of, and its one canonical spelling.

All texts in here are folded (see `values.fold`), all levels are canonical names, all numbers have lost
their unit: two queries that mean the same by spelling alone are equal, and share one matcher on the hub.
"""

import re
from dataclasses import dataclass
from typing import Literal, assert_never

ROW_FIELDS = frozenset({"ts", "level", "service", "host", "message", "trace_id", "span_id"})
FLAGS = frozenset({"parse_error", "truncated", "ts_skewed"})
TOP = ROW_FIELDS | FLAGS
"""Fields of the row itself; every other name is an attribute."""
LEVEL_NAMES = frozenset({"severity", "sev", "lvl"})
"""Fields that mean the level when the value is the name of a level: senders' words for it."""
TIME_TERMS = frozenset({"last", "from", "to", "around", "deploy"})
"""Words kept for time ranges, which come with the stages."""
ATTRS = "attrs."
"""Prefix of an attribute whose name means something else without it: `attrs.service`."""

Ordering = Literal[">", ">=", "<", "<="]


@dataclass(frozen=True, slots=True)
class All:
    """Every row: `*`, or no text at all."""


@dataclass(frozen=True, slots=True)
class Has:
    """The message contains these texts in this order (`timeout`, `"two words"`, `conn*refused`)."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Is:
    """The whole value of a field is this text."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Like:
    """The whole value of a field is these texts with anything between: `host:prod-*` is `("prod-", "")`."""

    field: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """The field is there and not null."""

    field: str


@dataclass(frozen=True, slots=True)
class Level:
    """The level of the row stands so to this level."""

    op: Ordering | Literal[":"]
    level: str


@dataclass(frozen=True, slots=True)
class Compare:
    """The number in the field stands so to this number; false when there is none."""

    field: str
    op: Ordering
    number: int | float


@dataclass(frozen=True, slots=True)
class Not:
    """The term does not match."""

    term: "Term"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more terms match."""

    terms: "tuple[Term, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """One of two or more terms matches."""

    terms: "tuple[Term, ...]"


Term = All | Has | Is | Like | Exists | Level | Compare | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query: today a filter; the stages behind a pipe will stand beside it."""

    filter: Term


_PLAIN_FIELD = re.compile(r"[^\W\d](?:[\w.@-]*\w)?")
_PLAIN_WORD = re.compile(r"[^\W\d][\w.]*")
_PLAIN_VALUE = re.compile(r"(?!//)[\w./][\w./:@%+-]*")
_KEYWORDS = frozenset({"and", "or", "not"})


def print_query(query: Query) -> str:
    """The canonical text of a query: `parse(print_query(q)) == q`, equal for equal queries."""
    return _term(query.filter)


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


def _leaf(term: All | Has | Is | Like | Exists | Level | Compare) -> str:
    match term:
        case All():
            return "*"
        case Has((only,)):
            return only if _PLAIN_WORD.fullmatch(only) and only not in _KEYWORDS else quote(only)
        case Has(parts):
            return f"message:*{'*'.join(parts)}*"
        case Is(name, value):
            return f"{_field(name)}:{value if _PLAIN_VALUE.fullmatch(value) else quote(value)}"
        case Like(name, parts):
            # `x://` and `x::` are text, so such a value follows the other sign of equality.
            return f"{_field(name)}{'=' if parts[0].startswith((':', '//')) else ':'}{'*'.join(parts)}"
        case Exists(name):
            return f"{_field(name)}:*"
        case Level(op, level):
            return f"level{op}{level}"
        case Compare(name, op, number):
            return f"{_field(name)}{op}{number!r}"
        case _:
            assert_never(term)


def _field(name: str) -> str:
    return name if _PLAIN_FIELD.fullmatch(name) else quote(name)


def quote(text: str) -> str:
    """The text between double quotes; `"` and the backslash are escaped by a backslash."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
