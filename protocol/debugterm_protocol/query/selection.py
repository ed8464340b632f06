"""What the row stages of a query mean: which rows pass and how they look, by naive evaluation over a list of rows.

A stage either chooses rows (`where dedup context trace sort limit`) or shapes them (`fields hide extract`). What is
chosen by one stage is what the next one looks at, in the shape that the stages so far gave it. Rows that `context`
and `trace` bring in have that shape too.
"""

from collections.abc import Callable, Sequence

from debugterm_protocol.query import meaning
from debugterm_protocol.query.cells import in_order, text_key
from debugterm_protocol.query.meaning import Row, Search, no_search, value_of
from debugterm_protocol.query.stages import (
    Context,
    Dedup,
    Extract,
    Fields,
    Hide,
    Limit,
    Query,
    Sort,
    Trace,
    Where,
)
from debugterm_protocol.query.syntax import ATTRS, TOP

Groups = Callable[[str, str], dict[str, str] | None]
"""The named groups that a regular expression (first) finds in a text (second); None when it is not found."""
ALWAYS = "ts"
"""The field that no stage takes away: clients order and splice by it."""


def no_groups(pattern: str, text: str) -> dict[str, str] | None:
    """The groups of who has no RE2. Raises NotImplementedError."""
    raise NotImplementedError(f"groups of {pattern!r} in {len(text)} characters need RE2")


def select(
    query: Query,
    rows: Sequence[Row],
    *,
    newest_first: bool = False,
    search: Search = no_search,
    groups: Groups = no_groups,
) -> list[tuple[int, Row]]:
    """The rows that a query without table stages shows: the index of each and its shape.

    `rows` are all rows, in stream order or newest first (a search); `dedup` and `limit` keep what comes first in it,
    `before` and `after` of `context` are times.
    """
    shaped = list(rows)
    chosen = [i for i, row in enumerate(rows) if meaning.matches(query, row, search=search)]
    for stage in query.stages:
        match stage:
            case Where(term):
                chosen = [i for i in chosen if meaning.matches(Query(term), shaped[i], search=search)]
            case Dedup(names):
                chosen = _first_of_equals(chosen, shaped, names)
            case Context(before, after):
                back, on = (after, before) if newest_first else (before, after)
                near = {n for i in chosen for n in range(i - back, i + on + 1)}
                chosen = [i for i in range(len(rows)) if i in near]
            case Trace():
                ids = {trace_of(shaped[i]) for i in chosen} - {None}
                known = set(chosen)
                chosen = [i for i in range(len(rows)) if i in known or trace_of(shaped[i]) in ids]
            case Sort(by):
                chosen = _sorted(chosen, shaped, by)
            case Limit(n):
                chosen = chosen[:n]
            case Fields() | Hide() | Extract():
                shaped = [shape(stage, row, groups=groups) for row in shaped]
            case _:
                raise TypeError(f"{type(stage).__name__} makes a table")
    return [(i, shaped[i]) for i in chosen]


def shape(stage: Fields | Hide | Extract, row: Row, *, groups: Groups = no_groups) -> Row:
    """The row after one shaping stage; the row itself is left as it is."""
    match stage:
        case Fields(names):
            return kept(row, names)
        case Hide(names):
            return without(row, names)
        case Extract(pattern):
            return extended(row, groups(pattern, str(row.get("message") or "")))


def kept(row: Row, names: Sequence[str]) -> Row:
    """The row with these fields alone, and its `ts`; an attribute found by its path stands under the path."""
    made: Row = {ALWAYS: row.get(ALWAYS)}
    attrs: Row = {}
    for name in names:
        value = value_of(row, name)
        if value is not None and name in TOP:
            made[name] = value
        elif value is not None:
            attrs[name.removeprefix(ATTRS)] = value
    return {**made, "attrs": attrs}


def without(row: Row, names: Sequence[str]) -> Row:
    """The row without these fields, however an attribute is spelled: as one key or as a path."""
    made = {key: value for key, value in row.items() if key == ALWAYS or key not in TOP or key not in names}
    for name in names:
        if name not in TOP:
            made["attrs"] = _cut(made.get("attrs"), name.removeprefix(ATTRS))
    return made


def _cut(inside: object, path: str) -> object:
    if not isinstance(inside, dict):
        return inside
    made = {key: value for key, value in inside.items() if key != path}
    head, dot, rest = path.partition(".")
    if dot and head in made:
        made[head] = _cut(made[head], rest)
    return made


def extended(row: Row, found: dict[str, str] | None) -> Row:
    """The row with these attributes too; they replace equal ones."""
    attrs = row.get("attrs")
    return {**row, "attrs": {**(attrs if isinstance(attrs, dict) else {}), **found}} if found else row


def trace_of(row: Row) -> str | None:
    """The trace id of a row, None when it has none."""
    found = row.get("trace_id")
    return found if isinstance(found, str) and found else None


def _first_of_equals(chosen: list[int], shaped: Sequence[Row], names: Sequence[str]) -> list[int]:
    seen: dict[tuple[str | None, ...], int] = {}
    for i in chosen:
        _ = seen.setdefault(tuple(text_key(value_of(shaped[i], name)) for name in names), i)
    return list(seen.values())


def _sorted(chosen: list[int], shaped: Sequence[Row], by: Sequence[tuple[str, bool]]) -> list[int]:
    for name, largest_first in reversed(by):
        values = {i: value_of(shaped[i], name) for i in chosen}
        chosen = in_order(chosen, values.__getitem__, largest_first=largest_first)
    return chosen
