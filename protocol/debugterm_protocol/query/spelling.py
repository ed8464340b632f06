"""The one canonical spelling of a query: `parse(print_query(q)) == q`, equal for equal queries."""

import re
from typing import assert_never

from debugterm_protocol.query.aggregates import agg_name
from debugterm_protocol.query.stages import (
    Agg,
    Around,
    Context,
    Dedup,
    Deploy,
    Extract,
    Fields,
    From,
    Hide,
    Last,
    Limit,
    Patterns,
    Query,
    Rate,
    Sort,
    Stage,
    Stats,
    TableStage,
    Time,
    Timechart,
    To,
    Top,
    Trace,
    Where,
)
from debugterm_protocol.query.syntax import (
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
from debugterm_protocol.query.vocabulary import CALL

_PLAIN_FIELD = re.compile(r"[^\W\d](?:[\w.@-]*\w)?")
_PLAIN_WORD = re.compile(r"[^\W\d][\w.]*")
_PLAIN_VALUE = re.compile(r"(?!//)[\w./][\w./:@%+-]*")
_LOOKS_FOREIGN = re.compile(r"[1-5]xx|\d{3}-\d{3}|-?\d+\.\.-?\d+|\d{1,6}[smhdw]|/.*\.\+.*/", re.IGNORECASE)
"""Values that a person means differently without quotes (`foreign/`)."""
_NOT_BEHIND_COLON = re.compile(r":|//|[\[{]|/.*\.[*+].*/\Z", re.DOTALL)
_KEYWORDS = frozenset({"and", "or", "not"})
_COMMANDS = frozenset(
    {"grep", "egrep", "fgrep", "zgrep", "rg", "select", "stats", "timechart", "top", "rate"}
)
"""Words that make a query look like one of another tool (`foreign/`)."""
_QUOTED_NAMES = frozenset({"by", "over", "as", "asc", "desc", "vs", "_exists_", "_missing_"})
_ESCAPED = re.compile(r"""\\(?=["\\]|\Z)|\"""")


def print_query(query: Query) -> str:
    """The canonical text of a query."""
    if not query.times and not query.stages:
        return _term(query.filter)
    parts = [] if query.times and isinstance(query.filter, All) else [_beside(query.filter, query.times)]
    parts += [print_time(time) for time in query.times]
    return " | ".join([" ".join(parts), *map(print_stage, query.stages)])


def print_stage(stage: Stage) -> str:
    """The text of one stage, without the pipe."""
    match stage:
        case Where(found):
            return f"where {_term(found)}"
        case Fields(names) | Hide(names) | Dedup(names):
            return f"{type(stage).__name__.lower()} {_names(names)}"
        case Sort(by):
            return f"sort {', '.join(_field(name) + (' desc' if largest else '') for name, largest in by)}"
        case Limit(n):
            return f"limit {n}"
        case Context(before, after):
            return f"context {before} {after}"
        case Trace():
            return "trace"
        case Extract(pattern):
            return f"extract {quote(pattern)}"
        case _:
            return _table_stage(stage)


def _table_stage(stage: TableStage) -> str:
    match stage:
        case Stats(aggs, by, over):
            within = "" if over is None else f" over {print_span(over)}"
            return f"stats {', '.join(map(_agg, aggs))}{_by(by)}{within}"
        case Timechart(step, agg, by):
            return f"timechart {print_span(step)} {_agg(agg)}{_by((by,) if by else ())}"
        case Top(n, name):
            return f"top {n} {_field(name)}"
        case Rate(per, by):
            return f"rate {print_span(per)}{_by(by)}"
        case Patterns(n, vs):
            return f"patterns {n}" + ("" if vs is None else f" vs {print_time(vs)}")
        case _:
            assert_never(stage)


def print_time(time: Time) -> str:
    """The text of one time term."""
    match time:
        case Last(seconds):
            return f"last:{print_span(seconds)}"
        case From(text):
            return f"from:{_value(text)}"
        case To(text):
            return f"to:{_value(text)}"
        case Around(text, seconds):
            return f"around:{_value(text)}~{print_span(seconds)}"
        case Deploy(version, seconds):
            return f"deploy:{_value(version)}~{print_span(seconds)}"
        case _:
            assert_never(time)


def print_span(seconds: int) -> str:
    """Seconds in the largest unit that leaves no rest: `90m`, `1h`, `61s`."""
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _agg(agg: Agg) -> str:
    text = f"{agg.function}({_field(agg.field)})" if agg.field else agg.function
    return text if agg.name == agg_name(agg.function, agg.field) else f"{text} as {_field(agg.name)}"


def _by(names: tuple[str, ...]) -> str:
    return f" by {_names(names)}" if names else ""


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(map(_field, names))


def _beside(term: Term, times: tuple[Time, ...]) -> str:
    return _tight(term) if times and isinstance(term, Or) else _term(term)


def quote(text: str) -> str:
    """The text between double quotes; a backslash escapes `"`, and itself where it would escape something."""
    return '"' + _ESCAPED.sub(lambda found: "\\" + found[0], text) + '"'


def _term(term: Term) -> str:
    match term:
        case And(terms):
            return " ".join(_tight(each) if isinstance(each, Or) else _term(each) for each in terms)
        case Or(terms):
            return " OR ".join(_term(each) for each in terms)
        case Not(inner):
            return "-" + _tight(inner)
        case _:
            return _leaf(term)


def _tight(term: Term) -> str:
    return f"({_term(term)})" if isinstance(term, And | Or) else _term(term)


def _leaf(term: Leaf) -> str:
    match term:
        case All():
            return "*"
        case Has((only,)):
            return only if _PLAIN_WORD.fullmatch(only) and only not in _KEYWORDS | _COMMANDS else quote(only)
        case Has(parts):
            return f"message:*{'*'.join(parts)}*"
        case Level(op, level):
            return f"level{op}{level}"
        case _:
            return _field(term.field) + _comparison(term)


def _comparison(term: Is | Like | Same | Regex | Exists | Compare) -> str:
    match term:
        case Is(_, value):
            return f":{_value(value)}"
        case Like(_, parts):
            text = "*".join(parts)
            # `x://` and `x::` are text, `x:[` is a range, `x:/a.*b/` is Lucene's: such a value follows the other sign.
            return f"={text}" if _NOT_BEHIND_COLON.match(text) else f":{text}"
        case Same(_, value):
            return f":={_value(value)}"
        case Regex(_, pattern):
            return f"~{quote(pattern)}"
        case Exists(_):
            return ":*"
        case Compare(_, op, number):
            return f"{op}{number!r}"
        case _:
            assert_never(term)


def _value(text: str) -> str:
    return text if _PLAIN_VALUE.fullmatch(text) and not _LOOKS_FOREIGN.fullmatch(text) else quote(text)


def _field(name: str) -> str:
    plain = _PLAIN_FIELD.fullmatch(name) or CALL.fullmatch(name)
    return name if plain and name.lower() not in _QUOTED_NAMES else quote(name)
