"""A rolling chart tells what the definition says of the rows of its window, however they came and whatever left."""

from collections.abc import Sequence

import pytest
from debugterm_protocol.query import tables
from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.stages import Agg, Patterns, Timechart
from debugterm_protocol.query.tables import Result, Timed
from debugterm_server.core import chart
from debugterm_server.core.chart import Chart
from hypothesis import given, settings
from hypothesis import strategies as st

NOON = 1_795_435_200
COUNT = Agg("count", "", "count")


@pytest.fixture(autouse=True)
def short_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "window", lambda stage: 4 * stage.step)


def no_miner(_stage: Patterns, _rows: Sequence[Timed]) -> Result:
    raise AssertionError("nothing asks for patterns")


def row(service: object, ms: object = None) -> Row:
    return {"service": service, "attrs": {"ms": ms}}


def told(rolling: Chart) -> Result:
    return Result(rolling.columns, list(rolling.rows()), rolling.groups, rolling.other)


def defined(stage: Timechart, rows: Sequence[Timed], *, start: int, end: int) -> Result:
    return tables.make([stage], rows, start=start, end=end, mine=no_miner)


_values = st.sampled_from([*(f"s{i}" for i in range(25)), None, 7, "other", "(missing)"])
_rows = st.builds(row, _values, st.integers(-9, 9) | st.none() | st.just("x"))
_stages = st.builds(
    Timechart,
    st.sampled_from([1, 3]),
    st.sampled_from([COUNT, *(Agg(f, "ms", f) for f in ("sum", "avg", "min", "max", "p90", "uniq"))]),
    st.sampled_from(["", "service"]),
)


@settings(max_examples=60, deadline=None)
@given(
    _stages,
    st.lists(st.tuples(st.integers(0, 3), st.lists(_rows, max_size=9)), max_size=8),
    st.integers(0, 8),
)
def test_a_rolling_chart_is_the_chart_of_its_window(
    stage: Timechart, steps: list[tuple[int, list[Row]]], past: int
) -> None:
    batches, second = [], NOON
    for step, rows in steps:
        second += step
        batches.append((second, rows))
    begin = batches[past][0] if past < len(batches) else second
    rolling = Chart(stage, now=begin)
    for when, rows in reversed(batches[:past]):
        rolling.earlier(rows, when)
    rolling.reached(0)
    timed = [(row, when) for when, rows in batches for row in rows]
    live = batches[past:]

    for now in range(begin + 1, second + 9):
        while live and live[0][0] <= now:
            when, rows = live.pop(0)
            rolling.take(rows, when)
        rolling.slide(now)
        assert told(rolling) == defined(stage, timed, start=rolling.since, end=now)


def test_more_values_than_are_kept_apart_share_the_last_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart, "VALUES", 2)
    rolling = Chart(Timechart(5, COUNT, "service"), now=NOON)
    rolling.reached(0)
    rolling.take([row("a"), row("b"), row("b"), row("c"), row("d"), row("d"), row("d")], NOON)
    rolling.slide(NOON + 1)

    assert rolling.columns == ["time", "other", "b", "a"]
    assert list(rolling.rows())[-1] == ["2026-11-23T12:00:00Z", 4, 2, 1]


def test_until_the_past_is_read_the_chart_begins_where_it_counts() -> None:
    rolling = Chart(Timechart(5, COUNT), now=NOON + 7)
    rolling.take([row("a")], NOON + 7)
    rolling.slide(NOON + 8)

    assert list(rolling.rows()) == [["2026-11-23T12:00:05Z", 1]]
    rolling.earlier([row("a")], NOON + 6)
    rolling.reached(0)
    assert [cells[1] for cells in rolling.rows()] == [0, 0, 0, 0, 2]
