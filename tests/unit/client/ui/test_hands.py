"""What keys and lines wish for, and what becomes of the answers: scripts of values, nothing is connected."""

from debugterm_client.core import news
from debugterm_client.core.bar import Fault
from debugterm_client.core.desk import Desk, Mode
from debugterm_client.core.news import RowAt
from debugterm_client.core.scene import Scene
from debugterm_client.core.wishes import Aside, Do, Fetch, Look, Probe, Retry, Wish
from debugterm_client.ui.entry import Page
from debugterm_client.ui.hands import Hands
from debugterm_protocol.exits import Exit
from debugterm_protocol.frames import Gap, Problem, Welcome
from debugterm_protocol.offsets import Offset
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import Filter, Member, SharedView, Snapshot
from debugterm_protocol.views import Facet, Facets, FacetValue, Pattern, Patterns, Probed, Suggestion


class Room:
    """A person at a screen: what they wished for, and which line is open."""

    def __init__(self, *, driver: str = "h_bo", shared: str = "", columns: int = 80) -> None:
        self.wishes: list[Wish] = []
        self.lines: list[tuple[Mode, str]] = []
        self.left = 0
        self.now = 100.0
        self.scene = Scene()
        self.desk = Desk(self.scene, columns=columns)
        page = Page(self.wishes.append, self.edit, self.leave, lambda: self.now)
        self.hands = Hands(self.desk, page, redraw=lambda: None)
        self.welcome = Welcome(
            "1", "c1", "h_ana", "ana", "prod", Role.RESPONDER, "s", "e", "always", 20_000, {}
        )
        members = {"h_ana": Member("h_ana", "ana", Role.RESPONDER, "")}
        self.snapshot = Snapshot(
            1, 1, "s_1", "prod", "lobby", "", "h", "", members, driver, SharedView(shared, "bo"), []
        )
        self.take(
            news.Up(self.welcome, "x", again=False),
            news.SessionNow(self.snapshot, None),
            news.Watching("log", shared, "ch"),
            news.CaughtUp("log", more=False),
        )
        self.wishes.clear()

    def edit(self, mode: Mode, text: str) -> None:
        self.desk.mode = mode
        self.lines.append((mode, text))

    def leave(self) -> None:
        self.left += 1

    def take(self, *events: news.News) -> None:
        for event in events:
            before = self.scene.stream
            self.scene.take(event, now=self.now, wall=1_000.0)
            if self.scene.stream is not before:
                self.desk.restart(before)
            self.hands.take(event)

    @property
    def said(self) -> str:
        return self.scene.event_line(self.now)


def row(ms: int) -> RowAt:
    return RowAt(Offset(ms, 0, 0), b'{"message":"m"}')


def test_a_filter_is_for_everybody_only_while_this_person_drives() -> None:
    mine, shared = Room(), Room(driver="h_ana")
    for room in (mine, shared):
        assert room.hands.entry.enter("filter", " level>=error\n")

    assert (mine.wishes, mine.scene.private) == ([Look("level>=error")], True)
    assert (shared.wishes, shared.scene.private) == ([Do(Filter("level>=error"))], False)


def test_a_filter_that_cannot_be_read_wishes_for_nothing() -> None:
    room = Room()
    entered = room.hands.entry.enter("filter", "service:")

    assert (entered, room.wishes) == (False, [])
    assert room.hands.entry.fault == Fault("'service:' needs a value; quote it to search the text", 9)


def test_a_filter_that_the_hub_refuses_is_open_again_and_nothing_else_changed() -> None:
    room = Room()
    room.hands.entry.enter("filter", "deploy:v1~15m")
    room.take(news.LookRefused("deploy:v1~15m", Problem("BAD_QUERY", "no such deploy", column=8)))

    assert room.lines[-1] == ("filter", "deploy:v1~15m")
    assert room.hands.entry.fault == Fault("no such deploy (column 8)", 8)
    assert not room.scene.private
    assert room.scene.stream.query == ""


def test_each_change_of_the_line_asks_the_hub_and_only_the_last_answer_counts() -> None:
    room = Room()
    room.hands.do_filter()
    for text in ("", "s", "se"):
        room.hands.entry.changed(text, len(text))
    room.take(news.Looked("s", 1, Probed([], 9, 9, 60)))
    stale = room.desk.bar.count
    room.take(news.Looked("se", 2, Probed([Suggestion("service", 0, 2, "field")], 3, 9, 60)))

    assert room.wishes == [Probe("", 0), Probe("s", 1), Probe("se", 2)]
    assert (stale, room.desk.bar.count, room.desk.bar.open) == ("", "3 of 9 rows in the last 60 s", True)


def test_the_shared_filter_is_followed_unless_this_person_has_an_own_one() -> None:
    room, private = Room(), Room()
    private.scene.private = True
    changed = Snapshot(
        1, 2, "s_1", "prod", "lobby", "", "h", "", {}, "h_bo", SharedView("level>=warn", "bo"), []
    )
    for each in (room, private):
        each.take(news.SessionNow(changed, None))

    assert (room.wishes, private.wishes) == ([Look("level>=warn")], [])
    private.hands.do_follow()
    assert private.wishes == [Look("level>=warn")]


def test_enter_on_a_gap_asks_for_it_once_and_only_while_there_is_a_line() -> None:
    room = Room()
    room.take(news.Batch("log", [row(1)]), news.Missed("log", Gap("ch", "2-0-0", "5-0-0", 4)))
    room.desk.view = room.desk.view.settle(first=0, end=2, lines=9, height=lambda _: 1)
    room.hands.do_pause()
    room.take(news.Lost("cut", 1.0, 1))
    room.hands.do_detail()
    offline = (room.said, [*room.wishes])
    room.take(news.Up(room.welcome, "x", again=True))
    room.hands.do_detail()
    room.hands.do_detail()

    assert offline == ("not connected; nothing can be fetched now", [])
    assert room.wishes == [Fetch("2-0-0", "5-0-0")]
    assert room.said == "one fetch at a time: the other one is under way"


def test_panes_are_asked_for_when_they_show() -> None:
    room = Room(columns=80)
    room.hands.settle()
    room.hands.do_patterns()
    room.hands.do_facets()
    room.hands.do_facets()

    assert room.wishes == [
        Aside(histogram=True),
        Aside(histogram=True, patterns=True),
        Aside(histogram=True, facets=True),
        Aside(histogram=True),
    ]


def test_plus_minus_and_equals_change_the_query_by_what_is_selected() -> None:
    room = Room(shared="timeout")
    values = [FacetValue("pay", 3), FacetValue("cart", 2)]
    found = [Pattern("p:1", "breaker open for <*>", "error", "pay", 4, 0.0, "new")]
    room.take(
        news.Counted("log", Facets("ch", 0, [Facet("service", values, 0, 0)])),
        news.Counted("log", Patterns("ch", 300, 900, found, 1)),
    )
    room.hands.do_include()
    nowhere = (room.said, [*room.wishes])
    room.hands.do_facets()
    room.hands.do_down()
    room.hands.do_exclude()
    room.hands.do_patterns()
    room.hands.do_detail()

    assert nowhere == ("+ - = work on a value of the facets (3) or on a pattern (2)", [])
    looks = [each.query for each in room.wishes if isinstance(each, Look)]
    assert looks == ["timeout -service:cart", 'timeout "breaker open for"']


def test_r_connects_again_while_there_is_no_line_even_after_the_end() -> None:
    room = Room()
    room.hands.do_retry()
    up = [*room.wishes]
    room.take(news.Ended("the token is revoked", "", Exit.LOGIN_NEEDED))
    room.hands.do_retry()

    assert (up, room.wishes) == ([], [Retry()])


def test_ctrl_c_leaves_only_when_it_comes_twice_within_a_second() -> None:
    room = Room()
    room.hands.do_interrupt()
    room.now += 1.5
    room.hands.do_interrupt()
    once = room.left
    room.now += 0.5
    room.hands.do_interrupt()

    assert (once, room.left) == (0, 1)


def test_tab_goes_through_the_panes_and_unread_chat_goes_first() -> None:
    room = Room()
    room.scene.unread = 2
    room.hands.do_pane()
    first = room.desk.side
    room.hands.do_back()
    sides = []
    for _ in range(4):
        room.hands.do_pane()
        sides.append(room.desk.side)

    assert (first, room.scene.unread) == ("people", 0)
    assert sides == ["facets", "patterns", "people", ""]
