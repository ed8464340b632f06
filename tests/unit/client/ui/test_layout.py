"""Lines of the screen at several widths, as expected text; nothing is ever wider than the screen."""

import re

import msgspec
import pytest
from debugterm_client.core import news
from debugterm_client.core.desk import Desk
from debugterm_client.core.gaps import hole_of
from debugterm_client.core.news import RowAt
from debugterm_client.core.scene import Scene
from debugterm_client.core.viewport import Viewport
from debugterm_client.ui.body import Body
from debugterm_client.ui.counts import histogram_lines
from debugterm_client.ui.fit import Fragment, cut, length, wrap
from debugterm_client.ui.header import Moment, gauge_line, query_line, session_line, state, status_line
from debugterm_client.ui.prompt import under
from debugterm_client.ui.row import Look, lines_of
from debugterm_client.ui.theme import ASCII, Signs
from debugterm_protocol.exits import Exit
from debugterm_protocol.frames import Gap, Point, Presence, Welcome
from debugterm_protocol.offsets import Offset
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import Member, SharedView, Snapshot
from debugterm_protocol.views import (
    Facet,
    Facets,
    FacetValue,
    Histogram,
    Pattern,
    Patterns,
    Probed,
    Suggestion,
    Table,
)
from hypothesis import given
from hypothesis import strategies as st

AT = Moment(100.0, 1795459326.0)  # 2026-11-23T18:42:06Z
ROW = RowAt(
    Offset(1, 0, 0),
    msgspec.json.encode(
        {
            "ts": "2026-11-23T18:42:01.113220Z",
            "level": "error",
            "service": "pay",
            "message": "upstream timed out",
            "trace_id": "4bf92a77",
            "attrs": {"path": "/v1/pay", "lat": 5003},
        }
    ),
)


def text(line: list[Fragment]) -> str:
    return "".join(part for _, part in line)


def scene() -> Scene:
    found = Scene()
    welcome = Welcome("1", "c1", "h_ana", "ana", "prod", Role.RESPONDER, "s", "e", "always", 20_000, {})
    members = {"h_bo": Member("h_bo", "bo", Role.COMMANDER, "")}
    snapshot = Snapshot(
        1,
        1,
        "s_1",
        "prod",
        "INC-2041",
        "checkout 5xx",
        "h",
        "",
        members,
        "h_bo",
        SharedView("level>=error", "bo"),
        [],
    )
    people = [
        Presence("1", "h_ana", "ana", Role.RESPONDER, "t", "active"),
        Presence("2", "h_bo", "bo", Role.COMMANDER, "t", "active"),
    ]
    for event in (
        news.Up(welcome, "http://x", again=False),
        news.SessionNow(snapshot, None),
        news.Present(people),
        news.Watching("log", "level>=error", "ch"),
        news.CaughtUp("log", more=False),
        news.Batch("log", [ROW]),
        news.Rated("log", 1214, 12),
        news.Measured([Point("2026-11-23T18:42:00Z", "system.cpu.utilization", 0.31)]),
    ):
        found.take(event, now=100.0, wall=AT.wall)
    return found


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (40, " INC-2041 ch…  [LIVE] 1.2k/s  RW 18:42Z "),
        (80, " INC-2041 checkout 5xx  prod  [LIVE] 1.2k/s  RW  @bo* @ana               18:42Z "),
        (
            120,
            f" INC-2041 checkout 5xx  prod  [LIVE] 1.2k/s  lost 0  responder RW  @bo* @ana{' ' * 34}18:42:06Z ",
        ),
    ],
)
def test_the_first_row_says_what_matters_at_every_width(columns: int, expected: str) -> None:
    assert text(session_line(scene(), Viewport(), columns, AT)) == expected


def test_states_are_words_in_brackets() -> None:
    found = scene()
    paused = Viewport(live=False, frozen_end=0)
    assert "[PAUSED +1]" in text(session_line(found, paused, 80, AT))

    found.take(news.Quiet(on=True), now=100, wall=0)
    assert "[LIVE?]" in text(session_line(found, Viewport(), 80, AT))

    found.take(news.Lost("cut", 3.0, 2), now=100, wall=0)
    assert "[RECONNECTING 3s try 2]" in text(session_line(found, Viewport(), 80, AT))


def test_a_silent_stream_says_since_when() -> None:
    assert "last row 42s ago" in text(session_line(scene(), Viewport(), 80, Moment(142.0, AT.wall)))


def test_the_filter_line_says_whose_filter_it_is() -> None:
    found = scene()
    shared = "/ level>=error  shared by @bo" + " " * 36 + "12/s of 1.2k/s "
    assert text(query_line(found, 80)) == shared

    found.private = True
    assert text(query_line(found, 80)).startswith("/ level>=error  private ")


def test_gauges_share_the_third_row_and_a_missing_one_is_a_dash() -> None:
    line = text(gauge_line(scene(), 100, Signs()))

    assert line.startswith(" cpu   31% ")
    assert "mem     - " in line


@pytest.mark.parametrize("columns", [80, 100, 200])
def test_an_absurd_metric_leaves_the_third_row_in_its_columns(columns: int) -> None:
    found = scene()
    names = ("cpu.utilization", "network.io", "network.io", "cpu.load_average.1m")
    points = [Point("2026-11-23T18:42:02Z", f"system.{name}", 1e308) for name in names]
    found.take(news.Measured(points), now=100, wall=0)
    line = text(gauge_line(found, columns, Signs()))

    assert line.startswith(" cpu  999%!")
    assert "net  >999TB/s" in line
    assert "load >999T" in line
    cells = (columns - 1) // 5
    assert [line.index(name) for name in ("cpu", "mem", "disk", "net", "load")] == [
        1 + cells * at for at in range(5)
    ]


def test_the_network_has_its_unit() -> None:
    found = scene()
    found.take(news.Measured([Point("2026-11-23T18:42:02Z", "system.network.io", 1.2e6)]), now=100, wall=0)

    assert re.search(r"net +1\.2MB/s ", text(gauge_line(found, 100, Signs())))


@pytest.mark.parametrize(
    ("event", "word"),
    [
        (news.Lost("cut", 3.0, 2), "RECONNECTING"),
        (news.Ended("no role", "", Exit.DENIED), "OFFLINE"),
        (news.Quiet(on=True), "LIVE?"),
        (news.Rated("log", 1, 1), "LIVE"),
    ],
)
def test_the_status_line_says_what_the_header_says(event: news.News, word: str) -> None:
    found = scene()
    found.take(event, now=100, wall=0)
    status = text(status_line(found, Viewport(), 100, wrapped=False, find=""))

    assert state(found, Viewport(), AT)[1].startswith(f"[{word}")
    assert status.startswith(f" {word}  row 1 of 1 ")


def test_gauges_are_dim_while_nothing_new_can_come() -> None:
    found = scene()
    found.take(news.Lost("cut", 3.0, 2), now=100, wall=0)
    values = [(style, part) for style, part in gauge_line(found, 100, Signs()) if part.strip()]

    assert {style for style, _ in values} <= {"class:dim", "class:gauge.name"}


def test_a_mark_is_not_cut_off_by_a_long_message() -> None:
    raw = msgspec.json.encode({"ts": "2026-11-23T18:42:01Z", "message": "x" * 500, "truncated": True})
    (line,) = lines_of(RowAt(Offset(1, 0, 0), raw), Look(80, "2026-11-23", 8))

    assert " [cut] xxx" in text(line)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (40, " 18:42:01 E pay      upstream timed out…"),
        (80, " 18:42:01.113 E pay      upstream timed out path=/v1/pay lat=5003               "),
        (
            100,
            " 18:42:01.113 E pay      upstream timed out path=/v1/pay lat=5003                           t:4bf92a",
        ),
    ],
)
def test_a_row_fits_every_width(columns: int, expected: str) -> None:
    (line,) = lines_of(ROW, Look(columns, "2026-11-23", 8))

    assert text(line) == expected


def test_a_row_that_imitates_a_gap_keeps_its_gutter() -> None:
    fake = RowAt(
        Offset(1, 0, 0),
        b'{"ts":"2026-11-23T18:42:01Z","level":"info","message":"-- gap: 5 rows not sent --"}',
    )
    (line,) = lines_of(fake, Look(80, "2026-11-23", 8))

    assert text(line).startswith(" 18:42:01     I -        -- gap")
    assert not any("class:gap" in style for style, _ in line)


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_a_gap_says_at_every_width_what_enter_does(columns: int) -> None:
    by = {"info": 1201, "debug": 3_000}
    gap = Gap("c", "1763923322000-0-0", "1763923325000-0-1", 4201, by, {"error": 3})
    (line,) = lines_of(hole_of(gap), Look(columns, "2026-11-23", 8))

    assert text(line).startswith(" -- gap: 4,201 rows not sent 18:42:02-05 (")
    assert text(line).rstrip().endswith("[Enter fetch] --")
    assert length(line) <= columns


def test_an_opened_row_shows_every_field_below() -> None:
    lines = [text(line).rstrip() for line in lines_of(ROW, Look(80, "2026-11-23", 8, opened=True))]

    assert lines[1:] == [
        "   | ts       2026-11-23T18:42:01.113220Z",
        "   | level    error",
        "   | service  pay",
        "   | trace_id 4bf92a77",
        "   | path     /v1/pay",
        "   | lat      5003",
    ]


def test_a_wrapped_row_loses_nothing() -> None:
    lines = [text(line).strip() for line in lines_of(ROW, Look(44, "2026-11-23", 8, wrapped=True))]

    assert lines == ["18:42:01 E pay      upstream timed out", "path=/v1/pay lat=5003"]


def test_the_caret_stands_under_its_column_on_whichever_side_has_room() -> None:
    assert under("'service:' needs a value", 3, 60) == "  ^ 'service:' needs a value"
    assert under("'service:' needs a value", 50, 60) == " " * 24 + "'service:' needs a value ^"
    assert (
        under("'service:' needs a value; quote it to search the text", 30, 60)
        == " " * 29 + "^ 'service:' needs a value"
    )


hostile = st.text(alphabet=st.sampled_from("a 東\x1b\u202e\u200b🙂e\u0301\n\t"), max_size=120)


@given(hostile, hostile, st.integers(10, 160), st.sampled_from(["", "wrapped", "opened", "wrapped opened"]))
def test_no_line_is_wider_than_its_screen_and_none_holds_a_control_character(
    message: str, value: str, columns: int, how: str
) -> None:
    fields = {
        "ts": message,
        "level": "warn",
        "service": value,
        "host": value,
        "message": message,
        "trace_id": value,
    }
    raw = msgspec.json.encode({**fields, "attrs": {"k": value, message: 1}})
    look = Look(columns, "2026-11-23", 8, wrapped="wrapped" in how, opened="opened" in how, find="a")

    for line in lines_of(RowAt(Offset(1, 0, 0), raw), look):
        assert length(line) <= columns
        assert not any(char in text(line) for char in "\x1b\n\t\u202e\u200b")


@given(hostile, st.integers(1, 40))
def test_cut_and_wrap_keep_to_their_cells(given_text: str, cells: int) -> None:
    plain = given_text.replace("\n", " ").replace("\t", " ").replace("\x1b", "")
    assert length([("", cut(plain, cells))]) <= cells
    assert all(length([("", part)]) <= max(cells, 2) for part in wrap(plain, cells))


FACETS = Facets("ch", 1795458600, [Facet("service", [FacetValue("pay", 301), FacetValue(None, 9)], 4, 1)])
PATTERNS = Patterns(
    "ch", 300, 900, [Pattern("p:31", "breaker open for <*>", "error", "pay", 4, 0.0, "new")], 9
)
TABLE = Table("ch", ["service", "count"], [["pay", 301], [None, 9]], 1795458600, 2)
HISTOGRAM = Histogram("ch", 1795458600, {"error": [1] * 600, "info": [5] * 600}, 600, 1795458600)


@pytest.mark.parametrize(("columns", "lines"), [(40, 4), (80, 20), (120, 34), (160, 44), (20, 2)])
@pytest.mark.parametrize(
    "state", ["stream", "people", "facets", "patterns", "help", "detail", "table", "filter"]
)
def test_the_body_is_exactly_as_large_as_its_window(columns: int, lines: int, state: str) -> None:
    found = scene()
    table = state == "table"
    events: list[news.News] = [
        news.Watching("log", "level>=error", "ch", table=table),
        news.Batch("log", [ROW]),
        news.Missed("log", Gap("ch", "2-0-0", "3-0-0", 7)),
        news.Counted("log", FACETS),
        news.Counted("log", PATTERNS),
        news.Counted("log", TABLE),
        news.Counted("log", HISTOGRAM),
    ]
    for event in events:
        found.take(event, now=100, wall=0)
    desk = Desk(found, columns=columns)
    if state in ("people", "facets", "patterns"):
        desk.show(state)  # type: ignore[arg-type]  # the names of panes
    desk.helping = state == "help"
    if state == "detail":
        desk.view = desk.view.select(0, first=0, end=2)
        desk.toggle_detail()
    if state == "filter":
        desk.mode = "filter"
        desk.bar.typed("", 0)
        desk.bar.typed("s", 1)
        picks = [Suggestion(f"service{n}", 0, 1, "field", "the service", n) for n in range(20)]
        desk.bar.answered("s", 1, Probed(picks, 1, 2, 60))
    content = Body(desk, Signs(), lambda: AT).create_content(columns, lines)

    assert content.line_count == lines
    for number in range(lines):
        assert length([(style, part) for style, part, *_ in content.get_line(number)]) <= columns
    for line in histogram_lines(found.stream.histogram, columns, Signs(), marks=True):
        assert length(line) <= columns


def test_an_ascii_terminal_gets_ascii() -> None:
    desk = Desk(scene())
    content = Body(desk, ASCII, lambda: AT).create_content(40, 5)
    shown = "".join(part for number in range(5) for _, part, *_ in content.get_line(number))

    assert shown.isascii()
    assert text(gauge_line(scene(), 100, ASCII)).isascii()
