"""The room as the front door sees it: join, leave, run, here, gone, status, listing.

Every refusal is raised as `Refused` with a problem in words; whatever gates is recorded before it is answered.
"""

import asyncio
import hashlib
from types import TracebackType
from typing import Self

import msgspec
import structlog
from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Cmd, Here, Join, Joined, Leave, Presence, Problem, Status
from debugterm_protocol.sessions import LOBBY, Create, Fate, Listed, Listing

from debugterm_server.bus.bells import Bells
from debugterm_server.bus.connection import BusDown
from debugterm_server.bus.sessions import SessionBus
from debugterm_server.core import policy
from debugterm_server.core import session as rules
from debugterm_server.core.policy import Subject, Verb
from debugterm_server.kit.backoff import full_jitter
from debugterm_server.kit.clock import Clock, wall
from debugterm_server.kit.tasks import Nursery
from debugterm_server.rooms.sessions.feed import Feed, Listener, channel
from debugterm_server.rooms.sessions.needs import Audit, Conn, Refused, Sink
from debugterm_server.rooms.sessions.orders import Order
from debugterm_server.rooms.sessions.presence import Presences
from debugterm_server.rooms.sessions.problems import spoken
from debugterm_server.rooms.sessions.runner import Runner
from debugterm_server.rooms.sessions.states import States
from debugterm_server.store import sessions as sql
from debugterm_server.store.engine import Store

log = structlog.get_logger()

ID_CHARS = 128
"""Longest id of a request: it is kept for a day and stands in the record."""


class Sessions:
    """The shared sessions of this process. Open it with `async with`; leaving says goodbye for its connections."""

    def __init__(
        self, *, bus: SessionBus, bells: Bells, store: Store, audit: Audit, clock: Clock = wall
    ) -> None:
        self._nursery = Nursery("sessions")
        self._bus = bus
        self._bells = bells
        self._store = store
        self._states = States(bus=bus, store=store, audit=audit, clock=clock)
        self._runner = Runner(bus=bus, states=self._states, audit=audit, clock=clock)
        self._feed = Feed(bus=bus, bells=bells, states=self._states, nursery=self._nursery)
        self._presences = Presences(bus=bus, tell=self._feed.tell)

    async def __aenter__(self) -> Self:
        _ = self._nursery.spawn("bells", self._listen())
        _ = self._nursery.spawn("presence", self._presences.keep_telling())
        _ = self._nursery.spawn("alive", self._presences.keep_alive())
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._nursery.close()
        await self._presences.farewell()

    async def join(self, subject: Subject, conn: Conn, frame: Join, sink: Sink) -> Joined:
        """Make somebody a member, and send this connection every event from now on. Raises Refused.

        Nothing goes into the sink before this returns: send the answer before waiting for anything else. A
        connection that closes must call `gone` after its `join` has ended or was cancelled.
        """
        after = await self._after(subject, frame)
        with spoken():
            kept = await self._states.find(subject.env, frame.session)
        if kept is None:
            raise await self._no_session(subject, frame.id, frame.session)
        session = kept.snapshot.id
        _ = await self._runner.run(
            Order(subject=subject, session=session, request=rules.Enter(), id=_id(frame.id))
        )
        with spoken():
            roster = await self._presences.enter(session, _presence(subject, conn))
            joined = await self._place(frame, session, after) or await self._whole(
                subject.env, frame, session
            )
            joined = msgspec.structs.replace(joined, presence=roster)
            listener = Listener(sink=sink, epoch=joined.epoch, after=int(joined.o))
            await self._feed.follow(subject.env, session, conn.id, listener)
        return joined

    async def leave(self, subject: Subject, conn: Conn, frame: Leave) -> bytes:
        """Take somebody off the roster (unless they are here by another connection too). Raises Refused."""
        session = _session_of(frame.ch)
        with spoken():
            roster = await self._presences.who(session)
        elsewhere = any(one.human == subject.human and one.conn != conn.id for one in roster)
        done = await self._runner.run(
            Order(
                subject=subject,
                session=session,
                request=rules.Depart(elsewhere=elsewhere),
                id=_id(frame.id),
            )
        )
        await self._out(session, conn.id)
        return msgspec.json.encode(done)

    async def run(self, subject: Subject, frame: Cmd, digest: str) -> bytes:
        """Run a command; the bytes of its answer (`Done`). `digest` is that of the frame. Raises Refused."""
        if isinstance(frame.p, Create):
            session = _new_id(subject, frame.id)
            request: rules.Request = rules.Open(id=session, title=frame.p.title, slug=frame.p.slug)
        elif frame.ch:
            session, request = _session_of(frame.ch), frame.p
        else:
            raise Refused(Problem(code=Code.BAD_REQUEST, why="the command names no session", fix="set `ch`"))
        done = await self._runner.run(
            Order(subject=subject, session=session, request=request, id=_id(frame.id), digest=digest)
        )
        return msgspec.json.encode(done)

    async def here(self, conn: str, frame: Here) -> None:
        """Somebody's presence changed; told to the others within a fifth of a second."""
        self._presences.change(_session_of(frame.ch), conn, state=frame.state, query=frame.query)

    async def gone(self, conn: str) -> None:
        """A connection is gone. Its person stays a member: a lost connection is not a leave."""
        for session in self._presences.sessions_of(conn):
            await self._out(session, conn)

    async def status(self, subject: Subject, frame: Status) -> bytes:
        """What became of one of your own commands; the bytes of a `Fate`. Raises Refused."""
        with spoken():
            async with self._store.read() as read:
                traces = await sql.traces(read, subject.env, subject.human, frame.cmd)
            types = {trace.type for trace in traces}
            for session in {trace.session for trace in traces if trace.session}:
                mark = await self._bus.mark(session, frame.cmd)
                if mark is not None and mark.human == subject.human:
                    return msgspec.json.encode(Fate(state="finished", answer=mark.answer))
        return msgspec.json.encode(_fate(types))

    async def listing(self, subject: Subject) -> Listing:
        """The open sessions of an environment, the lobby first, then the newest. Raises Refused."""
        verdict = policy.decide(subject, Verb.READ_SESSIONS)
        if isinstance(verdict, policy.Deny):
            raise Refused(Problem(code=Code.FORBIDDEN, why=verdict.why, who=verdict.who))
        with spoken():
            _ = await self._states.lobby(subject.env)
            async with self._store.read() as read:
                rows = await sql.listing(read, subject.env)
                members = await sql.rosters(read, subject.env)
            here = await self._bus.rosters([row.id for row in rows])
        newest = sorted(rows, key=lambda row: (row.slug == LOBBY, row.created_at), reverse=True)
        return Listing(
            sessions=[
                Listed(
                    id=row.id,
                    slug=row.slug,
                    title=row.title,
                    created_by=row.created_by,
                    created_at=row.created_at,
                    members=members.get(row.id, []),
                    here=sorted({one.human for one in here[row.id]}),
                )
                for row in newest
            ]
        )

    async def _listen(self) -> None:
        waits = full_jitter()
        while True:
            try:
                async for bell in self._bells.listen():
                    waits = full_jitter()
                    if bell.what != "here":
                        self._feed.ring(bell.session)
                    if bell.what != "ev":
                        self._presences.ring(bell.session)
            except BusDown as error:
                log.warning("bells are silent", why=str(error))
            await asyncio.sleep(next(waits))

    async def _after(self, subject: Subject, frame: Join) -> int:
        """The revision a returning client has; 0 when it has none."""
        if frame.source is None:
            return 0
        if frame.source.offset.isdecimal() and len(frame.source.offset) < 16:
            return int(frame.source.offset)
        why = f"{frame.source.offset[:40]!r} is not the offset of a session event"
        problem = Problem(code=Code.BAD_OFFSET, why=why, fix="send the `o` of the last event, or no `from`")
        order = Order(subject=subject, session="", request=rules.Enter(), id=_id(frame.id))
        raise await self._runner.deny(order, rules.Refused(problem, rule="session:bad_offset"))

    async def _no_session(self, subject: Subject, request: str, name: str) -> Refused:
        order = Order(subject=subject, session="", request=rules.Enter(), id=_id(request))
        return await self._runner.deny(order, rules.no_session(name, subject.env))

    async def _place(self, frame: Join, session: str, after: int) -> Joined | None:
        """The answer to somebody who comes back, when every event since can still be had."""
        if frame.source is None:
            return None
        since = await self._bus.since(session, after)
        if since is None or since.epoch != frame.source.epoch or not since.continues(after):
            return None
        return Joined(
            id=frame.id, ch=channel(session), epoch=since.epoch, o=str(after), recovered=True, presence=[]
        )

    async def _whole(self, env: str, frame: Join, session: str) -> Joined:
        kept = await self._states.load(env, session)
        if kept is None:
            raise Refused(rules.no_session(frame.session, env).problem)
        return Joined(
            id=frame.id,
            ch=channel(session),
            epoch=kept.epoch,
            o=str(kept.snapshot.rev),
            recovered=False,
            presence=[],
            snapshot=kept.snapshot,
        )

    async def _out(self, session: str, conn: str) -> None:
        await self._feed.leave(session, conn)
        await self._presences.leave(session, conn)


def _presence(subject: Subject, conn: Conn) -> Presence:
    return Presence(
        conn=conn.id,
        human=subject.human,
        name=subject.name,
        role=subject.role,
        client=conn.client[:60],
        state="active",
    )


def _session_of(ch: str) -> str:
    return ch.removesuffix("/ctl")


def _id(request: str) -> str:
    if 0 < len(request) <= ID_CHARS:
        return request
    why = f"the id of a request has 1 to {ID_CHARS} characters"
    raise Refused(Problem(code=Code.BAD_REQUEST, why=why, fix="use a ULID"))


def _new_id(subject: Subject, request: str) -> str:
    """The same request of the same person makes the same session, however often it arrives."""
    name = f"{subject.env}\0{subject.human}\0{request}".encode(errors="replace")
    return f"s_{hashlib.blake2b(name, digest_size=12, person=b'dt-session').hexdigest()}"


def _fate(types: set[str]) -> Fate:
    if "command.cancelled" in types:
        return Fate(state="cancelled")
    if types & {"command.finished", "session.open", "session.join", "session.leave"}:
        return Fate(state="finished")
    if "command.accepted" in types:
        return Fate(state="accepted")
    return Fate(state="refused" if types else "unknown")
