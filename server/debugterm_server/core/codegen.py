"""Writes the expression that says whether a row matches: cheap terms first, plain values in place, the rest by a call.

The source is made of fixed templates and of names `k0, k1, ..` that are bound to constants: no text of a query is
ever in it (decisions: generated code binds constants).
"""

from collections.abc import Callable
from typing import assert_never

from debugterm_protocol.levels import LEVELS
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
from debugterm_protocol.query.values import fold, number_of

from debugterm_server.core import comparing, regex
from debugterm_server.core.columns import attrs_of, message_of
from debugterm_server.core.literals import required

ORDER: dict[str, Callable[[float, float], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}
COLUMNS = {
    "level": "row.get('level')",
    "service": "row.get('service')",
    "message": "message_of(row)",
    "text": "fold(message_of(row))",
    "attrs": "attrs_of(row)",
}
"""The columns of `Columns` that terms look at, and where one row has them."""


class Code:
    """The expression under construction, the columns it looks at, and the constants it is bound to."""

    def __init__(self) -> None:
        self.names: dict[str, object] = {
            "__builtins__": {},
            "enumerate": enumerate,
            "zip": zip,
            "dict": dict,
            "int": int,
            "len": len,
            "str": str,
            "type": type,
            "fold": fold,
            "message_of": message_of,
            "attrs_of": attrs_of,
            "find": comparing.find,
            "equal": comparing.equal,
            "same": comparing.same,
            "like": comparing.like,
            "found": comparing.found,
            "compare": comparing.compare,
            "in_order": comparing.in_order,
        }
        self.columns: set[str] = set()
        self._constants = 0

    def bind(self, value: object) -> str:
        """The name of a constant."""
        name = f"k{self._constants}"
        self._constants += 1
        self.names[name] = value
        return name

    def term(self, term: Term) -> str:
        """The expression of a term."""
        match term:
            case Not(inner):
                return f"(not {self.term(inner)})"
            case And(terms):
                return f"({' and '.join(map(self.term, sorted(terms, key=cost)))})"
            case Or(terms):
                return f"({' or '.join(map(self.term, sorted(terms, key=cost)))})"
            case _:
                return f"({self._leaf(term)})"

    def _leaf(self, term: Leaf) -> str:
        match term:
            case All():
                return "True"
            case Has(parts):
                return self._has(parts)
            case Level(op, level):
                return f"{self._column('level')} in {self.bind(levels(op, level))}"
            case Exists(field):
                return f"{self._value(field)} is not None"
            case Like(field, parts):
                return self._like(field, parts)
            case Is(field, value):
                return self._is(field, value)
            case Same(field, value):
                return self._same(field, value)
            case Regex(field, pattern):
                return self._regex(field, pattern)
            case Compare(field, op, number):
                k = self.bind(number)
                order = self.bind(ORDER[op])
                return f"v {op} {k} if type(v := {self._value(field)}) is int else compare(v, {order}, {k})"
            case _:
                assert_never(term)

    def _has(self, parts: tuple[str, ...]) -> str:
        text = self._column("text")
        return (
            f"{self.bind(parts[0])} in {text}" if len(parts) == 1 else f"in_order({text}, {self.bind(parts)})"
        )

    def _like(self, field: str, parts: tuple[str, ...]) -> str:
        first, *middle, last = parts
        value, bound = self._value(field), [self.bind(first), self.bind(tuple(middle)), self.bind(last)]
        if middle or not (first or last):
            return f"like({value}, {', '.join(bound)})"
        ends = [f"len(v) >= {self.bind(len(first) + len(last))}"]
        if first:
            ends.append(f"fold(v[:{self.bind(len(first))}]) == {bound[0]}")
        if last:
            ends.append(f"fold(v[{self.bind(-len(last))}:]) == {bound[2]}")
        return f"({' and '.join(ends)}) if type(v := {value}) is str else like(v, {', '.join(bound)})"

    def _same(self, field: str, value: str) -> str:
        k = self.bind(value)
        return f"v == {k} if type(v := {self._value(field)}) is str else same(v, {k})"

    def _is(self, field: str, value: str) -> str:
        # Folding changes no length, so most texts are told apart without it.
        k, size, number = self.bind(value), self.bind(len(value)), self.bind(number_of(value))
        return (
            f"(v == {k} or len(v) == {size} and fold(v) == {k}) if type(v := {self._value(field)}) is str"
            f" else v is not None and equal(v, {k}, {number})"
        )

    def _regex(self, field: str, pattern: str) -> str:
        search, literal = self.bind(regex.searcher(pattern)), required(pattern)
        if not literal and field == "message":
            return f"{search}({self._column('message')})"
        if not literal:
            return f"found({self._value(field)}, {search})"
        k = self.bind(literal)
        if field == "message":
            message = self._column("message")
            return f"{k} in {message} and {search}({message})"
        return f"({k} in v and {search}(v)) if type(v := {self._value(field)}) is str else found(v, {search})"

    def _column(self, name: str) -> str:
        self.columns.add(name)
        return name

    def _value(self, field: str) -> str:
        if field in ("level", "service"):
            return self._column(field)
        name = field.removeprefix(ATTRS)
        k = self.bind(name)
        if field in TOP:
            return f"{self._column('row')}.get({k})"
        attrs = self._column("attrs")
        head, dot, rest = name.partition(".")
        if not dot:
            return f"{attrs}.get({k})"
        if "." in rest:
            return f"find({attrs}, {k})"
        inner = f"w.get({self.bind(rest)}) if type(w := {attrs}.get({self.bind(head)})) is dict else None"
        return f"(w if (w := {attrs}.get({k})) is not None else {inner})"


def levels(op: str, level: str) -> frozenset[str]:
    """The levels that stand so to a level."""
    if op == ":":
        return frozenset({level})
    place = LEVELS.index(level)
    return frozenset(each for i, each in enumerate(LEVELS) if ORDER[op](i, place))


def cost(term: Term) -> int:
    """What a term costs, in tens of nanoseconds: which one to ask first, as none has an effect."""
    match term:
        case All():
            return 0
        case Level() | Exists():
            return 2
        case Is() | Same() | Compare():
            return 4
        case Has(parts):
            return 4 if len(parts) == 1 else 20
        case Like():
            return 30
        case Regex(_, pattern):
            return 10 if required(pattern) else 150
        case Not(inner):
            return cost(inner)
        case And(terms) | Or(terms):
            return sum(map(cost, terms))
        case _:
            assert_never(term)
