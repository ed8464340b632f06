"""Rows arrive once: dedup by offset, resume from the last row, and a new epoch starts over."""

import msgspec
from debugterm_client.core import news
from debugterm_client.core.resume import SessionPlace, WatchPlace
from debugterm_client.net.intake import Intake
from debugterm_protocol import frames
from debugterm_protocol.frames import Gap, Group, Place, Rows
from debugterm_protocol.offsets import parse
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import Member, SharedView, Snapshot, Titled
from hypothesis import given
from hypothesis import strategies as st

ROW = msgspec.Raw(b'{"ts":"x"}')


def rows(*offsets: tuple[str, int], epoch: str = "e1") -> Rows:
    return Rows("log", epoch, [Group(entry, [index], [ROW]) for entry, index in offsets])


def offsets(place: WatchPlace, frame: Rows) -> list[str]:
    return [str(row.offset) for row in place.take(frame)]


def test_a_watch_without_rows_asks_again_for_what_it_asked_first() -> None:
    assert WatchPlace("q", since="-15m").source == "-15m"


def test_a_watch_resumes_from_its_last_row() -> None:
    place = WatchPlace("q")
    place.take(rows(("5-0", 0), ("5-0", 1)))

    assert place.source == Place("e1", "5-0-1")


def test_a_watch_that_caught_up_without_a_row_resumes_where_it_caught_up() -> None:
    place = WatchPlace("q")
    place.begin("e1")
    place.reach("5-0-1")

    assert place.source == Place("e1", "5-0-1")


def test_a_watch_cut_before_anything_came_resumes_where_the_hub_began() -> None:
    place = WatchPlace("q", since="-15m", newest=100)
    before = place.newest
    place.begin("e1", "4-0-999999")

    assert place.source == Place("e1", "4-0-999999")
    assert (before, place.newest) == (100, 0)
    assert offsets(place, rows(("3-0", 0))) == ["3-0-0"]


def test_a_place_stays_in_its_epoch_when_another_hub_takes_the_watch() -> None:
    place = WatchPlace("q")
    place.take(rows(("5-0", 0)))
    place.begin("e2")

    assert place.source == Place("e1", "5-0-0")


def test_rows_that_were_shed_among_sent_ones_are_news_and_the_place_is_behind_both() -> None:
    told: list[news.News] = []
    place = WatchPlace("q")
    intake = Intake(told.append, {"log": place}, None)
    intake.start("log", place, b'{"ch":"log"}')
    told.clear()
    gap = Gap("log", "5-0-0", "5-0-9", 8)
    intake.stream(Rows("log", "e1", rows(("5-0", 3), ("5-0", 7)).b, gap))

    assert told == [
        news.Batch("log", [news.RowAt(parse(f"5-0-{index}"), bytes(ROW)) for index in (3, 7)]),
        news.Missed("log", gap),
    ]
    assert place.source == Place("e1", "5-0-9")


def test_a_quiet_watch_resumes_where_the_hub_said_that_it_stands() -> None:
    place = WatchPlace("q")
    intake = Intake(lambda _: None, {"log": place}, None)
    intake.start("log", place, b'{"ch":"log","ep":"e1","o":"5-0-0"}')
    intake.heights({"log": "9-0-999999", "met:prod": "10-0-0"})

    assert place.source == Place("e1", "9-0-999999")


def test_rows_seen_before_the_cut_are_not_shown_again() -> None:
    place = WatchPlace("q")
    place.take(rows(("5-0", 0), ("5-0", 1)))

    assert offsets(place, rows(("5-0", 0), ("5-0", 1), ("5-0", 2), ("6-0", 0))) == ["5-0-2", "6-0-0"]


def test_the_order_of_offsets_is_of_numbers_not_of_text() -> None:
    place = WatchPlace("q")
    place.take(rows(("9-0", 0)))

    assert offsets(place, rows(("10-0", 0))) == ["10-0-0"]


def test_a_new_epoch_makes_every_offset_new() -> None:
    place = WatchPlace("q")
    place.take(rows(("9-0", 0)))
    place.restart(frames.Reset("log", "e2", "state lost", o="0-7"))

    assert place.source == frames.Place("e2", "0-7"), "a line cut right here must not lose what follows"
    assert offsets(place, rows(("1-0", 0), epoch="e2")) == ["1-0-0"]


def test_rows_of_another_epoch_start_over_even_without_a_reset() -> None:
    place = WatchPlace("q")
    place.take(rows(("9-0", 0)))

    assert offsets(place, rows(("1-0", 0), epoch="e2")) == ["1-0-0"]


def test_a_gap_moves_the_place_and_is_told_once() -> None:
    place = WatchPlace("q")
    place.take(rows(("5-0", 0)))
    gap = frames.Gap("log", "6-0-0", "8-0-3", 40)

    assert (place.skip(gap), place.skip(gap)) == (True, False)
    assert place.source == Place("e1", "8-0-3")


def test_an_acknowledgement_is_sent_once_and_a_new_connection_owes_its_own() -> None:
    place = WatchPlace("q")
    place.take(rows(("5-0", 0)))

    assert (place.ack(), place.ack()) == ("5-0-0", None)
    place.forget_acks()
    assert place.ack() == "5-0-0"


def test_a_quarter_of_the_window_is_owed_at_once() -> None:
    place = WatchPlace("q")
    place.take(Rows("log", "e1", [Group("5-0", [*range(4_999)], [ROW] * 4_999)]))
    early = place.owes

    place.take(rows(("6-0", 0)))
    assert (early, place.owes) == (False, True)


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3)), max_size=40),
    st.lists(st.integers(0, 40), max_size=5),
)
def test_however_a_stream_is_cut_and_resent_every_row_comes_once_and_in_order(
    places: list[tuple[int, int]], cuts: list[int]
) -> None:
    stream = sorted({(ms, 0, row) for ms, row in places})
    place, got = WatchPlace("q"), []
    for cut in [*sorted(cuts), len(stream)]:
        got += [row.offset for row in place.take(rows(*((f"{ms}-0", row) for ms, _, row in stream[:cut])))]

    assert [tuple(offset) for offset in got] == stream


def snapshot(rev: int, title: str = "a") -> Snapshot:
    member = Member("h1", "ana", Role.RESPONDER, "")
    return Snapshot(1, rev, "s_1", "prod", "lobby", title, "h1", "", {"h1": member}, "", SharedView(), [])


def ev(rev: int, title: str) -> frames.Ev:
    return frames.Ev("s_1/ctl", str(rev), Titled(title, "ana"))


def test_a_session_goes_on_from_its_last_event() -> None:
    session = SessionPlace("lobby")
    session.join(frames.Joined("1", "s_1/ctl", "e1", "7", recovered=False, presence=[], snapshot=snapshot(7)))
    session.take(ev(8, "b"))

    assert session.source == Place("e1", "8")
    assert session.session == "s_1"


def test_an_event_that_came_before_changes_nothing() -> None:
    session = SessionPlace("lobby")
    session.join(frames.Joined("1", "s_1/ctl", "e1", "7", recovered=False, presence=[], snapshot=snapshot(7)))

    assert session.take(ev(7, "old")) is None
    assert session.lacks(ev(9, "x"))
    assert not session.lacks(ev(8, "x"))


def test_after_a_hole_events_wait_for_the_snapshot_that_holds_them() -> None:
    session = SessionPlace("lobby")
    session.join(frames.Joined("1", "s_1/ctl", "e1", "7", recovered=False, presence=[], snapshot=snapshot(7)))
    session.forget()

    assert session.source is None
    assert not session.lacks(ev(10, "x"))
    assert session.take(ev(10, "x")) is None
