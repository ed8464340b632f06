"""What the screen knows after each piece of news."""

import msgspec
from debugterm_client.core import news
from debugterm_client.core.desk import Desk
from debugterm_client.core.gauges import GAUGES, Gauges, reading
from debugterm_client.core.news import RowAt
from debugterm_client.core.scene import Scene
from debugterm_client.core.timeline import Chrome
from debugterm_protocol.exits import Exit
from debugterm_protocol.frames import Gap, Point, Presence, Problem, Welcome
from debugterm_protocol.offsets import Offset
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import ChatLine, Drove, Member, Said, SharedView, Snapshot

WELCOME = Welcome("1", "c1", "h_ana", "ana", "prod", Role.RESPONDER, "s", "e", "always", 20_000, {})


def row(ms: int, level: str = "info", message: str = "m") -> RowAt:
    raw = msgspec.json.encode({"ts": "2026-11-23T18:42:01.113220Z", "level": level, "message": message})
    return RowAt(Offset(ms, 0, 0), raw)


def told(*events: news.News) -> Scene:
    scene = Scene()
    for event in events:
        scene.take(event, now=100.0, wall=1000.0)
    return scene


def up(*, again: bool = False) -> news.Up:
    return news.Up(WELCOME, "http://x", again=again)


def snapshot(driver: str = "") -> Snapshot:
    members = {
        "h_ana": Member("h_ana", "ana", Role.RESPONDER, ""),
        "h_bo": Member("h_bo", "bo", Role.COMMANDER, ""),
    }
    return Snapshot(1, 1, "s_1", "prod", "lobby", "", "h_bo", "", members, driver, SharedView(), [])


def test_after_a_reconnect_the_rows_stay_and_a_line_says_what_was_filled_and_lost() -> None:
    scene = told(
        up(),
        news.Watching("log", "q", "ch"),
        news.Batch("log", [row(1)]),
        news.CaughtUp("log", more=False),
        news.Lost("cut", 1.0, 1),
        up(again=True),
        news.Batch("log", [row(2), row(3)]),
        news.Missed("log", Gap("ch", "4-0-0", "5-0-0", 7)),
        news.CaughtUp("log", more=False),
    )

    assert scene.stream.timeline[1] == Chrome("note", "live from here")
    assert scene.stream.timeline.end == 6
    assert scene.stream.timeline[5] == Chrome("note", "reconnected, 2 rows filled, 7 lost")
    assert (scene.stream.lost_rows, scene.stream.replaying) == (7, False)


def test_a_lost_line_says_why_and_when_it_is_tried_again() -> None:
    scene = told(up(), news.Lost("the hub is restarting", 2.5, 1), news.Dialing("http://x", 2))

    assert (scene.line.state, scene.line.why, scene.line.retry_at) == (
        "reconnecting",
        "the hub is restarting",
        102.5,
    )


def test_the_end_of_the_connection_keeps_why_and_exit_status() -> None:
    scene = told(up(), news.Ended("removed by bo", "", Exit.SESSION_ENDED))

    assert (scene.line.state, scene.line.why, scene.exit) == ("offline", "removed by bo", Exit.SESSION_ENDED)


def test_lag_is_the_hubs_clock_minus_the_entry() -> None:
    scene = told(
        up(),
        news.Watching("log", "", "ch"),
        news.CaughtUp("log", more=False),
        news.HubTime(ahead=5.0),
        news.Batch("log", [row(1_004_800)]),
    )

    assert scene.stream.lag is not None
    assert abs(scene.stream.lag - 0.2) < 1e-9


def test_a_new_filter_begins_with_an_empty_timeline() -> None:
    scene = told(up(), news.Batch("log", [row(1)]), news.Watching("log", "level>=error", "ch2"))

    assert (scene.stream.timeline.end, scene.stream.query, scene.stream.replaying) == (
        0,
        "level>=error",
        True,
    )


def test_who_drives_stands_first_and_each_person_once() -> None:
    people = [
        Presence("1", "h_ana", "ana", Role.RESPONDER, "t", "active"),
        Presence("2", "h_bo", "bo", Role.COMMANDER, "t", "active"),
        Presence("3", "h_bo", "bo", Role.COMMANDER, "browser", "active"),
    ]
    scene = told(up(), news.SessionNow(snapshot("h_bo"), None), news.Present(people))

    assert (scene.people, scene.driver_name, scene.driving) == (["bo", "ana"], "bo", False)


def test_what_happens_is_one_line_that_fades() -> None:
    scene = told(up(), news.SessionNow(snapshot("h_bo"), Drove("h_bo", "bo", "")))

    assert (scene.event_line(104.9), scene.event_line(105.1)) == ("bo drives now", "")


def test_chat_of_others_counts_as_unread_and_a_refusal_says_who_can_help() -> None:
    line = ChatLine(1, "", "h_bo", "bo", "hello")
    problem = Problem("FORBIDDEN", "only who drives sets the filter", fix=":drive takes the wheel", who="bo")
    scene = told(up(), news.SessionNow(snapshot(), Said(line)), news.Complaint(problem))

    assert scene.unread == 1
    assert scene.event_line(100.0) == "only who drives sets the filter; :drive takes the wheel; ask bo"


def test_errors_and_finds_are_jumped_to_and_pause_the_view() -> None:
    scene = told(
        up(), news.Batch("log", [row(1, "error"), row(2), row(3, message="needle"), row(4, "fatal"), row(5)])
    )
    desk = Desk(scene)
    desk.view = desk.view.settle(first=0, end=5, lines=10, height=lambda _: 1)

    assert desk.next_error(back=True)
    assert (desk.view.cursor, desk.view.live) == (3, False)
    assert desk.next_error(back=True)
    assert not desk.next_error(back=True)
    assert desk.view.cursor == 0
    desk.find = "NEEDLE"
    assert desk.next_hit(back=False)
    assert desk.view.cursor == 2


def test_gauges_take_the_highest_of_several_disks_and_the_sum_of_both_directions() -> None:
    gauges = Gauges()
    ts, later = "2026-11-23T18:42:00Z", "2026-11-23T18:42:04Z"
    gauges.take(
        [
            Point(ts, "system.filesystem.utilization", 0.3),
            Point(ts, "system.filesystem.utilization", 0.9),
            Point(ts, "system.network.io", 1000),
            Point(ts, "system.network.io", 500),
            Point(ts, "unknown.metric", 1),
            Point(later, "system.network.io", 7),
        ]
    )

    assert [*gauges.series["disk"].values] == [0.9]
    assert [*gauges.series["net"].values] == [1500, None, 7]
    by_name = {gauge.name: gauge for gauge in GAUGES}
    shown = [reading(by_name["disk"], 0.9), reading(by_name["net"], 1500), reading(by_name["load"], 0.4)]
    assert shown == ["90%", "1.5kB/s", "0.40"]
    assert reading(by_name["cpu"], None) == "-"
