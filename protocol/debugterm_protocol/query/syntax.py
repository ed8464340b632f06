"""The filter of a query as values: the terms that a row matches or not (stages stand in `stages.py`).

All texts but those of `Same` and `Regex` are folded (see `values.fold`), all levels are canonical names, all numbers have lost
their unit: two queries that mean the same by spelling alone are equal, and share one matcher on the hub.
"""

from dataclasses import dataclass
from typing import Literal

ROW_FIELDS = frozenset({"ts", "level", "service", "host", "message", "trace_id", "span_id"})
FLAGS = frozenset({"parse_error", "truncated", "ts_skewed", "late"})
TOP = ROW_FIELDS | FLAGS
"""Fields of the row itself; every other name is an attribute."""
LEVEL_NAMES = frozenset({"severity", "sev", "lvl"})
"""Fields that mean the level when the value is the name of a level: senders' words for it."""
LEVEL_HABITS = LEVEL_NAMES | {"status"}
"""And `status`, which has values of its own: only the names that Datadog knows mean the level (`terms.py`)."""
TIME_TERMS = frozenset({"last", "from", "to", "around", "deploy"})
"""Names of time terms: `last:15m` is a time, an attribute of that name is `attrs.last`."""
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
class Same:
    """The whole value of a field is this text, letter for letter: `path:=/Cart`. No wildcards."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Regex:
    """The regular expression (RE2, case-sensitive unless `(?i)`) is found anywhere in the value: `path~"^/v[12]/"`."""

    field: str
    pattern: str


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


Leaf = All | Has | Is | Like | Same | Regex | Exists | Level | Compare
Term = Leaf | Not | And | Or

EVERYTHING = All()
