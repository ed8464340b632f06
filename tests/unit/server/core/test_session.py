"""Every (state, request) pair by hand, every role, every limit."""

import itertools

import msgspec
import pytest
from debugterm_protocol import limits
from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Problem
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import (
    Chat,
    ChatLine,
    Created,
    Drive,
    Drove,
    Entered,
    Event,
    Filter,
    Left,
    Member,
    Said,
    SharedView,
    Snapshot,
    Title,
    Titled,
    Viewed,
)
from debugterm_server.core.policy import Deny, Subject
from debugterm_server.core.policy import decide as may
from debugterm_server.core.session import (
    VERBS,
    Accepted,
    Depart,
    Enter,
    Open,
    Refused,
    Request,
    decide,
    lobby,
    numbered,
)

NOW = "2026-11-23T17:20:11.123456Z"
BEFORE = "2026-11-23T17:00:00.000000Z"
ADA = Subject(human="h_ada", name="ada", env="prod", role=Role.RESPONDER)
BO = Subject(human="h_bo", name="bo", env="prod", role=Role.COMMANDER)


def member(subject: Subject) -> Member:
    return Member(human=subject.human, name=subject.name, role=subject.role, at=BEFORE)


def a_session(*members: Subject, driver: str = "", env: str = "prod") -> Snapshot:
    return Snapshot(
        v=1,
        rev=7,
        id="s_1",
        env=env,
        slug="INC-42",
        title="Checkout is slow",
        created_by="h_bo",
        created_at=BEFORE,
        members={one.human: member(one) for one in members},
        driver=driver,
        view=SharedView(),
        chat=[],
    )


def event_of(state: Snapshot | None, request: Request, subject: Subject = ADA) -> Event | None:
    outcome = decide(state, subject, request, NOW)
    assert isinstance(outcome, Accepted), outcome
    return outcome.event


def problem_of(state: Snapshot | None, request: Request, subject: Subject = ADA) -> Problem:
    outcome = decide(state, subject, request, NOW)
    assert isinstance(outcome, Refused), outcome
    return outcome.problem


STATES: dict[str, Snapshot | None] = {
    "none": None,
    "elsewhere": a_session(ADA, env="staging"),
    "outside": a_session(BO),
    "inside": a_session(ADA, BO),
    "driving": a_session(ADA, BO, driver="h_ada"),
    "bo drives": a_session(ADA, BO, driver="h_bo"),
}
REQUESTS: dict[str, Request] = {
    "open": Open(id="s_2", title="Checkout is slow", slug="INC-43"),
    "enter": Enter(),
    "depart": Depart(),
    "depart one": Depart(elsewhere=True),
    "title": Title(text="Checkout is down"),
    "chat": Chat(text="looking at the pool"),
    "filter": Filter(query="level:>=error"),
    "take": Drive(take=True),
    "let go": Drive(take=False),
}
FRESH = msgspec.structs.replace(
    a_session(), rev=0, id="s_2", slug="INC-43", created_by="h_ada", created_at=NOW
)
ENTERED = Entered(Member(human="h_ada", name="ada", role=Role.RESPONDER, at=NOW))
SAID = Said(ChatLine(seq=0, at=NOW, human="h_ada", name="ada", text="looking at the pool"))
VIEWED = Viewed(view=SharedView(query="level:>=error", by="ada", at=NOW), driver="h_ada")
TITLED = Titled(title="Checkout is down", by="ada")
TOOK = Drove(driver="h_ada", name="ada", at=NOW)
LET_GO = Drove(driver="", name="ada", at=NOW)


def left(driver: str) -> Left:
    return Left(human="h_ada", name="ada", driver=driver)


MISSING = {name: Code.NOT_FOUND for name in REQUESTS if name != "open"}
OUTSIDE = {name: Code.FORBIDDEN for name in REQUESTS if name not in ("open", "enter")}
TABLE: dict[str, dict[str, Event | Code | None]] = {
    "none": {"open": Created(FRESH), **MISSING},
    "elsewhere": {"open": Code.CONFLICT, **MISSING},
    "outside": {"open": Code.CONFLICT, "enter": ENTERED, **OUTSIDE},
    "inside": {
        "open": Code.CONFLICT,
        "enter": None,
        "depart": left(""),
        "depart one": None,
        "title": TITLED,
        "chat": SAID,
        "filter": VIEWED,
        "take": TOOK,
        "let go": Code.CONFLICT,
    },
    "driving": {
        "open": Code.CONFLICT,
        "enter": None,
        "depart": left(""),
        "depart one": None,
        "title": TITLED,
        "chat": SAID,
        "filter": VIEWED,
        "take": Code.CONFLICT,
        "let go": LET_GO,
    },
    "bo drives": {
        "open": Code.CONFLICT,
        "enter": None,
        "depart": left("h_bo"),
        "depart one": None,
        "title": TITLED,
        "chat": SAID,
        "filter": Code.CONFLICT,
        "take": TOOK,
        "let go": Code.CONFLICT,
    },
}


@pytest.mark.parametrize(("state", "request_"), list(itertools.product(STATES, REQUESTS)))
def test_every_request_in_every_state(state: str, request_: str) -> None:
    outcome = decide(STATES[state], ADA, REQUESTS[request_], NOW)
    expected = TABLE[state][request_]

    if isinstance(expected, Code):
        assert isinstance(outcome, Refused)
        assert outcome.problem.code == expected
        assert outcome.problem.fix
    else:
        assert isinstance(outcome, Accepted)
        assert outcome.event == expected


@pytest.mark.parametrize(("role", "request_"), list(itertools.product(Role, REQUESTS)))
def test_every_role_meets_policy_before_anything_else(role: Role, request_: str) -> None:
    somebody = Subject(human="h_ada", name="ada", env="prod", role=role)
    request = REQUESTS[request_]
    verdict = may(somebody, VERBS[type(request)])
    outcome = decide(a_session(), somebody, request, NOW)

    if isinstance(verdict, Deny):
        assert isinstance(outcome, Refused)
        assert outcome.problem.why == verdict.why
        assert outcome.rule == verdict.rule
    else:
        assert not isinstance(outcome, Refused) or outcome.problem.who == ""


def test_a_viewer_who_sets_the_filter_is_told_why_and_who_could() -> None:
    viewer = Subject(human="h_vi", name="vi", env="prod", role=Role.VIEWER)

    assert problem_of(a_session(viewer), Filter(query="x"), viewer) == Problem(
        code="FORBIDDEN",
        why="a viewer may not set the shared filter in prod",
        who="commander or responder",
    )


def test_a_filter_against_the_driver_names_the_driver_and_the_way_out() -> None:
    state = a_session(ADA, BO, driver="h_bo")

    assert problem_of(state, Filter(query="x")) == Problem(
        code="CONFLICT", why="bo drives the shared view", fix="take the wheel with :drive", who="bo"
    )


def test_a_filter_that_is_no_query_is_refused_at_its_column_with_a_hint() -> None:
    assert problem_of(a_session(ADA), Filter(query="level:>=bogus")) == Problem(
        code="BAD_QUERY",
        why="'bogus' is not a level",
        fix="levels are trace debug info warn error fatal",
        column=9,
    )


def test_a_session_takes_200_members_and_one_who_comes_back() -> None:
    crowd = [
        Subject(human=f"h_{n}", name=f"n{n}", env="prod", role=Role.VIEWER) for n in range(limits.MEMBERS)
    ]
    full = a_session(*crowd)

    assert problem_of(full, Enter()).code == "LIMIT"
    assert event_of(full, Enter(), crowd[0]) is None


def test_whoever_comes_back_with_another_role_enters_again() -> None:
    promoted = Subject(human="h_ada", name="ada", env="prod", role=Role.COMMANDER)

    assert event_of(a_session(ADA), Enter(), promoted) == Entered(
        Member(human="h_ada", name="ada", role=Role.COMMANDER, at=NOW)
    )


@pytest.mark.parametrize(
    ("request_", "code", "why"),
    [
        (Chat(text=" \n"), "BAD_REQUEST", "the chat line is empty"),
        (Chat(text="x" * 4001), "TOO_LARGE", "the chat line is 4,001 characters long, 4,000 are allowed"),
        (
            Chat(text="a\x1b[2J"),
            "BAD_REQUEST",
            "the chat line has a control character (U+001B) at character 2",
        ),
        (
            Chat(text="\x9b2J"),
            "BAD_REQUEST",
            "the chat line has a control character (U+009B) at character 1",
        ),
        (Title(text=""), "BAD_REQUEST", "the title is empty"),
        (Title(text="x" * 121), "TOO_LARGE", "the title is 121 characters long, 120 are allowed"),
        (Title(text="a\nb"), "BAD_REQUEST", "the title has a control character (U+000A) at character 2"),
        (Filter(query="x" * 4097), "BAD_QUERY", "the query is longer than 4096 bytes"),
        (Filter(query="a\x00"), "BAD_QUERY", "the query has a control character (U+0000) at character 2"),
    ],
)
def test_texts_that_nobody_should_have_to_read_are_refused(request_: Request, code: str, why: str) -> None:
    problem = problem_of(a_session(ADA), request_)

    assert (problem.code, problem.why) == (code, why)


@pytest.mark.parametrize("text", ["x" * 4000, "two\nlines\tand a tab", "ünïcode 🚒"])
def test_chat_is_kept_as_given(text: str) -> None:
    event = event_of(a_session(ADA), Chat(text=text))

    assert isinstance(event, Said)
    assert event.line.text == text


@pytest.mark.parametrize("slug", ["lobby", "Lobby", "s_1", "4x", "a b", "a/b", "a" * 49, "é"])
def test_a_slug_that_would_be_taken_for_something_else_is_refused(slug: str) -> None:
    assert problem_of(None, Open(id="s_2", title="t", slug=slug)).code == "BAD_REQUEST"


def test_a_session_without_title_is_not_opened() -> None:
    assert problem_of(None, Open(id="s_2", title=" ")).why == "the title is empty"


def test_only_a_chat_line_takes_the_number_of_its_record() -> None:
    said = numbered(SAID, 90)

    assert isinstance(said, Said)
    assert said.line.seq == 90
    assert numbered(TITLED, 90) == TITLED


def test_the_lobby_has_the_same_id_whoever_makes_it() -> None:
    assert lobby("prod", NOW).id == lobby("prod", BEFORE).id == "s_lobby-prod"
    assert lobby("staging", NOW).id != lobby("prod", NOW).id


def test_somebody_who_drove_and_is_no_member_any_more_is_still_spoken_of() -> None:
    assert problem_of(a_session(ADA, driver="h_gone"), Drive(take=False)).why == (
        "somebody drives the shared view, not you"
    )
