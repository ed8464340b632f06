"""What one person asked, and the audit records and SQL rows that belong to it."""

from dataclasses import dataclass
from typing import assert_never

from debugterm_protocol.sessions import (
    Chat,
    Created,
    Done,
    Drive,
    Drove,
    Entered,
    Event,
    Filter,
    Left,
    Said,
    Snapshot,
    Title,
    Titled,
    Viewed,
)

from debugterm_server.core import session as rules
from debugterm_server.core.policy import Subject
from debugterm_server.core.records import Draft
from debugterm_server.rooms.sessions.needs import Also
from debugterm_server.store import sessions as sql
from debugterm_server.store.engine import Write


@dataclass(frozen=True, slots=True)
class Order:
    """A request of one person on one session; `id` and `digest` make a repeat harmless."""

    subject: Subject
    session: str
    request: rules.Request
    id: str
    digest: str = ""

    @property
    def action(self) -> str:
        """The name of the request in the record."""
        return _ACTIONS[type(self.request)]

    @property
    def once(self) -> bool:
        """Whether a repeat gets the first answer; joining and leaving may be done again and again."""
        return not isinstance(self.request, rules.Enter | rules.Depart)


_ACTIONS: dict[type[rules.Request], str] = {
    rules.Open: "create",
    rules.Enter: "join",
    rules.Depart: "leave",
    Title: "title",
    Chat: "chat",
    Filter: "filter",
    Drive: "drive",
}
_INTENTS: dict[type[rules.Request], str] = {
    rules.Open: "session.open",
    rules.Enter: "session.join",
    rules.Depart: "session.leave",
}


def intent(order: Order, rule: str) -> Draft:
    """The record before the effect."""
    kind = _INTENTS.get(type(order.request), "command.accepted")
    return _draft(order, kind, rule=rule, decision="allow", private=_arguments(order.request))


def denial(order: Order, refused: rules.Refused) -> Draft:
    """The record of a refusal."""
    kind = _INTENTS.get(type(order.request), "")
    return _draft(
        order,
        kind if kind in ("session.join", "session.leave") else "command.denied",
        rule=refused.rule,
        decision="deny",
        result=refused.problem.code,
        private=_arguments(order.request) | {"reason": refused.problem.why},
    )


def outcome(order: Order, seq: int, *, kind: str, result: str) -> Draft:
    """The record after the effect, or of its absence: `command.finished`, `command.cancelled`."""
    return _draft(order, kind, cause=seq, result=result)


def finishes(order: Order) -> bool:
    """Whether a record of the outcome follows: joining, leaving and opening are one record."""
    return type(order.request) not in _INTENTS


def done(order: Order, seq: int, rev: int) -> Done:
    """The answer to a request that took effect."""
    return Done(seq=seq, rev=rev, session=order.session if isinstance(order.request, rules.Open) else "")


def _draft(
    order: Order,
    kind: str,
    *,
    rule: str = "",
    decision: str = "",
    cause: int = 0,
    result: str = "",
    private: dict[str, str] | None = None,
) -> Draft:
    return Draft(
        log=order.subject.env,
        type=kind,
        subject=order.subject,
        session=order.session,
        action=order.action,
        risk="mutate",
        rule=rule,
        decision=decision,
        idem=order.id,
        digest=order.digest,
        cause=cause,
        result=result,
        private=private or {},
    )


def _arguments(request: rules.Request) -> dict[str, str]:
    match request:
        case rules.Open(_, title, slug):
            return {"title": title, "slug": slug}
        case Title(text) | Chat(text):
            return {"text": text}
        case Filter(query):
            return {"query": query}
        case Drive(take):
            return {"take": "yes" if take else "no"}
        case rules.Depart(elsewhere):
            return {"elsewhere": "yes"} if elsewhere else {}
        case rules.Enter():
            return {}
        case _:
            assert_never(request)


def rows(session: str, event: Event) -> Also:
    """What SQL keeps of an event, written with the intent; from it a lost Redis is rebuilt."""

    async def also(write: Write, seq: int, _ts: str) -> None:
        match rules.numbered(event, seq):
            case Said(line):
                await sql.say(write, session, line)
            case Titled(title):
                await sql.retitle(write, session, title)
            case Entered(member):
                await sql.enter(write, session, member)
            case Left(human):
                await sql.leave(write, session, human)
            case Created(snapshot):
                await sql.add(write, row_of(snapshot))
            case Viewed() | Drove():
                pass

    return also


def undo(event: Event, seq: int, now: Snapshot) -> Also:
    """Puts SQL back to what is true now, when the intent `seq` did not come to be."""

    async def also(write: Write, _seq: int, _ts: str) -> None:
        match event:
            case Said():
                await sql.unsay(write, now.id, seq)
            case Titled():
                await sql.retitle(write, now.id, now.title)
            case Entered(member):
                await _as_it_is(write, now, member.human)
            case Left(human):
                await _as_it_is(write, now, human)
            case Created() | Viewed() | Drove():
                pass

    return also


async def _as_it_is(write: Write, now: Snapshot, human: str) -> None:
    if member := now.members.get(human):
        await sql.enter(write, now.id, member)
    else:
        await sql.leave(write, now.id, human)


def row_of(snapshot: Snapshot) -> sql.SessionRow:
    """The row that a session is rebuilt from."""
    return sql.SessionRow(
        id=snapshot.id,
        env=snapshot.env,
        slug=snapshot.slug,
        title=snapshot.title,
        created_by=snapshot.created_by,
        created_at=snapshot.created_at,
    )
