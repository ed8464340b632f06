"""Rows by second and level: a ring that forgets, and a past that is filled in."""

from collections import Counter, defaultdict

from debugterm_server.core.histogram import Bars, Histogram
from hypothesis import given
from hypothesis import strategies as st


def test_rows_stand_at_their_second_and_level() -> None:
    bars = Histogram(exact_from=1000, length=5)
    bars.add(1000, {"info": 3})
    bars.add(1002, {"info": 1, "error": 2})
    bars.add(1002, {"error": 1})

    assert bars.read(end=1003, seconds=5) == Bars(
        998, {"info": [0, 0, 3, 0, 1], "error": [0, 0, 0, 0, 3]}, 1000
    )


def test_the_past_is_added_later_and_moves_the_start_of_what_is_exact() -> None:
    bars = Histogram(exact_from=1000, length=5)
    bars.add(1001, {"info": 1})
    bars.add(999, {"warn": 4})
    bars.exact_from = 998

    assert bars.read(end=1002, seconds=5) == Bars(
        997, {"info": [0, 0, 0, 0, 1], "warn": [0, 0, 4, 0, 0]}, 998
    )


def test_a_second_that_left_the_ring_is_forgotten_and_never_comes_back_as_another() -> None:
    bars = Histogram(exact_from=1000, length=3)
    bars.add(1000, {"info": 7})
    bars.add(1003, {"info": 1})
    bars.add(1000, {"info": 9})

    assert bars.read(end=1004, seconds=3) == Bars(1001, {"info": [0, 0, 1]}, 1001)
    assert bars.at(1000) == {}


def test_a_jump_longer_than_the_ring_leaves_nothing_behind() -> None:
    bars = Histogram(exact_from=1000, length=3)
    bars.add(1000, {"info": 7})
    bars.advance(5000)

    assert bars.read(end=5001, seconds=3) == Bars(4998, {}, 4998)


def test_seconds_behind_the_newest_are_zero_when_asked_for() -> None:
    bars = Histogram(exact_from=1000, length=4)
    bars.add(1000, {"info": 7})

    assert bars.read(end=1003, seconds=4) == Bars(999, {"info": [0, 7, 0, 0]}, 1000)


@given(st.lists(st.tuples(st.integers(1000, 1050), st.sampled_from(["info", "error"]), st.integers(1, 9))))
def test_the_ring_holds_what_a_plain_count_holds(adds: list[tuple[int, str, int]]) -> None:
    ring = Histogram(exact_from=1000, length=20)
    plain: defaultdict[int, Counter[str]] = defaultdict(Counter)
    newest = 1000
    for second, level, n in adds:
        ring.add(second, {level: n})
        newest = max(newest, second)
        if second > newest - 20:
            plain[second][level] += n

    kept = range(newest - 19, newest + 1)
    assert {second: ring.at(second) for second in kept} == {second: dict(plain[second]) for second in kept}
