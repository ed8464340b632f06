"""Makes one term of a field, a comparison and a value: names, levels, wildcards, numbers and their errors."""

from dataclasses import dataclass
from typing import cast

from debugterm_protocol import limits
from debugterm_protocol.levels import ALIASES, LEVELS
from debugterm_protocol.query import units
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.syntax import (
    ATTRS,
    LEVEL_NAMES,
    TIME_TERMS,
    TOP,
    All,
    Compare,
    Exists,
    Has,
    Is,
    Level,
    Like,
    Not,
    Ordering,
    Regex,
    Same,
    Term,
)
from debugterm_protocol.query.values import fold

_ORDER = frozenset({">", ">=", "<", "<="})
REGEX_CMP = frozenset({"~", "=~", "!~"})


@dataclass(frozen=True, slots=True)
class Value:
    """What was typed behind a comparison, and where; `wild` when a `*` in it means anything."""

    text: str
    column: int
    wild: bool

    def parts(self) -> tuple[str, ...]:
        """The folded texts between the wildcards; the first and last may be empty."""
        if not self.wild:
            return (fold(self.text),)
        parts = fold(self.text).split("*")
        return tuple(p for i, p in enumerate(parts) if p or i in (0, len(parts) - 1))


def text_term(value: Value) -> Term:
    """The term of a bare word or a quoted phrase: both search the message."""
    texts = tuple(part for part in value.parts() if part)
    if texts:
        return Has(texts)
    if not value.text:
        raise BadQuery("the quotes are empty", value.column, "write the text to search between them")
    return All()


def field_term(name: str, cmp: str, value: Value, column: int) -> Term:
    """The term of `name cmp value`; `column` is where it starts. Raises BadQuery."""
    field = _canonical(name, cmp, column)
    if value.wild and value.text[0] in "<>=~":
        raise BadQuery(
            f"'{cmp}{value.text[0]}' is no comparison", value.column - len(cmp), "> >= < <= = != are"
        )
    if value.wild and value.text[0] in "[{" and cmp == ":":
        raise BadQuery(
            "ranges come later", value.column, f"write {name}>=500 {name}<=599, or quote the value"
        )
    if cmp == ":=" and field != "level":
        return Same(field, value.text)
    order = cmp.removeprefix(":")
    if order in _ORDER:
        return _ordered(field, cast("Ordering", order), value)
    term = _equal(field, value)
    return Not(term) if "!" in cmp else term


def regex_term(name: str, cmp: str, value: Value, column: int) -> Term:
    """The term of `name ~ pattern`; `!~` is its negation. Raises BadQuery."""
    field = _canonical(name, cmp, column)
    if len(value.text.encode("utf-8", "surrogatepass")) > limits.REGEX_BYTES:
        raise BadQuery(f"the regular expression is longer than {limits.REGEX_BYTES} bytes", value.column)
    term = Regex(field, value.text)
    return Not(term) if "!" in cmp else term


def _canonical(name: str, cmp: str, column: int) -> str:
    if name.startswith(ATTRS):
        rest = name.removeprefix(ATTRS)
        means_more = fold(rest) in TOP | TIME_TERMS | LEVEL_NAMES or rest.startswith(ATTRS)
        return name if means_more or not rest else rest
    if fold(name) in TOP:
        return fold(name)
    if name in TIME_TERMS and cmp.removeprefix(":") not in _ORDER:
        raise BadQuery(
            f"time ranges ('{name}:') come later", column, f"for an attribute write attrs.{name}:value"
        )
    return name


def _level(field: str, value: Value) -> str | None:
    """The level meant by a value of a field that can mean the level; None when it is something else."""
    if field != "level" and field not in LEVEL_NAMES:
        return None
    known = ALIASES.get(fold(value.text))
    if known is None and field == "level" and not (value.wild and "*" in value.text):
        raise BadQuery(f"{value.text[:40]!r} is not a level", value.column, f"levels are {' '.join(LEVELS)}")
    return known


def _ordered(field: str, op: Ordering, value: Value) -> Term:
    level = _level(field, value)
    if level is not None:
        return Level(op, level)
    if field == "level":
        raise BadQuery("a level is compared without '*'", value.column, f"levels are {' '.join(LEVELS)}")
    if field == "ts":
        raise BadQuery("times are compared later", value.column, "ts:2026-11-23T18* works now")
    number = units.number(value.text, field)
    if number is None:
        raise BadQuery(
            f"{value.text[:40]!r} is not a number",
            value.column,
            "units are ns us ms s m h d, B KB KiB MB MiB.., %",
        )
    return Compare(field, op, number)


def _equal(field: str, value: Value) -> Term:
    level = _level(field, value)
    if level is not None:
        return Level(":", level)
    parts = value.parts()
    if len(parts) > 1 and not any(parts):
        return Exists(field)
    if field == "message":
        return text_term(value)
    return Is(field, parts[0]) if len(parts) == 1 else Like(field, parts)
