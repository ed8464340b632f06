"""What the table stages mean, by hand: groups, each function on missing and mixed values, charts, what follows a table."""

from collections.abc import Sequence

import pytest
from debugterm_protocol import limits
from debugterm_protocol.query.cells import cell_of_key, rounded
from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.stages import (
    Agg,
    Fields,
    Function,
    Hide,
    Limit,
    Patterns,
    Rate,
    Sort,
    Stage,
    Stats,
    Timechart,
    Top,
    Where,
)
from debugterm_protocol.query.syntax import Compare, Is
from debugterm_protocol.query.tables import Result, Timed, make, window
from debugterm_protocol.views import Cell

COUNT = Agg("count", "", "count")
NOON = 1_795_435_200


def row(service: str = "api", **attrs: object) -> Row:
    return {"ts": "2026-11-23T12:00:00.000000Z", "level": "info", "service": service, "attrs": attrs}


def no_miner(_stage: Patterns, _rows: Sequence[Timed]) -> Result:
    raise AssertionError("nothing asks for patterns")


def table(*stages: Stage, of: Sequence[Row], start: int = NOON, end: int = NOON + 300) -> Result:
    """The table of rows that came one a second from noon on."""
    return make(stages, [(r, NOON + i) for i, r in enumerate(of)], start=start, end=end, mine=no_miner)


def test_groups_stand_by_their_rows_then_by_name_and_a_missing_value_is_a_group() -> None:
    rows = [row("pay", host_id=1), row("api", host_id=1), row("web"), row("api", host_id=2), row("cart")]

    assert table(Stats((COUNT,), ("service",)), of=rows) == Result(
        ["service", "count"], [["api", 2], ["cart", 1], ["pay", 1], ["web", 1]], 4
    )
    assert table(Stats((COUNT,), ("host_id",)), of=rows).rows == [[1, 2], [None, 2], [2, 1]]


def test_values_with_the_same_text_are_one_group() -> None:
    rows = [row(status=500), row(status="500"), row(status=500.0), row(status=True), row(status=[1, "a"])]

    assert table(Stats((COUNT,), ("status",)), of=rows).rows == [
        [500, 2],
        ["500.0", 1],
        ['[1,"a"]', 1],
        ["true", 1],
    ]


def test_without_by_there_is_one_row_even_of_nothing() -> None:
    stats = Stats((COUNT, Agg("sum", "ms", "sum"), Agg("uniq", "ms", "uniq"), Agg("last", "ms", "last")))

    assert table(stats, of=[]).rows == [[0, None, 0, None]]
    assert table(Stats((COUNT,), ("service",)), of=[]).rows == []


MIXED = [
    row(ms=10),
    row(ms="2.5"),
    row(ms="slow"),
    row(ms=None),
    row(),
    row(ms=True),
    row(ms=10),
    row(ms=[7]),
]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("count", 6),
        ("sum", 22.5),
        ("avg", 7.5),
        ("min", 2.5),
        ("max", 10),
        ("uniq", 5),
        ("first", 10),
        ("last", "[7]"),
        ("p50", 10),
        ("p99", 10),
    ],
)
def test_a_function_looks_at_the_values_that_it_can_use(function: Function, expected: Cell) -> None:
    assert table(Stats((Agg(function, "ms", "x"),)), of=MIXED).rows == [[expected]]


@pytest.mark.parametrize(
    ("function", "of", "expected"),
    [
        ("p50", [1, 2, 3, 4], 2),
        ("p90", list(range(1, 101)), 90),
        ("p95", list(range(1, 21)), 19),
        ("p99", list(range(1, 11)), 10),
        ("p50", [7], 7),
        ("p50", [12345, 1, 99999], 12300),
        ("p50", [-1234.5], -1230),
        ("sum", [2**60, 2**60], float(2**61)),
        ("sum", [0.1] * 10, 1.0),
        ("sum", [1e308, 1e308], None),
        ("max", [10**400], None),
        ("avg", [1, 2], 1.5),
    ],
)
def test_numbers_are_what_a_hand_reckons(function: Function, of: list[float], expected: Cell) -> None:
    assert table(Stats((Agg(function, "n", "x"),)), of=[row(n=n) for n in of]).rows == [[expected]]


def test_only_rows_inside_the_window_count() -> None:
    rows = [row() for _ in range(10)]

    assert table(Stats((COUNT,)), of=rows, start=NOON + 2, end=NOON + 5).rows == [[3]]


def test_rate_is_rows_a_second_of_its_own_last_seconds() -> None:
    rows = [row("api")] * 6 + [row("pay")] * 3

    assert table(Rate(5, ("service",)), of=rows, end=NOON + 9) == Result(
        ["service", "rate"], [["pay", 0.6], ["api", 0.4]], 2
    )
    assert table(Rate(60), of=[], end=NOON + 9).rows == [[0.0]]


def test_top_leaves_out_rows_that_lack_the_field() -> None:
    rows = [row(path="/a"), row(), row(), row(path="/b"), row(path="/b"), row(path="/c")]

    assert table(Top(2, "path"), of=rows) == Result(["path", "count"], [["/b", 2], ["/a", 1]], 3)


def test_a_chart_has_a_row_a_step_and_a_column_a_value() -> None:
    rows = [row("api"), row("pay"), row("api"), row(), row("api")]
    rows[3]["service"] = None
    chart = table(Timechart(2, COUNT, "service"), of=rows, start=NOON + 1, end=NOON + 7)

    assert chart == Result(
        ["time", "api", "(missing)", "pay"],
        [
            ["2026-11-23T12:00:00Z", 0, 0, 1],
            ["2026-11-23T12:00:02Z", 1, 1, 0],
            ["2026-11-23T12:00:04Z", 1, 0, 0],
            ["2026-11-23T12:00:06Z", 0, 0, 0],
        ],
        4,
    )


def test_a_chart_without_by_has_one_column() -> None:
    chart = table(Timechart(60, Agg("avg", "ms", "avg(ms)")), of=[row(ms=1), row(ms=2)], end=NOON + 61)

    assert chart.columns == ["time", "avg(ms)"]
    assert chart.rows == [["2026-11-23T12:00:00Z", 1.5], ["2026-11-23T12:01:00Z", None]]


def test_a_chart_of_many_values_has_a_column_for_the_rest() -> None:
    rows = [row(f"s{i:02d}") for i in range(25)] + [row("s24")]
    chart = table(Timechart(60, COUNT, "service"), of=rows, end=NOON + 60)

    assert chart.columns == ["time", "s24", *(f"s{i:02d}" for i in range(18)), "other"]
    assert chart.rows == [["2026-11-23T12:00:00Z", 2, *[1] * 18, 6]]
    assert chart.other


def test_groups_beyond_the_limit_share_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GROUPS", 2)
    rows = [row("a", n=1), row("b", n=1), row("c", n=2), row("a", n=1), row("d", n=3)]
    made = table(Stats((COUNT, Agg("sum", "n", "sum(n)")), ("service", "n")), of=rows)

    assert made.rows == [["a", 1, 2, 2], ["b", 1, 1, 1], ["other", None, 2, 5]]
    assert made.other


def test_what_follows_a_table_works_on_its_columns() -> None:
    rows = [
        row(s, status=n) for s, n in [("a", 200), ("a", 500), ("b", 500), ("c", 200), ("c", 200), ("d", 1)]
    ]
    stats = Stats((COUNT, Agg("max", "status", "max(status)")), ("service",))

    worst = table(stats, Where(Compare("max(status)", ">=", 500)), Sort((("service", True),)), of=rows)
    assert worst == Result(["service", "count", "max(status)"], [["b", 1, 500], ["a", 2, 500]], 2)
    assert table(stats, Where(Is("service", "c")), Fields(("count", "nothing")), of=rows).rows == [[2]]
    assert table(
        stats, Hide(("count",)), Sort((("max(status)", False), ("service", True))), of=rows
    ).rows == [
        ["d", 1],
        ["c", 200],
        ["b", 500],
        ["a", 500],
    ]
    assert table(stats, Limit(1), of=rows) == Result(["service", "count", "max(status)"], [["a", 2, 500]], 4)


def test_sorting_puts_numbers_before_texts_and_what_is_missing_last_either_way() -> None:
    rows = [row(v=v) for v in ("b", 10, None, "9", "a")]
    stats = Stats((COUNT,), ("v",))

    assert [r[0] for r in table(stats, Sort((("v", False),)), of=rows).rows] == [9, 10, "a", "b", None]
    assert [r[0] for r in table(stats, Sort((("v", True),)), of=rows).rows] == ["b", "a", 10, 9, None]


def test_a_window_is_as_long_as_it_says() -> None:
    assert window(Stats((COUNT,))) == 300
    assert window(Stats((COUNT,), (), 30)) == 30
    assert window(Rate(60)) == 60
    assert window(Timechart(5, COUNT)) == 300
    assert window(Timechart(60, COUNT)) == 1800
    assert window(Top(5, "x")) == 300


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7", 7), ("-7", -7), ("007", "007"), ("-0", "-0"), ("1.0", "1.0"), ("9" * 17, "9" * 17), ("", ""), ("-", "-"), ("٣", "٣")],
)  # fmt: skip
def test_a_group_named_like_an_integer_is_shown_as_one(text: str, expected: Cell) -> None:
    assert cell_of_key(text) == expected


def test_three_digits_are_kept() -> None:
    assert [rounded(n) for n in (999, 1001, 0.123456, 12.345, -98765, 1e300, 0.0, 2**60)] == [
        999, 1000, 0.123, 12.3, -98800, 1e300, 0, 1.15e18,
    ]  # fmt: skip
