"""What each frame of a client does: one case a frame, every one authorised before it has an effect."""

import hashlib
from dataclasses import replace
from typing import Protocol, assert_never

import msgspec
from debugterm_protocol import codec, frames, limits, views
from debugterm_protocol.errors import Code
from debugterm_protocol.frames import ClientFrame
from debugterm_protocol.offsets import BadOffset, parse

from debugterm_server.api.connection import Connection
from debugterm_server.core import policy
from debugterm_server.core.policy import Deny, Subject, Verb
from debugterm_server.core.records import Draft
from debugterm_server.core.refusal import Refusal
from debugterm_server.rooms.access import Access
from debugterm_server.rooms.hub import Hub
from debugterm_server.rooms.sessions.needs import Conn
from debugterm_server.rooms.sessions.room import Sessions

SessionFrame = frames.Join | frames.Leave | frames.Cmd | frames.Here | frames.Status


class Recorder(Protocol):
    """What is needed of the audit room."""

    async def record(self, draft: Draft) -> int:
        """Make a record durable; raises AuditUnavailable."""
        ...

    def later(self, draft: Draft) -> None:
        """Write a record within a second."""


class Dispatch:
    """Carries out the frames of connections that have said hello. Raises Refusal and what the rooms raise."""

    def __init__(self, *, access: Access, hub: Hub, sessions: Sessions, audit: Recorder) -> None:
        self._access = access
        self._hub = hub
        self._sessions = sessions
        self._audit = audit

    async def carry_out(self, conn: Connection, subject: Subject, frame: ClientFrame) -> None:
        """Do what one frame asks."""
        match frame:
            case frames.Watch():
                await self._watch(conn, subject, frame)
            case frames.Unwatch():
                self._unwatch(conn, subject, frame.ch)
                conn.ok(frame.id)
            case frames.Ack():
                self._ack(conn, frame)
            case views.Aside() | frames.Fetch() | views.Probe():
                raise Refusal(Code.BAD_FRAME, "this hub does not answer this frame yet")
            case frames.Join() | frames.Leave() | frames.Cmd() | frames.Here() | frames.Status():
                await self._in_session(conn, subject, frame)
            case frames.Refresh():
                self._refresh(conn, subject, frame)
            case frames.Ping():
                conn.send(frames.Pong(ts=frame.ts))
            case frames.Pong():
                pass
            case frames.Hello():
                raise Refusal(Code.BAD_FRAME, "this connection has said hello already")
            case _:
                assert_never(frame)

    async def _in_session(self, conn: Connection, subject: Subject, frame: SessionFrame) -> None:
        match frame:
            case frames.Join():
                joined = await self._sessions.join(subject, Conn(conn.id, conn.client), frame, conn)
                conn.send(joined)
            case frames.Leave():
                conn.ok(frame.id, await self._sessions.leave(subject, Conn(conn.id, conn.client), frame))
            case frames.Cmd():
                conn.ok(frame.id, await self._sessions.run(subject, frame, digest_of(frame)))
            case frames.Here():
                await self._sessions.here(conn.id, frame)
            case frames.Status():
                conn.ok(frame.id, await self._sessions.status(subject, frame))
            case _:
                assert_never(frame)

    async def gone(self, conn: Connection) -> None:
        """The connection ended: nobody watches for it any more, and its presence goes."""
        if conn.subject is None:
            return
        for ch in list(conn.watches):
            self._unwatch(conn, conn.subject, ch)
        await self._sessions.gone(conn.id)

    def heights(self, conn: Connection) -> dict[str, str]:
        """The newest offset of each watch of a connection."""
        return self._hub.heights(list(conn.watches.values()))

    async def _watch(self, conn: Connection, subject: Subject, frame: frames.Watch) -> None:
        verdict = policy.decide(subject, Verb.READ_STREAM)
        if isinstance(verdict, Deny):
            await self._audit.record(_record("command.denied", subject, frame, verdict.rule, "deny"))
            raise Refusal(Code.FORBIDDEN, verdict.why, who=verdict.who)
        if len(conn.watches) >= limits.WATCHES:
            raise Refusal(
                Code.LIMIT, f"a connection may have {limits.WATCHES} watches", fix="unwatch one first"
            )
        plan = self._hub.plan(subject.env, frame)
        # The same query again means a new place in it.
        self._unwatch(conn, subject, plan.ch)
        conn.watches[plan.ch] = self._hub.watch(subject.env, plan, conn)
        conn.ok(frame.id, msgspec.json.encode({"ch": plan.ch}))
        if frame.kind == "log" and frame.query:
            self._audit.later(_record("query.applied", subject, frame, verdict.rule, "allow"))

    def _unwatch(self, conn: Connection, subject: Subject, ch: str) -> None:
        watched = conn.watches.pop(ch, None)
        if watched is not None:
            self._hub.unwatch(subject.env, watched, conn)

    def _ack(self, conn: Connection, frame: frames.Ack) -> None:
        watched = conn.watches.get(frame.ch)
        if watched is None or watched.viewer is None:
            return
        try:
            watched.viewer.acknowledge(parse(frame.o))
        except BadOffset as error:
            raise Refusal(Code.BAD_OFFSET, str(error)) from None

    def _refresh(self, conn: Connection, subject: Subject, frame: frames.Refresh) -> None:
        renewed = self._access.subject(frame.token, subject.env)
        if renewed.human != subject.human:
            raise Refusal(Code.FORBIDDEN, "this token belongs to somebody else")
        conn.subject = replace(renewed, ip=subject.ip, client=subject.client)
        conn.ok(frame.id)


def digest_of(frame: frames.Cmd) -> str:
    """The digest of what a command asks, so that the same id with other content is seen."""
    return "sha256:" + hashlib.sha256(codec.encode(frame)).hexdigest()


def _record(type_: str, subject: Subject, frame: frames.Watch, rule: str, decision: str) -> Draft:
    return Draft(
        log=subject.env,
        type=type_,
        subject=subject,
        action="watch",
        risk="read",
        rule=rule,
        decision=decision,
        idem=frame.id,
        private={"args": frame.query},
    )
