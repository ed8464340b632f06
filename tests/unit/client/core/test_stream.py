"""The stream after each piece of news: what is lost, what is fetched, and how it keeps up."""

import msgspec
from debugterm_client.core import news
from debugterm_client.core.desk import Desk
from debugterm_client.core.gaps import Hole
from debugterm_client.core.news import RowAt
from debugterm_client.core.scene import Scene
from debugterm_client.core.stream import Stream
from debugterm_client.core.timeline import Chrome, Older
from debugterm_client.core.wishes import Fetch
from debugterm_protocol.frames import Gap
from debugterm_protocol.offsets import Offset
from debugterm_protocol.views import Table


def row(ms: int) -> RowAt:
    return RowAt(Offset(ms, 0, 0), msgspec.json.encode({"message": str(ms)}))


def told(*events: news.News, stream: Stream | None = None) -> Stream:
    stream = stream or Stream("q")
    for event in events:
        stream.take(event, now=1.0, hub_now=None)
    return stream


def gap(start: int, end: int, n: int | None) -> news.Missed:
    return news.Missed("log", Gap("c", f"{start}-0-0", f"{end}-0-0", n))


def test_lost_counts_what_is_not_filled_by_reason() -> None:
    quota = news.Missed("log", Gap("c", "20-0-0", "21-0-0", 4, why="quota"))
    stream = told(news.Batch("log", [row(1)]), gap(2, 6, 5), news.Batch("log", [row(9)]), quota)
    before = stream.lost_words
    wish = stream.fetch(1)
    told(news.Fetched([row(4), row(5)]), stream=stream)
    under_way = stream.timeline[stream.timeline.first + 1]
    told(news.Fetched([row(2), row(3)], done=True), stream=stream)

    assert before == "lost 9 (slow 5, quota 4)"
    assert wish == Fetch("2-0-0", "6-0-0")
    assert isinstance(under_way, Hole)
    assert under_way.text == "fetching 00:00:00: 2 of 5 rows"
    assert stream.lost_words == "lost 5 (slow 1, quota 4)"
    assert stream.fetching is None


def test_a_fetch_that_stopped_early_offers_the_rest() -> None:
    stream = told(news.Batch("log", [row(1)]), gap(2, 9, 8))
    stream.fetch(1)
    told(news.Fetched([row(8), row(9)], done=True, back_to="8-0-0"), stream=stream)
    number = stream.timeline.first + 1
    item = stream.timeline[number]

    assert isinstance(item, Hole)
    assert item.text == "gap: 6 of 8 rows still missing 00:00:00"
    assert stream.fetch(number) == Fetch("2-0-0", "8-0-0")


def test_a_fetch_that_failed_can_be_asked_for_again() -> None:
    stream = told(news.Batch("log", [row(1)]), gap(2, 9, 8))
    stream.fetch(1)
    twice = stream.fetch(1)
    words = stream.take(news.FetchFailed("the connection was cut"), now=1, hub_now=None)

    assert (twice, words) == (None, "not fetched: the connection was cut")
    assert stream.fetch(1) == Fetch("2-0-0", "9-0-0")


def test_a_cut_ends_a_fetch() -> None:
    stream = told(news.Batch("log", [row(1)]), gap(2, 9, 8))
    stream.fetch(1)
    stream.begin_refill()

    assert stream.fetch(1) == Fetch("2-0-0", "9-0-0")


def test_the_first_line_goes_further_back_until_the_start_of_the_stream() -> None:
    stream = told(news.Batch("log", [row(8)]), news.CaughtUp("log", more=True, back_to="8-0-0"))
    wish = stream.fetch(stream.timeline.first)
    told(news.Fetched([row(4), row(8)], done=True, back_to="4-0-0"), stream=stream)
    further = stream.timeline.older
    stream.fetch(stream.timeline.first)
    words = stream.take(news.Fetched([row(1)], done=True), now=1, hub_now=None)

    assert wish == Fetch("0-0-0", "8-0-0")
    assert further == Older(Offset(4, 0, 0))
    assert words == "1 older row found; that is all the stream holds"
    assert stream.fetch(stream.timeline.first) is None


def test_a_gap_of_a_stream_that_was_replaced_cannot_be_fetched() -> None:
    stream = told(news.Batch("log", [row(1)]), gap(2, 9, 8), news.Restarted("log", "state lost"))

    assert stream.fetch(1) is None
    assert stream.lost_words == "lost 8+? (slow 8)"


def test_old_rows_and_new_ones_are_parted_by_a_line() -> None:
    stream = told(news.Batch("log", [row(1)]), news.CaughtUp("log", more=False), news.Batch("log", [row(2)]))

    assert stream.timeline[1] == Chrome("note", "live from here")


def test_a_table_is_there_with_its_first_frame() -> None:
    stream = told(
        news.Counted("log", Table("c", ["count"], [[1]], 1, 1)), stream=Stream("q", table_wanted=True)
    )

    assert not stream.replaying
    assert stream.table is not None


def test_what_is_selected_and_open_stays_so_while_rows_are_filled_in_above_it() -> None:
    scene = Scene()
    desk = Desk(scene)
    told(news.Batch("log", [row(1), row(9), row(10)]), gap(2, 8, 7), stream=scene.stream)
    desk.follow_shifts()
    desk.view = desk.view.settle(first=-1, end=3, lines=10, height=lambda _: 1).select(1, first=-1, end=3)
    desk.toggle_detail()
    scene.stream.fetch(0)
    told(news.Fetched([row(3), row(4)], done=True), stream=scene.stream)
    desk.follow_shifts()

    item = scene.stream.timeline[desk.view.cursor]
    assert item == row(9)
    assert desk.opened == {desk.view.cursor}


def test_a_new_query_keeps_the_place_of_a_view_that_stood_still() -> None:
    scene = Scene()
    desk = Desk(scene)
    told(news.Batch("log", [row(10), row(20), row(30)]), stream=scene.stream)
    desk.view = desk.view.settle(first=0, end=3, lines=10, height=lambda _: 1).select(1, first=0, end=3)
    old, scene.stream = scene.stream, Stream("r")
    desk.restart(old)
    told(news.Batch("log", [row(5), row(15), row(25)]), stream=scene.stream)
    desk.caught_up()

    assert not desk.view.live
    assert scene.stream.timeline[desk.view.cursor] == row(15)


def test_a_new_query_without_rows_is_looked_at_live() -> None:
    scene = Scene()
    desk = Desk(scene)
    told(news.Batch("log", [row(10)]), stream=scene.stream)
    desk.view = desk.view.settle(first=0, end=1, lines=10, height=lambda _: 1).select(0, first=0, end=1)
    old, scene.stream = scene.stream, Stream("r")
    desk.restart(old)
    told(news.CaughtUp("log", more=True, back_to="5-0-0"), stream=scene.stream)
    desk.caught_up()

    assert desk.view.live
