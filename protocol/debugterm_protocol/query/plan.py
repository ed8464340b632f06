"""What a query is for an engine: rows or a table, what happens to rows first, what to the table, and may it run live."""

from dataclasses import dataclass
from typing import Literal, get_args

from debugterm_protocol.query.columns import columns_behind
from debugterm_protocol.query.stages import (
    Context,
    Extract,
    Fields,
    From,
    Hide,
    Last,
    Limit,
    Patterns,
    Query,
    RowStage,
    Sort,
    TableStage,
    Time,
    Trace,
    Where,
)
from debugterm_protocol.query.syntax import And, Not, Or, Regex, Term

AfterStage = Where | Fields | Hide | Sort | Limit
"""Stages that work on the lines and columns of a table."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The stages of a query, sorted by what they work on."""

    kind: Literal["rows", "table"]
    rows: tuple[RowStage, ...]
    """In order, each on the rows that the one before lets through."""
    table: TableStage | None
    after: tuple[AfterStage, ...]
    """In order, on the table."""
    columns: tuple[str, ...] | None
    """Of the table as it is shown; None for rows, and when only the rows tell (`timechart .. by`)."""
    not_live: str
    """Why a live watch refuses it, in words for a person; empty when it runs."""


def plan(query: Query) -> Plan:
    """The plan of a parsed query."""
    kinds = get_args(TableStage)
    place = next((i for i, stage in enumerate(query.stages) if isinstance(stage, kinds)), len(query.stages))
    rows = tuple(stage for stage in query.stages[:place] if isinstance(stage, RowStage))
    table = next((stage for stage in query.stages[place:] if isinstance(stage, TableStage)), None)
    after = tuple(stage for stage in query.stages[place + 1 :] if isinstance(stage, AfterStage))
    columns = None
    for stage in query.stages[place:]:
        columns = columns_behind(stage, columns)
    return Plan(
        "table" if table else "rows", rows, table, after, columns, _not_live(query.times, rows, table)
    )


def regexes(query: Query) -> tuple[str, ...]:
    """Every regular expression of the query: an engine compiles them before it says yes."""
    found = [*_patterns(query.filter)]
    for stage in query.stages:
        match stage:
            case Where(inner):
                found += _patterns(inner)
            case Extract(pattern):
                found.append(pattern)
            case _:
                pass
    return tuple(found)


def _not_live(times: tuple[Time, ...], rows: tuple[RowStage, ...], table: TableStage | None) -> str:
    if times and table is not None:
        return "a live table looks back over its own window: write 'over 1h', or search with a time"
    if not all(isinstance(time, Last | From) for time in times):
        return "a live watch has no end, and this time has one: search, or begin with last: or from:"
    if isinstance(table, Patterns) and table.vs is not None:
        return (
            "'| patterns .. vs' looks at another time, and a live stream has none: search, or leave 'vs' out"
        )
    for stage in rows:
        match stage:
            case Sort() | Limit():
                name = type(stage).__name__.lower()
                return f"'| {name}' on rows needs an end, and a live stream has none: search, or take it away"
            case Context() | Trace() if table is not None:
                return "rows around a match are not counted live: search, or take one stage away"
            case _:
                pass
    return ""


def _patterns(term: Term) -> tuple[str, ...]:
    match term:
        case Regex(_, pattern):
            return (pattern,)
        case Not(inner):
            return _patterns(inner)
        case And(terms) | Or(terms):
            return tuple(pattern for each in terms for pattern in _patterns(each))
        case _:
            return ()
