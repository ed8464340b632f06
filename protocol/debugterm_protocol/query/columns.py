"""Columns of the table in front of a stage: which there are, and whether a name is one of them."""

from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.reader import Reader
from debugterm_protocol.query.stages import Fields, Hide, Patterns, Rate, Stage, Stats, Timechart, Top
from debugterm_protocol.query.syntax import ATTRS, LEVEL_HABITS
from debugterm_protocol.query.terms import canonical
from debugterm_protocol.query.vocabulary import did_you_mean

PATTERN_COLUMNS = ("pattern", "level", "count")
VS_COLUMNS = (*PATTERN_COLUMNS, "before")


def columns_behind(stage: Stage, before: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The columns of the table behind a stage, None when only the rows tell. `before` are those in front of it."""
    match stage:
        case Stats(aggs, by):
            return (*by, *(agg.name for agg in aggs))
        case Timechart(_, agg, by):
            return None if by else ("time", agg.name)
        case Top(_, field):
            return (field, "count")
        case Rate(_, by):
            return (*by, "rate")
        case Patterns(_, vs):
            return VS_COLUMNS if vs else PATTERN_COLUMNS
        case Fields(names):
            return names
        case Hide(names):
            return None if before is None else tuple(name for name in before if name not in names)
        case _:
            return before


def column(reader: Reader, name: str, start: int) -> str:
    """The name, spelled so that a filter means the column by it. Raises BadQuery when it is none, at `start`."""
    if not reader.table:
        raise BadQuery(
            f"'{name}' is a column of a table",
            start + 1,
            f"make the table first: | stats {name} | where {name} > 5; or quote it to search the text",
        )
    plain = canonical(name)
    if plain.removeprefix(ATTRS) in LEVEL_HABITS:
        plain = plain.removeprefix(ATTRS)
    known_column(reader, plain, start)
    return ATTRS + plain if plain in LEVEL_HABITS else plain


def known_column(reader: Reader, name: str, start: int) -> None:
    """Raise BadQuery, with the nearest name, when the table in front is known to have no such column."""
    if reader.columns is not None and name not in reader.columns:
        hint = did_you_mean(name, reader.columns, {})
        raise BadQuery(f"'{name[:40]}' is no column of '{reader.table}'", start + 1, hint)
