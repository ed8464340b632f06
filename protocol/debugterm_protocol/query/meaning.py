"""What a query means: a naive evaluator of one row. This is the definition; every faster engine is compared with it.

A row is the decoded stored row: `ts level service host message`, maybe `trace_id span_id` and flags, and
`attrs`. A missing field and null are the same: every comparison is false, so `-field:x` is true.
Regular expressions are RE2, which this package does not carry: who has it passes its search in.
"""

from collections.abc import Callable
from typing import assert_never

from debugterm_protocol.levels import NUMBERS
from debugterm_protocol.query.stages import Query
from debugterm_protocol.query.syntax import (
    ATTRS,
    TOP,
    All,
    And,
    Compare,
    Exists,
    Has,
    Is,
    Level,
    Like,
    Not,
    Or,
    Regex,
    Same,
    Term,
)
from debugterm_protocol.query.values import fold, number_of, text_of

Row = dict[str, object]
Search = Callable[[str, str], bool]
"""Whether the regular expression (first) is found in the text (second)."""


def no_search(pattern: str, text: str) -> bool:
    """The search of who has no RE2. Raises NotImplementedError: a guess by another engine may never end."""
    raise NotImplementedError(f"a search of {pattern!r} in {len(text)} characters needs RE2")


def matches(query: Query, row: Row, *, search: Search = no_search) -> bool:
    """Whether the row is one of those the filter of the query asks for."""
    return _holds(query.filter, row, search)


def value_of(row: Row, field: str) -> object:
    """The value of a field, None when missing: of the row itself, else an attribute by its key, else by its path."""
    if field in TOP:
        return row.get(field)
    return _find(row.get("attrs"), field.removeprefix(ATTRS))


def _find(inside: object, path: str) -> object:
    if not isinstance(inside, dict):
        return None
    literal: object = inside.get(path)
    if literal is not None:
        return literal
    head, dot, rest = path.partition(".")
    return _find(inside.get(head), rest) if dot else None


def _holds(term: Term, row: Row, search: Search) -> bool:
    match term:
        case All():
            return True
        case Not(inner):
            return not _holds(inner, row, search)
        case And(terms):
            return all(_holds(each, row, search) for each in terms)
        case Or(terms):
            return any(_holds(each, row, search) for each in terms)
        case Has(parts):
            return _contains(text_of(row.get("message")) or "", parts)
        case Level(op, level):
            return _level_holds(row.get("level"), op, level)
        case Exists(field):
            return value_of(row, field) is not None
        case Is() | Like() | Same() | Regex() | Compare():
            value = value_of(row, term.field)
            return any(_one(term, each, search) for each in (value if isinstance(value, list) else [value]))
        case _:
            assert_never(term)


def _one(term: Is | Like | Same | Regex | Compare, value: object, search: Search) -> bool:
    """Whether one value (of an array: one element) is what the term asks for."""
    match term:
        case Is(_, wanted):
            text = text_of(value)
            same_number = not isinstance(value, str) and number_of(value) == number_of(wanted) is not None
            return text is not None and (fold(text) == wanted or same_number)
        case Like(_, parts):
            text = text_of(value)
            return text is not None and _like(fold(text), parts)
        case Same(_, wanted):
            return text_of(value) == wanted
        case Regex(_, pattern):
            text = text_of(value)
            return text is not None and search(pattern, text)
        case Compare(_, op, number):
            own = number_of(value)
            return own is not None and _ordered(own, op, number)
        case _:
            assert_never(term)


def _contains(text: str, parts: tuple[str, ...]) -> bool:
    folded, place = fold(text), 0
    for part in parts:
        found = folded.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return True


def _like(text: str, parts: tuple[str, ...]) -> bool:
    first, *middle, last = parts
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    return _contains(text[len(first) : len(text) - len(last)], tuple(middle))


def _level_holds(own: object, op: str, level: str) -> bool:
    if not isinstance(own, str) or own not in NUMBERS:
        return False
    return own == level if op == ":" else _ordered(NUMBERS[own], op, NUMBERS[level])


def _ordered(own: float, op: str, number: float) -> bool:
    match op:
        case ">":
            return own > number
        case ">=":
            return own >= number
        case "<":
            return own < number
        case _:
            return own <= number
