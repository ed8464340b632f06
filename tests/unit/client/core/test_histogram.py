"""Bars from seconds: nothing is lost, the edges stand still, and what was not counted is not a zero."""

from debugterm_client.core.histogram import Bar, Histogram
from debugterm_protocol import views
from hypothesis import given
from hypothesis import strategies as st


def test_a_bar_adds_its_seconds_and_shows_the_worst_level() -> None:
    histogram = Histogram()
    histogram.take(views.Histogram("c", 1_000, {"info": [1, 2, 3, 4], "error": [0, 0, 1, 0]}, 4, 1_000))
    found = histogram.bars(450)

    assert found.step == 3
    assert found.bars == (Bar(3), Bar(8, "error"))
    assert (histogram.totals, histogram.peak) == ({"info": 10, "error": 1}, (4, 1_002))


def test_seconds_that_follow_are_added_and_the_oldest_go() -> None:
    histogram = Histogram()
    histogram.take(views.Histogram("c", 1_000, {"info": [1] * 900}, 900, 1_000))
    histogram.add(1_902, {"warn": 5})
    histogram.add(1_902, {"warn": 6})

    assert (histogram.start, histogram.end) == (1_003, 1_903)
    assert histogram.totals == {"info": 897, "warn": 6}


def test_what_was_not_counted_is_not_exact() -> None:
    histogram = Histogram()
    histogram.take(views.Histogram("c", 900, {"info": [0] * 895 + [1] * 5}, 900, 1_795))

    assert [bar.exact for bar in histogram.bars(901).bars[-7:]] == [
        False,
        False,
        True,
        True,
        True,
        True,
        True,
    ]


def test_an_old_hub_without_seconds_and_a_long_silence_are_survived() -> None:
    histogram = Histogram()
    histogram.add(0, {"info": 1})
    silent = histogram.totals
    histogram.add(1_000, {"info": 1})
    histogram.add(9_000, {"info": 2})
    histogram.add(10, {"info": 3})

    assert (silent, histogram.totals, histogram.start) == ({}, {"info": 2}, 9_000)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=900), st.integers(0, 50), st.integers(1, 200))
def test_bars_hold_every_row_and_are_no_more_than_there_is_room_for(
    seconds: list[int], start: int, width: int
) -> None:
    histogram = Histogram()
    histogram.take(views.Histogram("c", 1_000 + start, {"info": seconds}, len(seconds), 0))
    found = histogram.bars(width)

    assert len(found.bars) <= width
    if width > 1:
        assert sum(bar.n for bar in found.bars) == sum(seconds)
    assert found.start % found.step == 0
