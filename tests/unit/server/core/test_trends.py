"""What is new, more or gone, by hand; and numbers that depend on the rows and not on how they were cut into batches."""

from itertools import pairwise

import pytest
from debugterm_protocol.views import Pattern
from debugterm_server.core.trends import BASELINE, STEP, WINDOW, Head, Trends, mark, told
from hypothesis import example, given
from hypothesis import strategies as st

NOW = 1_000_000 * STEP
"""The first second of a step."""


def heads(n: int, message: str, *, level: str = "info", service: str = "pay") -> list[Head]:
    return [Head(level, service, message) for _ in range(n)]


def feed(trends: Trends, second: int, rows: list[Head], *, entry: str = "1-0") -> list[int]:
    return trends.take(rows, range(len(rows)), second=second, entry=entry, came=len(rows))


def known(since: int = NOW - WINDOW - BASELINE) -> Trends:
    """Trends that know rows since then, of which one came at once."""
    trends = Trends(since=since)
    feed(trends, since + STEP, heads(1, "boot"))
    return trends


@pytest.mark.parametrize(
    ("level", "n", "before", "first", "expected"),
    [
        ("info", 3, 0, 1, "new"),
        ("info", 2, 0, 1, ""),
        ("error", 1, 0, 1, "new"),
        ("error", 0, 0, 1, ""),
        ("info", 19, 0, 0, ""),
        ("info", 20, 0, 0, "up"),
        ("info", 60, 20, 0, "up"),
        ("info", 59, 20, 0, ""),
        ("info", 20, 6.6, 0, "up"),
        ("info", 1, 20, 0, "gone"),
        ("info", 2, 20, 0, ""),
        ("info", 0, 19, 0, ""),
    ],
)
def test_a_mark_follows_from_the_numbers(
    level: str, n: int, before: float, first: int, expected: str
) -> None:
    assert mark(level, n, before, first=bool(first)) == expected


def test_rows_are_counted_in_the_window_and_scaled_to_it_in_the_baseline() -> None:
    trends = known()
    feed(trends, NOW - WINDOW - 1, heads(90, "pool exhausted size=20", level="warn"))
    feed(trends, NOW, heads(100, "pool exhausted size=7", level="warn", service="shop"), entry="9-0")

    assert trends.read(NOW) == [
        Pattern(
            id="p:39589078", text="pool exhausted size=<num>", level="warn", service="shop", n=100, before=30.0, mark="up", sample="9-0-99"
        )
    ]  # fmt: skip


def test_marked_templates_come_first_then_the_frequent_ones() -> None:
    trends = known()
    feed(trends, NOW - WINDOW - 100, heads(300, "charge ok order=1") + heads(30, "tick"))
    feed(trends, NOW - 40, heads(2, "tick") + heads(10, "tock tock") + heads(4, "breaker open"))
    feed(trends, NOW - 20, heads(1, "charge ok order=2"))

    assert [(p.mark, p.text, p.n, p.before) for p in trends.read(NOW)] == [
        ("new", "tock tock", 10, 0.0),
        ("new", "breaker open", 4, 0.0),
        ("gone", "charge ok order=<num>", 1, 100.0),
        ("", "tick", 2, 10.0),
    ]


def test_nothing_is_marked_before_five_minutes_of_the_baseline_are_known() -> None:
    # The window ends with the step that NOW begins, so it began 280 seconds ago.
    trends = Trends(since=NOW - 280 - 299)
    feed(trends, trends.since - STEP, heads(1, "boot"))
    feed(trends, NOW, heads(50, "breaker open"))
    early = [p.mark for p in trends.read(NOW)]
    trends.since -= 1

    assert (early, [p.mark for p in trends.read(NOW)]) == ([""], ["new"])


def test_nothing_is_marked_against_a_time_without_any_rows() -> None:
    trends = Trends(since=0)
    feed(trends, NOW, heads(50, "breaker open"))

    assert [p.mark for p in trends.read(NOW)] == [""]


def test_a_template_that_came_before_the_baseline_is_not_new() -> None:
    trends = known()
    feed(trends, NOW - 3600, heads(1, "hourly job done"))
    trends.forget(NOW)
    feed(trends, NOW, heads(5, "hourly job done"))

    assert [(p.mark, p.n, p.before) for p in trends.read(NOW)] == [("", 5, 0.0)]


def test_the_past_may_come_after_the_present() -> None:
    trends = known()
    feed(trends, NOW, heads(5, "breaker open"), entry="9-0")
    new = trends.read(NOW)[0]
    feed(trends, NOW - WINDOW - 20, heads(1, "breaker open"), entry="3-0")
    old = trends.read(NOW)[0]

    assert (new.mark, new.sample) == ("new", "9-0-4")
    assert (old.mark, old.sample) == ("", "9-0-4")


def test_numbers_of_a_sample_stand_for_all_rows() -> None:
    trends = known()
    trends.take(heads(10, "tick"), range(0, 100, 10), second=NOW, entry="1-0", came=100)

    assert [p.n for p in trends.read(NOW)] == [100]


def test_templates_that_turn_out_to_be_one_are_counted_as_one() -> None:
    trends = known()
    names = ("ann", "bob", "cy", "dee", "eli", "fay")
    feed(trends, NOW - WINDOW - 20, [Head("info", "web", f"hello {name} again") for name in names[:4]])
    feed(trends, NOW, [Head("info", "web", f"hello {name} again") for name in names[4:]])

    assert [(p.text, p.n, p.before) for p in trends.read(NOW)] == [("hello <*> again", 2, 1.3)]


def test_the_first_row_of_a_new_template_is_named() -> None:
    trends = known()
    first = feed(trends, NOW, [*heads(2, "tick"), *heads(2, "tock"), *heads(1, ""), *heads(1, "tick")])
    sampled = trends.take(heads(2, "ding"), [7, 9], second=NOW, entry="1-0", came=20)

    assert (first, sampled) == ([0, 2], [7])


def test_one_frame_carries_a_bounded_number_of_templates() -> None:
    pattern = Pattern(id="p:1", text="x", level="info", service="", n=1, before=0)

    assert len(told([pattern] * 500)) == 200


rows = st.lists(
    st.tuples(st.sampled_from(["ann", "bob", "cy", "dee", "eli", "fay", "gil"]), st.sampled_from(["in", "out", "/x", "/y"])).map(
        lambda words: Head("info", "web", f"user {words[0]} went {words[1]} fast")
    ),
    max_size=60,
)  # fmt: skip


@example([Head("info", "web", f"user ann went {place} fast") for place in ("in", "out", "/x")], [1])
@given(rows, st.lists(st.integers(0, 60), max_size=6))
def test_templates_and_numbers_do_not_depend_on_the_borders_of_batches(
    rows: list[Head], cuts: list[int]
) -> None:
    whole, parts = known(), known()
    fresh = whole.take(rows, range(len(rows)), second=NOW, entry="1-0", came=len(rows))
    borders = sorted({0, len(rows), *(cut for cut in cuts if cut < len(rows))})
    found = []
    for start, end in pairwise(borders):
        found += parts.take(rows[start:end], range(start, end), second=NOW, entry="1-0", came=end - start)

    assert found == fresh
    assert parts.read(NOW) == whole.read(NOW)
