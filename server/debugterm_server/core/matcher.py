"""Compiles a query to one flat function that says whether a decoded row matches.

The generated source is made of fixed templates and of names `k0, k1, ..` that are bound to constants: no text
of a query is ever in it (decisions: generated code binds constants). What it answers is defined by
`debugterm_protocol.query.meaning`, and a property test holds the two together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never, cast

from debugterm_protocol.levels import LEVELS
from debugterm_protocol.query import Query
from debugterm_protocol.query.syntax import (
    ATTRS,
    TOP,
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
from debugterm_protocol.query.values import fold, number_of, text_of

from debugterm_server.core import regex

Row = dict[str, object]
_ORDER: dict[str, Callable[[float, float], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}


@dataclass(frozen=True, slots=True)
class Matcher:
    """A compiled query. `matches_all` means that no row need be decoded to know the answer."""

    match: Callable[[Row], bool]
    matches_all: bool

    def __call__(self, row: Row) -> bool:
        """Whether the decoded stored row is one that the query asks for; about 1 us, `match` saves this call."""
        return self.match(row)


def compile(query: Query) -> Matcher:  # noqa: A001 - the verb of this module, used as `matcher.compile`
    """The matcher of a query; costs about 100 us, so keep one for each distinct query."""
    code = _Code()
    expression = code.term(query.filter)
    lines = ["def match(row):"]
    if code.uses_message:
        # Folded when the first term that needs it is reached, and only once.
        lines.append("    text = None")
    if code.uses_attrs:
        lines.append("    attrs = row.get('attrs') or {}")
    lines.append(f"    return {expression}")
    exec("\n".join(lines), code.names)  # noqa: S102 - fixed templates and bound names only, see the module docstring
    match = cast("Callable[[Row], bool]", code.names["match"])
    return Matcher(match, isinstance(query.filter, All))


class _Code:
    """The expression under construction and the constants it is bound to."""

    def __init__(self) -> None:
        self.names: dict[str, object] = {
            "__builtins__": {},
            "fold": fold,
            "find": _find,
            "equal": _equal,
            "like": _like,
            "same": _same,
            "found": _found,
            "in_order": _in_order,
            "compare": _compare,
            "str": str,
            "int": int,
            "type": type,
        }
        self.uses_message = False
        self.uses_attrs = False
        self.constants = 0

    def bind(self, value: object) -> str:
        name = f"k{self.constants}"
        self.constants += 1
        self.names[name] = value
        return name

    def term(self, term: Term) -> str:
        match term:
            case Not(inner):
                return f"not {self.term(inner)}"
            case And(terms):
                return f"({' and '.join(map(self.term, terms))})"
            case Or(terms):
                return f"({' or '.join(map(self.term, terms))})"
            case _:
                return f"({self.leaf(term)})"

    def leaf(self, term: Leaf) -> str:
        match term:
            case All():
                return "True"
            case Has(parts):
                return self.has(parts)
            case Level(op, level):
                return f"row.get('level') in {self.bind(_levels(op, level))}"
            case Exists(field):
                return f"{self.value(field)} is not None"
            case Is(field, value):
                return f"equal({self.value(field)}, {self.bind(value)}, {self.bind(number_of(value))})"
            case Like(field, parts):
                first, *middle, last = parts
                bound = ", ".join(map(self.bind, (first, tuple(middle), last)))
                return f"like({self.value(field)}, {bound})"
            case Same(field, value):
                return f"same({self.value(field)}, {self.bind(value)})"
            case Regex(field, pattern):
                return f"found({self.value(field)}, {self.bind(regex.searcher(pattern))})"
            case Compare(field, op, number):
                k = self.bind(number)
                # The common case, a JSON integer, is compared in place.
                return f"(v {op} {k}) if type(v := {self.value(field)}) is int else compare(v, {self.bind(_ORDER[op])}, {k})"
            case _:
                assert_never(term)

    def has(self, parts: tuple[str, ...]) -> str:
        self.uses_message = True
        message = (
            "(text if text is not None else "
            "(text := m.lower() if (m := row.get('message') or '').isascii() else fold(m)))"
        )
        if len(parts) == 1:
            return f"{self.bind(parts[0])} in {message}"
        return f"in_order({message}, {self.bind(parts)})"

    def value(self, field: str) -> str:
        name = self.bind(field.removeprefix(ATTRS))
        if field in TOP:
            return f"row.get({name})"
        self.uses_attrs = True
        return f"find(attrs, {name})" if "." in field.removeprefix(ATTRS) else f"attrs.get({name})"


def _levels(op: str, level: str) -> frozenset[str]:
    if op == ":":
        return frozenset({level})
    place = LEVELS.index(level)
    return frozenset(each for i, each in enumerate(LEVELS) if _ORDER[op](i, place))


def _find(attrs: Row, path: str) -> object:
    inside: object = attrs
    while isinstance(inside, dict):
        literal: object = inside.get(path)
        if literal is not None:
            return literal
        head, dot, path = path.partition(".")
        if not dot:
            return None
        inside = inside.get(head)
    return None


def _equal(value: object, wanted: str, number: float | None) -> bool:
    if type(value) is str:
        return (value.lower() if value.isascii() else fold(value)) == wanted
    if value is None:
        return False
    if isinstance(value, list):
        return any(_equal(each, wanted, number) for each in value if not isinstance(each, list))
    if number is not None and not isinstance(value, bool) and value == number:
        return True
    return text_of(value) == wanted


def _like(value: object, first: str, middle: tuple[str, ...], last: str) -> bool:
    if isinstance(value, list):
        return any(_like(each, first, middle, last) for each in value if not isinstance(each, list))
    text = text_of(value)
    if text is None:
        return False
    text = fold(text)
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    return not middle or _in_order(text[len(first) : len(text) - len(last)], middle)


def _same(value: object, wanted: str) -> bool:
    if isinstance(value, list):
        return any(_same(each, wanted) for each in value if not isinstance(each, list))
    return text_of(value) == wanted


def _found(value: object, search: Callable[[str], bool]) -> bool:
    if isinstance(value, list):
        return any(_found(each, search) for each in value if not isinstance(each, list))
    text = text_of(value)
    return text is not None and search(text)


def _in_order(text: str, parts: tuple[str, ...]) -> bool:
    place = 0
    for part in parts:
        found = text.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return True


def _compare(value: object, order: Callable[[float, float], bool], number: float) -> bool:
    if isinstance(value, list):
        return any(_compare(each, order, number) for each in value if not isinstance(each, list))
    own = number_of(value)
    return own is not None and order(own, number)
