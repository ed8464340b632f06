"""Fetched rows stand where they belong, each once; whatever was on screen stays there."""

from debugterm_client.core.gaps import Hole, hole_of
from debugterm_client.core.news import RowAt
from debugterm_client.core.timeline import Chrome, Older, Timeline
from debugterm_protocol.frames import Gap
from debugterm_protocol.offsets import Offset
from hypothesis import given
from hypothesis import strategies as st


def row(ms: int) -> RowAt:
    return RowAt(Offset(ms, 0, 0), b"%d" % ms)


def shown(timeline: Timeline) -> list[object]:
    items = [timeline[number] for number in range(timeline.first, timeline.end)]
    return [item.offset.ms if isinstance(item, RowAt) else type(item).__name__ for item in items]


def hole(start: int, end: int) -> Hole:
    return hole_of(Gap("c", f"{start}-0-0", f"{end}-0-0", 1))


def test_a_gap_stands_before_the_first_row_of_its_range_that_was_sent() -> None:
    timeline = Timeline()
    timeline.add([row(1), row(3), row(5)])
    shift = timeline.put_hole(hole(2, 6))

    assert shown(timeline) == [1, "Hole", 3, 5]
    assert [shift(number) for number in (0, 1, 2)] == [-1, 1, 2]


def test_fetched_rows_stand_below_their_gap_and_between_the_rows_that_were_sent() -> None:
    timeline = Timeline()
    timeline.add([row(1), row(5)])
    timeline.put_hole(hole(2, 6))
    timeline.add([row(9)])
    newer = timeline.merge([row(4), row(5), row(6)])
    older = timeline.merge([row(2), row(3)])

    assert shown(timeline) == [1, "Hole", 2, 3, 4, 5, 6, 9]
    assert (newer[1], older[1]) == (2, 2)


def test_older_rows_stand_below_the_line_that_says_how_far_back_it_goes() -> None:
    timeline = Timeline()
    timeline.add([row(8), row(9)])
    timeline.put_older(Older(Offset(7, 0, 0)))
    shift, fresh = timeline.merge([row(5), row(6), row(8)])
    timeline.put_older(Older(None))

    assert (shown(timeline), fresh) == (["Older", 5, 6, 8, 9], 2)
    assert [shift(number) for number in (-1, 0, 1)] == [-3, 0, 1]
    assert timeline.older == Older(None)


def test_nothing_is_merged_above_the_line_where_the_stream_was_replaced() -> None:
    timeline = Timeline()
    old = [*range(100, 110)]
    timeline.add([row(ms) for ms in old])
    timeline.restart(Chrome("gap", "replaced"))
    timeline.add([row(5), row(9)])
    timeline.merge([row(1), row(7)])

    assert shown(timeline) == [*old, "Chrome", 1, 5, 7, 9]
    assert not timeline.reaches(timeline.first)
    assert timeline.reaches(timeline.end - 1)


def test_what_is_dropped_leaves_a_line_that_fetches_it_again() -> None:
    timeline = Timeline(most=100)
    timeline.add([row(ms) for ms in range(1, 120)])

    assert shown(timeline)[:2] == ["Older", 20]
    assert timeline.older == Older(Offset(20, 0, 0))
    assert (timeline.dropped, timeline.end) == (19, 119)


def test_rows_fetched_by_hand_stay_until_the_view_is_live_again() -> None:
    timeline = Timeline(most=100)
    timeline.add([row(ms) for ms in range(1_000, 1_100)])
    timeline.merge([row(ms) for ms in range(1, 80)])
    timeline.add([row(2_000)])
    kept = timeline.end - timeline.first
    timeline.relax()
    timeline.add([row(2_001)])

    assert (kept, timeline.end - timeline.first) == (180, 101)


@given(st.sets(st.integers(1, 60)), st.lists(st.sets(st.integers(1, 60), max_size=20), max_size=5))
def test_however_rows_are_merged_each_stands_once_in_order_and_every_item_is_found_again(
    live: set[int], fetched: list[set[int]]
) -> None:
    timeline = Timeline()
    timeline.add([row(ms) for ms in sorted(live)])
    timeline.put_hole(hole(30, 40))
    for part in fetched:
        before = {number: timeline[number] for number in range(timeline.first, timeline.end)}
        shift, _ = timeline.merge([row(ms) for ms in sorted(part)])

        assert {shift(number): item for number, item in before.items()}.items() <= {
            number: timeline[number] for number in range(timeline.first, timeline.end)
        }.items()

    rows = [each for each in shown(timeline) if isinstance(each, int)]
    assert rows == sorted(live.union(*fetched))
