"""Makers of whole queries for property tests: every stage and every time term, as the parser can make them."""

from typing import cast

from debugterm_protocol import limits
from debugterm_protocol.query import Query
from debugterm_protocol.query.aggregates import agg_name
from debugterm_protocol.query.columns import columns_behind
from debugterm_protocol.query.stages import (
    Agg,
    Around,
    Context,
    Dedup,
    Deploy,
    Extract,
    Fields,
    From,
    Function,
    Hide,
    Last,
    Limit,
    Patterns,
    Rate,
    RowStage,
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
from debugterm_protocol.query.syntax import All, Compare, Exists, Term
from debugterm_protocol.query.vocabulary import FUNCTIONS
from hypothesis import strategies as st

from tests.support.queries import queries

_names = st.sampled_from(
    [
        "service",
        "host",
        "status",
        "http.method",
        "attrs.service",
        "attrs.from",
        "by",
        "OVER",
        "a b",
        'q"\\\\',
        "desc",
        "ms",
    ]
)
_lists = st.lists(_names, min_size=1, max_size=3, unique=True).map(tuple)
_spans = st.sampled_from([1, 30, 60, 61, 90, 600, 3600, 86_400])
_moments = st.sampled_from(
    ["18:30", "18:42:01", "2026-11-23", "2026-11-23 18:30:01.5", "-15m", "now", "Nov  3 18:30"]
)
_filters = queries().map(lambda query: query.filter)
_patterns = st.sampled_from([r"user (?P<user>\w+)", '(?P<q>"[^"]*")', r"(?P<a>\\)|(?P<b>x)"])


def _aggs() -> st.SearchStrategy[Agg]:
    functions = st.sampled_from(sorted(FUNCTIONS))
    made = st.tuples(functions, _names) | st.just(("count", ""))
    return st.builds(_agg, made, st.just("") | _names)


def _agg(made: tuple[str, str], name: str) -> Agg:
    function, field = made
    return Agg(cast("Function", function), field, name or agg_name(function, field))


def times() -> st.SearchStrategy[tuple[Time, ...]]:
    """At most one of each kind, in canonical order."""
    one: list[st.SearchStrategy[list[Time]]] = [
        st.just([]) | made.map(lambda time: [time])
        for made in (
            st.builds(Last, _spans),
            st.builds(From, _moments),
            st.builds(To, _moments),
            st.builds(Around, _moments, _spans),
            st.builds(Deploy, st.sampled_from(["v412", "2.0~rc1", "a b", 'x"y', "/v:1"]), _spans),
        )
    ]
    return st.tuples(*one).map(lambda found: tuple(time for each in found for time in each))


def _time() -> st.SearchStrategy[Time]:
    return times().filter(bool).map(lambda found: found[0])


def _wheres() -> st.SearchStrategy[Where]:
    return _filters.filter(lambda term: not isinstance(term, All)).map(Where)


def _row_stages() -> st.SearchStrategy[RowStage]:
    return st.one_of(
        _wheres(),
        st.builds(Fields, _lists),
        st.builds(Hide, _lists),
        st.builds(Dedup, _lists),
        st.builds(Sort, st.lists(st.tuples(_names, st.booleans()), min_size=1, max_size=3).map(tuple)),
        st.builds(Limit, st.integers(1, limits.LIMIT_ROWS)),
        st.builds(Context, st.integers(0, limits.CONTEXT_ROWS), st.integers(0, limits.CONTEXT_ROWS)),
        st.just(Trace()),
        st.builds(Extract, _patterns),
    )


def tables() -> st.SearchStrategy[TableStage]:
    """Any stage that makes a table."""
    aggs = st.lists(_aggs(), min_size=1, max_size=3, unique_by=lambda agg: agg.name).map(tuple)
    stats = st.builds(Stats, aggs, st.just(()) | _lists, st.none() | _spans)
    return st.one_of(
        stats.filter(lambda stage: not set(stage.by) & {agg.name for agg in stage.aggs}),
        st.builds(Timechart, _spans, _aggs(), st.just("") | _names),
        st.builds(Top, st.integers(1, limits.TABLE_ROWS), _names),
        st.builds(Rate, _spans, st.just(()) | _lists),
        st.builds(Patterns, st.integers(1, limits.PATTERN_ROWS), st.none() | _time()),
    )


@st.composite
def _behind(draw: st.DrawFn, table: TableStage) -> tuple[Stage, ...]:
    """Stages on the columns of the table."""
    columns = columns_behind(table, None)
    stages: list[Stage] = []
    for kind in draw(st.lists(st.sampled_from(["where", "fields", "hide", "sort", "limit"]), max_size=3)):
        names = st.sampled_from(columns) if columns else _names
        some = draw(st.lists(names, min_size=1, max_size=2, unique=True)) if columns != () else []
        if not some:
            break
        made: dict[str, Stage] = {
            "where": Where(_over(some[0], draw(st.integers(0, 9)))),
            "fields": Fields(tuple(some)),
            "hide": Hide(tuple(some)),
            "sort": Sort(tuple((name, draw(st.booleans())) for name in some)),
            "limit": Limit(draw(st.integers(1, 50))),
        }
        stages.append(made[kind])
        columns = columns_behind(made[kind], columns)
    return tuple(stages)


def _over(name: str, number: int) -> Term:
    return Exists(name) if name == "level" else Compare(name, ">", number)


@st.composite
def whole_queries(draw: st.DrawFn) -> Query:
    """Any query the parser can make: filter, times and stages in an order that is allowed."""
    rows = draw(st.lists(_row_stages(), max_size=3))
    table = draw(st.none() | tables())
    if table is None:
        return Query(draw(_filters), draw(times()), tuple(rows))
    rows = [stage for stage in rows if not isinstance(stage, Sort | Limit | Context)]
    return Query(draw(_filters), draw(times()), (*rows, table, *draw(_behind(table))))
