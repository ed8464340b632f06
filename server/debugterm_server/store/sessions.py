"""Sessions in SQL: titles, roster and chat; what a lost Redis is rebuilt from."""

from dataclasses import dataclass

import msgspec
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import ChatLine, Member
from sqlalchemy import Row, delete, insert, or_, select, update

from debugterm_server.store.engine import Read, Write
from debugterm_server.store.tables import audit, chat, members, sessions


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session as SQL keeps it; times are RFC 3339."""

    id: str
    env: str
    slug: str
    title: str
    created_by: str
    created_at: str
    closed_at: str | None = None


async def add(write: Write, row: SessionRow) -> None:
    """Keep a new session. Raises Conflict when an open one of the environment has its slug."""
    await write.execute(
        insert(sessions).values(
            id=row.id,
            env=row.env,
            slug=row.slug,
            title=row.title,
            created_by=row.created_by,
            created_at=row.created_at,
        )
    )


async def find(read: Read, env: str, name: str) -> SessionRow | None:
    """The session of this environment with that id, or the open one with that slug."""
    named = or_(sessions.c.id == name, (sessions.c.slug == name) & sessions.c.closed_at.is_(None))
    query = select(sessions).where(sessions.c.env == env, named).limit(1)
    found = (await read.execute(query)).first() if name else None
    return _session(found) if found else None


async def listing(read: Read, env: str) -> list[SessionRow]:
    """The open sessions of an environment, oldest first."""
    query = (
        select(sessions)
        .where(sessions.c.env == env, sessions.c.closed_at.is_(None))
        .order_by(sessions.c.created_at, sessions.c.id)
    )
    return [_session(row) for row in await read.execute(query)]


async def rosters(read: Read, env: str) -> dict[str, list[Member]]:
    """The members of every open session of an environment, by session, in the order of their names."""
    query = (
        select(members)
        .join(sessions, sessions.c.id == members.c.session)
        .where(sessions.c.env == env, sessions.c.closed_at.is_(None))
        .order_by(members.c.name, members.c.human)
    )
    found: dict[str, list[Member]] = {}
    for row in await read.execute(query):
        member = Member(human=row.human, name=row.name, role=Role(row.role), at=row.at)
        found.setdefault(row.session, []).append(member)
    return found


async def last_record(read: Read, env: str, session: str) -> tuple[int, str]:
    """Number and type of the newest audit record of a session; `(0, "")` when there is none."""
    query = (
        select(audit.c.seq, audit.c.type)
        .where(audit.c.log == env, audit.c.session == session)
        .order_by(audit.c.seq.desc())
        .limit(1)
    )
    row = (await read.execute(query)).first()
    return (row.seq, row.type) if row else (0, "")


class _Action(msgspec.Struct, frozen=True):
    name: str | None = None


class Trace(msgspec.Struct, frozen=True):
    """What an audit record says about one request, as far as its fate needs it."""

    seq: int
    type: str
    session: str | None
    idem: str | None
    cause: int | None
    action: _Action


async def traces(read: Read, env: str, human: str, command: str, *, most: int = 1_000) -> list[Trace]:
    """The records of one person's request, newest first, among the newest `most` of that person.

    With the outcomes that the server wrote for it when it recovered.
    """
    query = (
        select(audit.c.record)
        .where(audit.c.log == env, audit.c.human == human)
        .order_by(audit.c.seq.desc())
        .limit(most)
    )
    found = [_traces.decode(record) for record in (await read.execute(query)).scalars()]
    own = [trace for trace in found if trace.idem == command]
    asked = [trace for trace in own if trace.type == "command.accepted"]
    if not asked:
        return own
    first = min(trace.seq for trace in asked)
    by_the_server = await commands(read, env, after=first, human="")
    causes = {trace.seq for trace in asked}
    return own + [trace for trace in by_the_server if trace.cause in causes]


async def commands(
    read: Read, env: str, *, after: int = 0, since: str = "", human: str | None = None
) -> list[Trace]:
    """Intents, outcomes and restorations behind a record or a time, oldest first; of one actor if given."""
    query = select(audit.c.record).where(
        audit.c.log == env, audit.c.seq > after, audit.c.ts >= since, audit.c.type.in_(_FATES)
    )
    if human is not None:
        query = query.where(audit.c.human == human)
    return [_traces.decode(record) for record in (await read.execute(query.order_by(audit.c.seq))).scalars()]


_FATES = ("command.accepted", "command.finished", "command.cancelled", "command.unknown", "session.restored")
_traces = msgspec.json.Decoder(Trace)


def _session(row: Row[tuple[str | None, ...]]) -> SessionRow:
    return SessionRow(**row._mapping)  # noqa: SLF001 - the public name of SQLAlchemy for a row as a dict


async def retitle(write: Write, session: str, title: str) -> None:
    """Give a session another title."""
    await write.execute(update(sessions).where(sessions.c.id == session).values(title=title))


async def close(write: Write, session: str, at: str) -> None:
    """End a session; its slug becomes free."""
    await write.execute(update(sessions).where(sessions.c.id == session).values(closed_at=at))


async def say(write: Write, session: str, line: ChatLine) -> None:
    """Keep a chat line; its `seq` is that of its audit record."""
    await write.execute(
        insert(chat).values(
            session=session, seq=line.seq, at=line.at, human=line.human, name=line.name, text=line.text
        )
    )


async def unsay(write: Write, session: str, seq: int) -> None:
    """Take back a chat line whose command did not come to be."""
    await write.execute(delete(chat).where(chat.c.session == session, chat.c.seq == seq))


async def tail(read: Read, session: str, most: int) -> list[ChatLine]:
    """The newest chat lines, at most `most`, oldest first."""
    query = (
        select(chat.c.seq, chat.c.at, chat.c.human, chat.c.name, chat.c.text)
        .where(chat.c.session == session)
        .order_by(chat.c.seq.desc())
        .limit(most)
    )
    return [ChatLine(*row) for row in reversed((await read.execute(query)).all())]


async def enter(write: Write, session: str, member: Member) -> None:
    """Put a person on the roster, or renew their name and role."""
    await leave(write, session, member.human)
    await write.execute(
        insert(members).values(
            session=session, human=member.human, name=member.name, role=member.role, at=member.at
        )
    )


async def leave(write: Write, session: str, human: str) -> None:
    """Take a person off the roster."""
    await write.execute(delete(members).where(members.c.session == session, members.c.human == human))


async def roster(read: Read, session: str) -> dict[str, Member]:
    """The members of a session by human id."""
    query = select(members.c.human, members.c.name, members.c.role, members.c.at).where(
        members.c.session == session
    )
    return {
        human: Member(human=human, name=name, role=Role(role), at=at)
        for human, name, role, at in await read.execute(query)
    }
