"""What the table stages of a query mean: naive evaluation over rows with their times. Faster engines are compared with it.

A table is made of groups. Values are of one group when they have the same text (`500` and `"500"` are), a missing value
is a group of its own. Beyond `limits.GROUPS` groups, those that come later are counted in one called `other`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import assert_never

from debugterm_protocol import limits
from debugterm_protocol.query import meaning
from debugterm_protocol.query.cells import aggregate, cell_of_key, in_order, key_of
from debugterm_protocol.query.meaning import Row, Search, no_search, value_of
from debugterm_protocol.query.stages import (
    Agg,
    Fields,
    Hide,
    Limit,
    Patterns,
    Query,
    Rate,
    Sort,
    Stage,
    Stats,
    TableStage,
    Timechart,
    Top,
    Where,
)
from debugterm_protocol.times import SECOND, print_time
from debugterm_protocol.views import Cell

OTHER = "other"
"""The group of all groups beyond the limit."""
MISSING = "(missing)"
"""The column of a `timechart` for rows that lack the field."""
CHART_COLUMNS = 20
"""Columns of a `timechart`: the values with most rows; the others share `other`."""
CHART_STEPS = 30
"""Steps of a live `timechart` at least."""

Timed = tuple[Row, int]
"""A row and its time in unix seconds: of receipt when live, its `ts` where a query selects by that."""
Key = tuple[str | None, ...]
"""The texts that a group is known by."""
Cells = dict[str, Cell]
Mine = Callable[[Patterns, Sequence[Timed]], "Result"]
"""Makes the table of templates; how they are learnt is the miner's business."""


@dataclass(frozen=True, slots=True)
class Result:
    """A table. `groups` counts its rows before `limit`; `other` when some had to share a group."""

    columns: list[str]
    rows: list[list[Cell]]
    groups: int
    other: bool = False


def make(
    stages: Sequence[Stage],
    rows: Iterable[Timed],
    *,
    start: int,
    end: int,
    mine: Mine,
    search: Search = no_search,
) -> Result:
    """The table of a table stage and what follows it, of rows in stream order with `start <= time < end` (unix seconds).

    A `rate` looks at its own last seconds before `end`.
    """
    stage, *rest = stages
    inside = [(row, time) for row, time in rows if start <= time < end]
    match stage:
        case Stats(aggs, by):
            made = grouped(inside, aggs, by)
        case Timechart():
            made = _chart(inside, stage, start=start, end=end)
        case Top(n, field):
            made = _top(inside, n, field)
        case Rate(per, by):
            last = [(row, time) for row, time in inside if time >= end - per]
            made = per_second(grouped(last, (Agg("count", "", "rate"),), by), per)
        case Patterns():
            made = mine(stage, inside)
        case _:
            raise TypeError(f"{type(stage).__name__} makes no table")
    return finish(rest, made, search=search)


def window(stage: TableStage) -> int:
    """Seconds that the live table looks back."""
    match stage:
        case Stats(_, _, over):
            return over or limits.TABLE_SECONDS
        case Timechart(step):
            return max(limits.TABLE_SECONDS, CHART_STEPS * step)
        case Rate(per):
            return per
        case Top() | Patterns():
            return limits.TABLE_SECONDS
        case _:
            assert_never(stage)


def grouped(rows: Iterable[Timed], aggs: Sequence[Agg], by: Sequence[str]) -> Result:
    """One row a group: the group with most rows first, equal ones by their texts, `other` last."""
    groups: dict[Key, list[Row]] = {} if by else {(): []}
    others: list[Row] = []
    for row, _ in rows:
        key = tuple(key_of(value_of(row, name)) for name in by)
        if key in groups or len(groups) < limits.GROUPS:
            groups.setdefault(key, []).append(row)
        else:
            others.append(row)
    found = sorted(groups.items(), key=lambda one: rank(one[0], len(one[1])))
    made = [[*map(cell_of_key, key), *(aggregate(agg, of) for agg in aggs)] for key, of in found]
    if others:
        made.append([*other_cells(len(by)), *(aggregate(agg, others) for agg in aggs)])
    return Result([*by, *(agg.name for agg in aggs)], made, len(made), other=bool(others))


def other_cells(by: int) -> list[Cell]:
    """The cells of the group of all that are beyond the limit, for so many fields."""
    return [OTHER, *([None] * (by - 1))]


def rank(key: Key, rows: int) -> tuple[int, tuple[tuple[bool, str], ...]]:
    """Where a group stands without `sort`: most rows first, then by its texts, a missing one last."""
    return -rows, tuple((text is None, text or "") for text in key)


def _chart(rows: Sequence[Timed], stage: Timechart, *, start: int, end: int) -> Result:
    step, agg, by = stage.step, stage.agg, stage.by
    names: dict[str, int] = {}
    for row, _ in rows:
        name = column_of(row, by) if by else agg.name
        names[name] = names.get(name, 0) + 1
    shown = chart_columns(names) if by else [agg.name]
    made: list[list[Cell]] = []
    for at in range(start // step * step, end, step):
        cells: dict[str, list[Row]] = {name: [] for name in shown}
        for row, time in rows:
            if at <= time < at + step:
                name = column_of(row, by) if by else agg.name
                cells[name if name in cells else OTHER].append(row)
        made.append([clock_of(at), *(aggregate(agg, cells[name]) for name in shown)])
    return Result(["time", *shown], made, len(made), other=len(names) > len(shown))


def chart_columns(names: dict[str, int]) -> list[str]:
    """The columns of a chart, of values with their numbers of rows: the most frequent, then `other` if some are left."""
    most = sorted(names, key=lambda name: (-names[name], name))
    if len(most) <= CHART_COLUMNS:
        return most
    return [*[name for name in most if name != OTHER][: CHART_COLUMNS - 1], OTHER]


def column_of(row: Row, by: str) -> str:
    """The column of a row in a chart."""
    key = key_of(value_of(row, by))
    return MISSING if key is None else key


def clock_of(second: int) -> str:
    """A unix second as a cell: RFC 3339 in UTC, whole seconds."""
    return print_time(second * SECOND).replace(".000000", "")


def _top(rows: Iterable[Timed], n: int, field: str) -> Result:
    having = [(row, time) for row, time in rows if value_of(row, field) is not None]
    made = grouped(having, (Agg("count", "", "count"),), (field,))
    return replace(made, rows=made.rows[:n])


def per_second(counted: Result, per: int) -> Result:
    """A table whose last column is rows, as rows a second."""
    rows = [[*row[:-1], row[-1] / per if isinstance(row[-1], int) else None] for row in counted.rows]
    return replace(counted, rows=rows)


# -- stages behind the table -----------------------------------------------------------------------------


def finish(stages: Sequence[Stage], made: Result, *, search: Search = no_search) -> Result:
    """The table after `where`, `fields`, `hide`, `sort` and `limit`, in their order."""
    limited = False
    for stage in stages:
        match stage:
            case Where():
                keep = [
                    row
                    for row in made.rows
                    if _holds(stage, dict(zip(made.columns, row, strict=True)), search)
                ]
                made = replace(made, rows=keep, groups=made.groups if limited else len(keep))
            case Fields(names):
                made = _columns(made, [name for name in names if name in made.columns])
            case Hide(names):
                made = _columns(made, [name for name in made.columns if name not in names])
            case Sort(by):
                made = replace(made, rows=_sorted(made, by))
            case Limit(n):
                made, limited = replace(made, rows=made.rows[:n]), True
            case _:
                raise TypeError(f"{type(stage).__name__} does not follow a table")
    return made


def _holds(stage: Where, cells: Cells, search: Search) -> bool:
    as_row: Row = {**cells, "attrs": cells}
    return meaning.matches(Query(stage.filter), as_row, search=search)


def _columns(made: Result, names: list[str]) -> Result:
    places = [made.columns.index(name) for name in names]
    return replace(made, columns=names, rows=[[row[place] for place in places] for row in made.rows])


def _sorted(made: Result, by: Sequence[tuple[str, bool]]) -> list[list[Cell]]:
    rows = made.rows
    for name, largest_first in reversed(by):
        if name in made.columns:
            place = made.columns.index(name)
            rows = in_order(rows, itemgetter(place), largest_first=largest_first)
    return rows
