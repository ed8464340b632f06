"""A rolling table tells what the definition says of the rows of its window, however they came and whatever left."""

from collections.abc import Sequence

import pytest
from debugterm_protocol import limits
from debugterm_protocol.query import tables
from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.stages import Agg, Function, Patterns, Rate, Stats, Top
from debugterm_protocol.query.tables import Result, Timed
from debugterm_server.core import parts, rollup
from debugterm_server.core.rollup import Rollup
from debugterm_server.core.windows import Different
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.queries import rows as any_rows

NOON = 1_795_435_200
COUNT = Agg("count", "", "count")
EVERY: tuple[Function, ...] = (
    "count",
    "sum",
    "avg",
    "min",
    "max",
    "p50",
    "p90",
    "p99",
    "uniq",
    "first",
    "last",
)
EVERYTHING = tuple(Agg(function, "ms", function) for function in EVERY)


def no_miner(_stage: Patterns, _rows: Sequence[Timed]) -> Result:
    raise AssertionError("nothing asks for patterns")


def told(rolling: Rollup) -> Result:
    made = list(rolling.rows())
    if isinstance(rolling._stage, Top):
        made = made[: rolling._stage.n]
    return Result(rolling.columns, made, rolling.groups, rolling.other)


def defined(stage: Stats | Top | Rate, rows: Sequence[Timed], *, start: int, end: int) -> Result:
    return tables.make([stage], rows, start=start, end=end, mine=no_miner)


_numbers = (
    st.integers(-5000, 5000)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["12", "x", 1e308, 10**30])
)
_rows = st.builds(
    lambda service, ms, more: {**more, "service": service, "attrs": {**more["attrs"], "ms": ms}},
    st.sampled_from(["api", "pay", None, 7]),
    _numbers | st.none() | st.lists(_numbers, max_size=1),
    any_rows(),
)
_stages = st.sampled_from(
    [
        Stats(EVERYTHING, ("service",), 5),
        Stats((COUNT, *EVERYTHING), (), 3),
        Stats((Agg("uniq", "status", "u"), Agg("first", "a.b.c", "f")), ("status", "http.method"), 4),
        Top(2, "status"),
        Rate(3, ("service",)),
        Rate(2),
    ]
)


@settings(max_examples=80, deadline=None)
@given(
    _stages,
    st.lists(st.tuples(st.integers(0, 2), st.lists(_rows, max_size=3)), max_size=10),
    st.integers(0, 10),
)
def test_a_rolling_table_is_the_table_of_its_window(
    stage: Stats | Top | Rate, steps: list[tuple[int, list[Row]]], past: int
) -> None:
    batches, second = [], NOON
    for step, rows in steps:
        second += step
        batches.append((second, rows))
    begin = batches[past][0] if past < len(batches) else second
    rolling = Rollup(stage, now=begin)
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
        assert rolling.since == now - rolling.seconds


def rolled(
    stage: Stats | Top | Rate, batches: Sequence[Sequence[Row]], *, each: int = 1
) -> tuple[Rollup, Result]:
    """The rolling table and the defined one after batches that came `each` seconds apart, all of them live."""
    rolling = Rollup(stage, now=NOON)
    rolling.reached(0)
    timed: list[Timed] = []
    now = NOON
    for rows in batches:
        rolling.take(rows, now)
        timed += [(row, now) for row in rows]
        now += each
        rolling.slide(now)
    return rolling, defined(stage, timed, start=rolling.since, end=now)


def row(n: object, service: str = "api") -> Row:
    return {"service": service, "attrs": {"ms": n, "user": f"u{n}"}}


def test_a_long_window_moves_in_steps_and_stays_exact() -> None:
    rolling, expected = rolled(
        Stats(EVERYTHING, ("service",), 3000), [[row(n // 3), row(-n, "pay")] for n in range(700)], each=7
    )

    assert told(rolling) == expected
    assert 3000 <= rolling.now - rolling.since < 3010
    assert len(rolling._slots) <= rollup.SLOTS + 1


def test_until_the_past_is_read_the_table_says_from_when_on_it_counts() -> None:
    rolling = Rollup(Stats((COUNT,)), now=NOON)
    rolling.take([row(1)], NOON)
    rolling.slide(NOON + 1)
    assert (rolling.since, list(rolling.rows())) == (NOON, [[1]])

    rolling.earlier([row(2)], NOON - 10)
    rolling.earlier([row(3)], NOON - 10)
    rolling.earlier([row(4)], NOON - 20)
    assert (rolling.since, list(rolling.rows())) == (NOON - 10, [[3]])

    rolling.reached(0)
    assert (rolling.since, list(rolling.rows())) == (NOON + 1 - 300, [[4]])


def test_a_second_that_is_not_over_is_not_told() -> None:
    rolling = Rollup(Rate(1), now=NOON)
    rolling.reached(0)
    rolling.take([row(1)] * 5, NOON)
    rolling.take([row(1)] * 3, NOON + 1)
    rolling.slide(NOON + 1)
    assert list(rolling.rows()) == [[5.0]]

    rolling.take([row(1)], NOON + 1)
    rolling.take([row(1)] * 2, NOON + 2)
    rolling.take([row(1)] * 7, NOON + 3)
    rolling.slide(NOON + 2)
    assert list(rolling.rows()) == [[4.0]]
    rolling.slide(NOON + 3)
    assert list(rolling.rows()) == [[2.0]]


def test_what_left_the_window_leaves_no_trace_in_a_sum() -> None:
    stage = Stats((Agg("sum", "ms", "s"),), (), 2)
    rolling, _ = rolled(stage, [[row(1e300)], [row(0.1)], [row(5)], [row(0.25)]])

    assert list(rolling.rows()) == [[5.25]]


def test_groups_beyond_the_limit_share_one_until_others_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GROUPS", 2)
    stage = Stats((COUNT,), ("service",), 2)
    rolling = Rollup(stage, now=NOON)
    rolling.take([row(1, "a"), row(1, "b"), row(1, "c"), row(1, "a"), row(1, "d")], NOON)
    rolling.slide(NOON + 1)
    assert list(rolling.rows()) == [["a", 2], ["b", 1], ["other", 2]]
    assert rolling.other

    rolling.slide(NOON + 3)
    rolling.take([row(1, "d")], NOON + 3)
    rolling.slide(NOON + 4)
    assert list(rolling.rows()) == [["d", 1]]
    assert not rolling.other


def test_a_table_that_grows_too_big_widens_its_slots_and_stays_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup, "WEIGHT", 300)
    batches = [[row(n % 9, f"s{i}") for i in range(5)] for n in range(100)]
    rolling, expected = rolled(Stats(EVERYTHING, ("service",), 64), batches)

    assert rolling._width == 8
    assert told(rolling) == expected
    assert 64 <= rolling.now - rolling.since < 72


def test_a_table_that_is_still_too_big_loses_digits_but_no_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup, "WEIGHT", 100)
    stage = Stats((COUNT, Agg("p50", "ms", "p50"), Agg("max", "ms", "max")), (), 16)
    rolling, expected = rolled(stage, [[row(1000 + 37 * n + i) for i in range(100)] for n in range(40)])

    ((count, p50, most),) = told(rolling).rows
    assert [count, most] == [expected.rows[0][0], expected.rows[0][2]]
    assert rolling._counting.level > 0
    assert isinstance(p50, int | float)
    assert isinstance(expected.rows[0][1], int | float)
    assert abs(p50 - expected.rows[0][1]) <= 0.6 * expected.rows[0][1]


def test_many_different_values_are_estimated_and_few_again_are_exact() -> None:
    stage = Stats((Agg("uniq", "user", "u"),), (), 4)
    many = [[row(f"{n}-{i}") for i in range(5000)] for n in range(8)]
    rolling, expected = rolled(stage, many)
    ((estimate,),) = told(rolling).rows
    assert expected.rows == [[20_000]]
    assert isinstance(estimate, int)
    assert abs(estimate - 20_000) < 2_000

    for second in range(6):
        rolling.take([row(1), row(2)], NOON + 8 + second)
        rolling.slide(NOON + 9 + second)
    assert list(rolling.rows()) == [[2]]


def test_values_of_slots_that_became_one_leave_with_it() -> None:
    stage = Stats((Agg("uniq", "user", "u"),), (), 600)
    rolling, _ = rolled(stage, [[row(f"{n % 2}-{i}") for i in range(3000)] for n in range(4)])
    for second in range(610):
        rolling.slide(NOON + 4 + second)
        if second == 300:
            rolling.take([row(1)], NOON + 4 + second)

    assert list(rolling.rows()) == [[1]]
    (total,) = rolling._totals.values()
    assert [len(window._slots) for window in total.windows if isinstance(window, Different)] == [1]


def test_the_bound_of_different_values_is_where_it_is_said() -> None:
    stage = Stats((Agg("uniq", "user", "u"),), (), 4)
    rolling, expected = rolled(stage, [[row(i) for i in range(parts.DISTINCT[0])]])

    assert told(rolling) == expected


def test_rows_that_are_read_late_count_in_their_own_second() -> None:
    stage = Stats((COUNT, *EVERYTHING), (), 5)
    rolling = Rollup(stage, now=NOON)
    rolling.reached(0)
    timed = [(row(n), NOON + n) for n in range(8)]
    for now in range(1, 8):
        rolling.slide(NOON + now)
    for one, second in timed:
        rolling.take([one], second)

    for now in range(8, 15):
        rolling.slide(NOON + now)
        assert told(rolling) == defined(stage, timed, start=rolling.since, end=NOON + now)
