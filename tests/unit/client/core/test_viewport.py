"""Scrolling: live follows the end, paused stands still, and no move leaves the timeline."""

from debugterm_client.core.news import RowAt
from debugterm_client.core.timeline import Chrome, Timeline
from debugterm_client.core.viewport import Viewport
from debugterm_protocol.offsets import Offset
from hypothesis import given
from hypothesis import strategies as st


def one(_: int) -> int:
    return 1


def rows(*numbers: int, size: int = 10) -> list[RowAt]:
    return [RowAt(Offset(number, 0, 0), b"x" * size) for number in numbers]


def test_live_shows_the_newest_rows() -> None:
    view = Viewport().settle(first=0, end=100, lines=10, height=one)

    assert (view.cursor, view.shown(end=100, lines=10, height=one)) == (99, [*range(90, 100)])


def test_few_rows_stand_at_the_top() -> None:
    view = Viewport().settle(first=0, end=3, lines=10, height=one)

    assert view.shown(end=3, lines=10, height=one) == [0, 1, 2]


def test_paused_stands_still_while_rows_arrive_and_counts_them() -> None:
    view = Viewport().settle(first=0, end=100, lines=10, height=one).pause(100)
    later = view.settle(first=0, end=137, lines=10, height=one)

    assert later.shown(end=137, lines=10, height=one) == [*range(90, 100)]
    assert later.new(137) == 37


def test_moving_up_pauses_and_moving_below_the_end_goes_live() -> None:
    view = Viewport().settle(first=0, end=5, lines=3, height=one).move(-1, first=0, end=5)
    assert (view.live, view.cursor) == (False, 3)

    view = view.move(1, first=0, end=5).move(1, first=0, end=5)
    assert view.live


def test_a_page_down_that_passes_the_end_stops_at_the_last_row_first() -> None:
    view = Viewport(live=False, cursor=3, frozen_end=10).move(20, first=0, end=10)

    assert (view.live, view.cursor) == (False, 9)


def test_a_tall_row_keeps_the_cursor_on_screen() -> None:
    tall = {4: 6}
    view = Viewport(live=False, cursor=4, top=0, frozen_end=10).settle(
        first=0, end=10, lines=8, height=lambda number: tall.get(number, 1)
    )

    assert view.top == 2


def test_rows_that_were_dropped_under_a_pause_move_it_to_the_oldest() -> None:
    view = Viewport(live=False, cursor=5, top=3, frozen_end=9).settle(first=50, end=90, lines=5, height=one)

    assert (view.cursor, view.top) == (50, 50)


@given(
    st.lists(st.sampled_from(["up", "down", "page", "back", "top", "pause", "live", "add"]), max_size=60),
    st.integers(1, 12),
    st.dictionaries(st.integers(0, 30), st.integers(1, 20), max_size=5),
)
def test_whatever_is_pressed_the_cursor_is_on_screen(
    keys: list[str], lines: int, tall: dict[int, int]
) -> None:
    view, end = Viewport(), 10

    def height(number: int) -> int:
        return tall.get(number, 1)

    for key in keys:
        match key:
            case "add":
                end += 3
            case "top":
                view = view.select(0, first=0, end=end)
            case "pause":
                view = view.pause(end)
            case "live":
                view = view.go_live()
            case _:
                view = view.move({"up": -1, "down": 1, "page": lines, "back": -lines}[key], first=0, end=end)
        view = view.settle(first=0, end=end, lines=lines, height=height)

        assert view.cursor in view.shown(end=end, lines=lines, height=height)


def test_the_timeline_keeps_numbers_when_the_oldest_are_dropped() -> None:
    timeline = Timeline(most=100)
    for start in range(0, 300, 10):
        timeline.add(rows(*range(start, start + 10)))

    assert timeline.end == 300
    assert 95 <= timeline.end - timeline.first <= 105
    newest = timeline[299]
    assert isinstance(newest, RowAt)
    assert newest.offset.ms == 299


def test_the_timeline_is_bounded_by_bytes_too() -> None:
    timeline = Timeline(most=1000, most_bytes=1000)
    timeline.add(rows(*range(50), size=100))
    timeline.add([Chrome("note", "x")])

    assert timeline.end - timeline.first == 12
    assert timeline.older is not None
    assert timeline.dropped == 40
