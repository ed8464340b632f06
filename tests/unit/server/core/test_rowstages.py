"""Rows that come in batches pass the stages as the definition says of the whole list; where a stream differs, by hand."""

from dataclasses import dataclass

import msgspec
import pytest
from debugterm_protocol.query import Query, parse
from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.plan import plan
from debugterm_protocol.query.selection import select
from debugterm_protocol.query.stages import (
    Context,
    Dedup,
    Extract,
    Fields,
    Hide,
    RowStage,
    Stage,
    Trace,
    Where,
)
from debugterm_server.core import matcher, regex, rowstages
from debugterm_server.core.rowstages import RowStages, left_of
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.queries import queries
from tests.support.queries import rows as any_rows


@dataclass(frozen=True)
class Batch:
    rows: list[Row]

    @property
    def lines(self) -> list[bytes]:
        return [msgspec.json.encode(row) for row in self.rows]


def streamed(
    query: Query, batches: list[list[Row]], *, newest_first: bool = False
) -> list[tuple[object, Row]]:
    """The number (`n`) and the shape of each row that goes out, in the order in which they go."""
    match = matcher.compile(query).match
    stages: list[RowStage] = list(left_of(query, plan(query).rows))
    running: RowStages[Batch] = RowStages(stages, newest_first=newest_first)
    out = []
    for rows in reversed(batches) if newest_first else batches:
        batch = Batch(rows)
        for item in running.take(batch, [i for i, row in enumerate(rows) if match(row)]):
            assert msgspec.json.decode(running.line(item)) == item.row
            out.append((item.batch.rows[item.index]["n"], item.row))
    return out


def defined(
    query: Query, batches: list[list[Row]], *, newest_first: bool = False
) -> list[tuple[object, Row]]:
    whole = [row for rows in batches for row in rows]
    if newest_first:
        whole.reverse()
    chosen = select(query, whole, newest_first=newest_first, search=regex.found, groups=regex.groups)
    return [(whole[i]["n"], row) for i, row in chosen]


_names = st.lists(
    st.sampled_from(["service", "status", "a.b.c", "ms", "message", "word"]), min_size=1, max_size=2
).map(tuple)
_half = st.sampled_from(["level>=warn", "level<warn", "-level:info", "*"]).map(parse)
_stages: st.SearchStrategy[Stage] = st.one_of(
    (queries() | _half).map(lambda query: Where(query.filter)),
    st.builds(Dedup, _names),
    st.builds(Context, st.integers(0, 2), st.integers(0, 2)),
    st.builds(Fields, _names),
    st.builds(Hide, _names),
    st.just(Extract(r"(?P<word>[a-z]+) ?(?P<ms>\d+)?")),
)


@settings(max_examples=120, deadline=None)
@given(
    queries() | _half,
    # A second `context` waits for what the first one may still bring, so it says less while the list is not whole.
    st.lists(_stages, max_size=4)
    .filter(lambda stages: sum(isinstance(stage, Context) for stage in stages) < 2)
    .map(tuple),
    st.lists(st.lists(any_rows(), max_size=4), max_size=4),
    st.booleans(),
)
def test_batches_pass_as_the_definition_says_of_the_whole(
    query: Query,
    stages: tuple[Stage, ...],
    batches: list[list[Row]],
    newest_first: bool,  # noqa: FBT001 - drawn
) -> None:
    query = Query(query.filter, stages=stages)
    number = iter(range(100))
    for rows in batches:
        for row in rows:
            row["n"] = next(number)

    assert streamed(query, batches, newest_first=newest_first) == defined(
        query, batches, newest_first=newest_first
    )


def row(n: int, message: str = "", trace: str | None = None) -> Row:
    return {"ts": str(n), "n": n, "message": message, "trace_id": trace, "attrs": {}}


def numbers(text: str, batches: list[list[Row]]) -> list[object]:
    return [n for n, _ in streamed(parse(text), batches)]


def test_context_reaches_over_the_borders_of_batches() -> None:
    batches = [[row(0), row(1)], [row(2)], [row(3, "hit")], [row(4), row(5)], [row(6), row(7), row(8, "hit")]]

    assert numbers("hit | context 2 3", batches) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert numbers("hit | context 2 1", batches) == [1, 2, 3, 4, 6, 7, 8]


def test_a_trace_brings_what_follows_its_match() -> None:
    batches = [[row(0, trace="t"), row(1, "hit", "t"), row(2, trace="u")], [row(3, trace="t"), row(4)]]

    assert numbers("hit | trace", batches) == [1, 3]
    assert numbers("hit | trace | hide message", batches) == [1, 3]
    assert numbers("hit | hide trace_id | trace", batches) == [1]


def test_a_search_can_be_told_the_traces_to_follow() -> None:
    running: RowStages[Batch] = RowStages([Trace()])
    running.follow(["t"])
    batch = Batch([row(0, trace="t"), row(1, "hit", "u")])

    assert [item.index for item in running.take(batch, [1])] == [0, 1]
    assert running.traces == ["t", "u"]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rowstages, "DEDUP_KEYS", 2)
    monkeypatch.setattr(rowstages, "TRACES", 1)
    rows = [row(n, text) for n, text in enumerate("abacab")]
    traces = [row(0, "hit", "t"), row(1, trace="t"), row(2, "hit", "u"), row(3, trace="t"), row(4, trace="u")]

    # `a` is known when it comes again, `b` was forgotten for `c`, and `a` is still known.
    assert numbers("* | dedup message", [rows]) == [0, 1, 3, 5]
    assert numbers("hit | trace", [traces]) == [0, 1, 2, 4]


def test_a_row_that_keeps_its_shape_goes_out_as_the_bytes_it_came_as() -> None:
    batch = Batch([row(0, "hit")])
    running: RowStages[Batch] = RowStages([Dedup(("message",))])
    (item,) = running.take(batch, [0])

    assert not running.shapes
    assert running.line(item) == batch.lines[0]


def test_where_right_behind_the_filter_is_not_asked_again() -> None:
    query = parse("a | where b | where c | dedup host | where d")

    assert left_of(query, plan(query).rows) == query.stages[2:]
    assert left_of(parse("a | where b"), plan(parse("a | where b")).rows) == ()
