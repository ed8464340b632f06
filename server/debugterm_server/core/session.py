"""What may happen in a session and what follows: one pure decision from (state, person, request, time).

`decide` looks at the newest state and answers with the event that would happen, or with a problem in words.
It is asked again whenever somebody else was faster, so it must not remember anything. The room runs it, records,
and makes the event true (rooms/sessions/runner.py).
"""

import re
from dataclasses import dataclass
from typing import assert_never

import msgspec
from debugterm_protocol import limits, query
from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Problem
from debugterm_protocol.sessions import (
    LOBBY,
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

from debugterm_server.core import policy
from debugterm_server.core.policy import Subject, Verb

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_CONTROL_OR_BREAK = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SLUG = re.compile(r"[A-Za-z][A-Za-z0-9.-]{0,47}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Open:
    """Make a session under this id; the state it is decided on is None, or what already stands there."""

    id: str
    title: str
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Enter:
    """Join, or come back: somebody whose connection broke is still a member."""


@dataclass(frozen=True, slots=True)
class Depart:
    """Leave. `elsewhere`: the same person is still here by another connection, so only this one goes."""

    elsewhere: bool = False


Request = Open | Enter | Depart | Title | Chat | Filter | Drive

VERBS: dict[type[Request], Verb] = {
    Open: Verb.CREATE,
    Enter: Verb.JOIN,
    Depart: Verb.JOIN,
    Title: Verb.TITLE,
    Chat: Verb.CHAT,
    Filter: Verb.FILTER,
    Drive: Verb.DRIVE,
}
"""What policy is asked for each request: who may join may leave."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """It may happen. `event` is None when the session does not change by it (somebody comes back)."""

    event: Event | None
    rule: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not happen, and why, for a person; `rule` names what decided, for the record."""

    problem: Problem
    rule: str


def decide(state: Snapshot | None, subject: Subject, request: Request, now: str) -> Accepted | Refused:
    """Whether this person may do this in this state, and the event that follows.

    `state` is None when there is no such session; `now` is RFC 3339. The line of a `Said` has `seq` 0 until
    it is recorded (`numbered`). Setting the filter while nobody drives takes the wheel in the same event: at
    3 am nobody should be sent for a second command.
    """
    verdict = policy.decide(subject, VERBS[type(request)])
    if isinstance(verdict, policy.Deny):
        return Refused(Problem(code=Code.FORBIDDEN, why=verdict.why, who=verdict.who), verdict.rule)
    outcome = _outcome(state, subject, request, now)
    if isinstance(outcome, Refused):
        return outcome
    return Accepted(outcome, verdict.rule)


def numbered(event: Event, seq: int) -> Event:
    """The event with the number of its audit record, where it carries one."""
    if isinstance(event, Said):
        return Said(msgspec.structs.replace(event.line, seq=seq))
    return event


def lobby_id(env: str) -> str:
    """The id of an environment's standing session: a fixed one, so that two hubs make the same."""
    return f"s_lobby-{env}"


def lobby(env: str, now: str) -> Snapshot:
    """The standing session before anybody came."""
    return _fresh(id=lobby_id(env), env=env, slug=LOBBY, title="Lobby", by="", now=now)


def no_session(name: str, env: str) -> Refused:
    """There is no open session of this name in this environment."""
    which = f"session {name[:60]!r}" if name else "such session"
    return _refuse(Code.NOT_FOUND, f"there is no open {which} in {env}", "see the list of sessions")


def slug_taken(slug: str) -> Refused:
    """Another open session has this slug."""
    return _refuse(Code.CONFLICT, f"another open session is called {slug}", "join it, or take another name")


def _outcome(state: Snapshot | None, subject: Subject, request: Request, now: str) -> Event | Refused | None:
    if isinstance(request, Open):
        return _open(state, subject, request, now)
    if state is None or state.env != subject.env:
        return no_session("", subject.env)
    if isinstance(request, Enter):
        return _enter(state, subject, now)
    if subject.human not in state.members:
        return _refuse(Code.FORBIDDEN, "you are not in this session", "join it first")
    return _inside(state, subject, request, now)


def _inside(
    state: Snapshot, subject: Subject, request: Depart | Title | Chat | Filter | Drive, now: str
) -> Event | Refused | None:
    match request:
        case Depart(elsewhere):
            driver = "" if state.driver == subject.human else state.driver
            return None if elsewhere else Left(human=subject.human, name=subject.name, driver=driver)
        case Title(text):
            return _bad_title(text) or Titled(title=text, by=subject.name)
        case Chat(text):
            return _bad_chat(text) or Said(
                ChatLine(seq=0, at=now, human=subject.human, name=subject.name, text=text)
            )
        case Filter(text):
            return _filter(state, subject, text, now)
        case Drive(take):
            return _drive(state, subject, take=take, now=now)
        case _:
            assert_never(request)


def _open(state: Snapshot | None, subject: Subject, request: Open, now: str) -> Event | Refused:
    if state is not None:
        return _refuse(Code.CONFLICT, "this session exists already", "join it")
    if request.slug and (not _SLUG.fullmatch(request.slug) or request.slug.lower() == LOBBY):
        return _refuse(
            Code.BAD_REQUEST,
            f"{request.slug[:60]!r} cannot be the short name of a session",
            "take a letter, then letters, digits, dots and hyphens (48 at most), like INC-42",
        )
    return _bad_title(request.title) or Created(
        _fresh(
            id=request.id,
            env=subject.env,
            slug=request.slug,
            title=request.title,
            by=subject.human,
            now=now,
        )
    )


def _fresh(*, id: str, env: str, slug: str, title: str, by: str, now: str) -> Snapshot:  # noqa: A002 - a field's name
    return Snapshot(
        v=1,
        rev=0,
        id=id,
        env=env,
        slug=slug,
        title=title,
        created_by=by,
        created_at=now,
        members={},
        driver="",
        view=SharedView(),
        chat=[],
    )


def _enter(state: Snapshot, subject: Subject, now: str) -> Event | Refused | None:
    known = state.members.get(subject.human)
    if known is None and len(state.members) >= limits.MEMBERS:
        return _refuse(
            Code.LIMIT,
            f"the session is full: {limits.MEMBERS} members",
            "ask somebody to leave, or open another session",
        )
    if known is not None and (known.name, known.role) == (subject.name, subject.role):
        return None
    return Entered(Member(human=subject.human, name=subject.name, role=subject.role, at=now))


def _filter(state: Snapshot, subject: Subject, text: str, now: str) -> Event | Refused:
    if state.driver not in ("", subject.human):
        return _refuse(
            Code.CONFLICT,
            f"{_name(state, state.driver)} drives the shared view",
            "take the wheel with :drive",
            who=_name(state, state.driver),
        )
    view = SharedView(query=text, by=subject.name, at=now)
    return _bad_query(text) or Viewed(view=view, driver=subject.human)


def _drive(state: Snapshot, subject: Subject, *, take: bool, now: str) -> Event | Refused:
    if take and state.driver == subject.human:
        return _refuse(Code.CONFLICT, "you drive the shared view already", "let go of it with :drive off")
    if take:
        return Drove(driver=subject.human, name=subject.name, at=now)
    if state.driver == subject.human:
        return Drove(driver="", name=subject.name, at=now)
    who = f"{_name(state, state.driver)} drives" if state.driver else "nobody drives"
    return _refuse(Code.CONFLICT, f"{who} the shared view, not you", "take the wheel with :drive")


def _bad_title(text: str) -> Refused | None:
    if not text.strip():
        return _refuse(Code.BAD_REQUEST, "the title is empty", "say in a few words what is wrong")
    if len(text) > limits.TITLE_CHARS:
        return _too_long("the title", len(text), limits.TITLE_CHARS)
    return _bad_character("the title", _CONTROL_OR_BREAK.search(text))


def _bad_chat(text: str) -> Refused | None:
    if not text.strip():
        return _refuse(Code.BAD_REQUEST, "the chat line is empty", "write something")
    if len(text) > limits.CHAT_CHARS:
        return _too_long("the chat line", len(text), limits.CHAT_CHARS)
    return _bad_character("the chat line", _CONTROL.search(text))


def _bad_query(text: str) -> Refused | None:
    bad = _bad_character("the query", _CONTROL_OR_BREAK.search(text), code=Code.BAD_QUERY)
    if bad is not None:
        return bad
    try:
        query.parse(text)
    except query.BadQuery as error:
        problem = Problem(code=Code.BAD_QUERY, why=error.why, fix=error.hint, column=error.column)
        return Refused(problem, rule="session:bad_query")
    return None


def _too_long(what: str, chars: int, most: int) -> Refused:
    return _refuse(
        Code.TOO_LARGE, f"{what} is {chars:,} characters long, {most:,} are allowed", "make it shorter"
    )


def _bad_character(
    what: str, found: re.Match[str] | None, *, code: Code = Code.BAD_REQUEST
) -> Refused | None:
    if found is None:
        return None
    why = f"{what} has a control character (U+{ord(found[0]):04X}) at character {found.start() + 1}"
    return _refuse(code, why, "remove it and send again")


def _name(state: Snapshot, human: str) -> str:
    member = state.members.get(human)
    return member.name if member else "somebody"


def _refuse(code: Code, why: str, fix: str, *, who: str = "") -> Refused:
    return Refused(Problem(code=code, why=why, fix=fix, who=who), rule=f"session:{code.lower()}")
