"""Compiles the filter of a query to flat functions: one that looks at a row, one that picks the rows of a batch.

What they answer is defined by `debugterm_protocol.query.meaning`, and a property test holds the two together. A
batch is looked at by columns, which all queries share, in one loop without a call a row.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import cast

from debugterm_protocol.query import Query
from debugterm_protocol.query.stages import Where
from debugterm_protocol.query.syntax import All, And, Level, Term

from debugterm_server.core.codegen import COLUMNS, Code, levels
from debugterm_server.core.columns import Columns, Row
from debugterm_server.core.literals import needle


@dataclass(frozen=True, slots=True)
class Matcher:
    """A compiled filter. `matches_all` means that no row need be decoded to know the answer."""

    match: Callable[[Row], bool]
    matches_all: bool
    _scan: Callable[[Columns], list[int]]
    _levels: frozenset[str] | None
    _needle: bytes

    def __call__(self, row: Row) -> bool:
        """Whether the decoded stored row is one that the query asks for; `match` saves this call."""
        return self.match(row)

    def pick(self, columns: Columns) -> list[int]:
        """Indexes of the rows of a batch that match, ascending."""
        if self.matches_all:
            return list(range(columns.n))
        if (
            self._levels is not None
            and columns.levels is not None
            and self._levels.isdisjoint(columns.levels)
        ):
            return []
        if self._needle and columns.lacks(self._needle):
            return []
        return self._scan(columns)


def compile(query: Query) -> Matcher:  # noqa: A001 - the verb of this module, used as `matcher.compile`
    """The matcher of the filter and of the `where` stages right behind it; about 200 us, so keep one a distinct query."""
    term = folded(query)
    code = Code()
    expression = code.term(term)
    columns = sorted(code.columns) or ["row"]
    source = "\n".join(_source(expression, columns))
    exec(source, code.names)  # noqa: S102 - fixed templates and bound names only, see codegen
    return Matcher(
        match=cast("Callable[[Row], bool]", code.names["match"]),
        matches_all=isinstance(term, All),
        _scan=cast("Callable[[Columns], list[int]]", code.names["scan"]),
        _levels=_levels(term),
        _needle=needle(term),
    )


def folded(query: Query) -> Term:
    """The filter and the leading `where` stages as one term."""
    wheres = takewhile(lambda stage: isinstance(stage, Where), query.stages)
    terms = [query.filter, *(stage.filter for stage in wheres if isinstance(stage, Where))]
    needed = [term for term in terms if not isinstance(term, All)]
    if len(needed) > 1:
        return And(tuple(needed))
    return needed[0] if needed else query.filter


def _source(expression: str, columns: list[str]) -> Iterator[str]:
    yield "def match(row):"
    yield from (f"    {name} = {COLUMNS[name]}" for name in columns if name in COLUMNS)
    yield f"    return {expression}"
    lists = [f"columns.{'rows' if name == 'row' else name}" for name in columns]
    yield "def scan(columns):"
    yield "    picked = []"
    yield "    add = picked.append"
    if len(columns) == 1:
        yield f"    for i, {columns[0]} in enumerate({lists[0]}):"
    else:
        yield f"    for i, ({', '.join(columns)}) in enumerate(zip({', '.join(lists)})):"
    yield f"        if {expression}: add(i)"
    yield "    return picked"


def _levels(term: Term) -> frozenset[str] | None:
    """The levels that a matching row has, None for any: a batch that counts none of them needs no look."""
    match term:
        case Level(op, level):
            return levels(op, level)
        case And(terms):
            known = [found for each in terms if (found := _levels(each)) is not None]
            return frozenset.intersection(*known) if known else None
        case _:
            return None
