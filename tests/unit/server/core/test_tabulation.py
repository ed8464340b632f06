"""The table of a search is the table that the definition makes of the same rows, fed newest first."""

from collections.abc import Sequence

import pytest
from debugterm_protocol.query import parse, tables
from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.plan import plan
from debugterm_protocol.query.stages import Patterns
from debugterm_protocol.query.tables import Result, Timed
from debugterm_server.core import regex
from debugterm_server.core.tabulation import Tabulation, second_of
from hypothesis import given, settings
from hypothesis import strategies as st

NOON = 1_795_435_200
_rows = st.builds(
    lambda service, ms, status: {"service": service, "attrs": {"ms": ms, "status": status}},
    st.sampled_from(["api", "pay", None]),
    st.integers(0, 2000) | st.floats(0, 1e6) | st.none() | st.just("x"),
    st.sampled_from([200, "200", 500, None]),
)


def no_miner(_stage: Patterns, _rows: Sequence[Timed]) -> Result:
    raise AssertionError("nothing asks for patterns")


@pytest.mark.parametrize(
    "text",
    [
        "* | stats count, sum(ms), avg(ms), min(ms), max(ms), p50(ms), p99(ms), uniq(status) by service",
        "* | stats first(ms), last(ms), count by service, status | sort count desc, service | limit 3",
        "* | stats count over 5s",
        "* | top 1 status",
        "* | rate 7s by service",
        "* | timechart 5s avg(ms) by service",
        "* | timechart 60s first(ms)",
        "* | stats count by service | where count>2 | hide count",
    ],
)
@settings(max_examples=25, deadline=None)
@given(of=st.lists(st.tuples(_rows, st.integers(0, 29)), max_size=25), batch=st.integers(1, 6))
def test_a_table_of_the_past_is_the_defined_one(text: str, of: list[tuple[Row, int]], batch: int) -> None:
    timed = sorted(((row, NOON + second) for row, second in of), key=lambda one: one[1])
    query = parse(text)
    made = Tabulation(plan(query), start=NOON, end=NOON + 30)
    backwards = timed[::-1]
    for place in range(0, len(backwards), batch):
        made.take(backwards[place : place + batch])

    expected = tables.make(query.stages, timed, start=NOON, end=NOON + 30, mine=no_miner, search=regex.found)
    assert made.result() == expected


def test_templates_of_the_past_are_counted() -> None:
    made = Tabulation(plan(parse("* | patterns 1")), start=NOON, end=NOON + 9000)
    made.take([({"message": f"took {n} ms", "level": "info"}, NOON + n) for n in range(8000, 0, -1)])
    made.take([({"message": "gone", "level": "warn"}, NOON)])

    assert [row[1:] for row in made.result().rows] == [["info", 8000]]
    assert made.result().groups == 2


def test_the_time_of_a_row_is_its_ts() -> None:
    assert second_of({"ts": "2026-11-23T12:00:00.999999Z"}) == NOON
    assert second_of({}) == 0
