"""What a connection asks of the stream: watch, acknowledge, fetch, probe. Each frame is authorised by itself."""

from typing import Protocol, assert_never

import msgspec
from debugterm_protocol import frames, limits, views
from debugterm_protocol.errors import Code
from debugterm_protocol.offsets import BadOffset, parse

from debugterm_server.api.connection import Connection
from debugterm_server.core import policy
from debugterm_server.core.policy import Deny, Subject, Verb
from debugterm_server.core.records import Draft
from debugterm_server.core.refusal import Refusal
from debugterm_server.rooms.hub import Hub

StreamFrame = frames.Watch | frames.Unwatch | frames.Ack | views.Aside | frames.Fetch | views.Probe
Asking = frames.Watch | frames.Fetch | views.Probe
"""Frames that want to read; what names the watch of a connection needs no more."""


class Recorder(Protocol):
    """What is needed of the audit room."""

    async def record(self, draft: Draft) -> int:
        """Make a record durable; raises AuditUnavailable."""
        ...

    def later(self, draft: Draft) -> None:
        """Write a record within a second."""


class Watching:
    """Carries out the stream frames of connections that have said hello. Raises Refusal and what the hub raises."""

    def __init__(self, *, hub: Hub, audit: Recorder) -> None:
        self._hub = hub
        self._audit = audit

    async def carry_out(self, conn: Connection, subject: Subject, frame: StreamFrame) -> None:
        """Do what one frame asks."""
        match frame:
            case frames.Watch():
                await self._watch(conn, subject, frame)
            case frames.Unwatch():
                self._unwatch(conn, subject, frame.ch)
                conn.ok(frame.id)
            case frames.Ack():
                self._ack(conn, frame)
            case views.Aside():
                if (running := conn.watches.get(frame.ch)) is not None:
                    running.aside(frame)
            case frames.Fetch():
                await self._fetch(conn, subject, frame)
            case views.Probe():
                await self._may_read(subject, frame, frame.query)
                self._hub.probe(subject.env, frame, subject.human, conn)
            case _:
                assert_never(frame)

    def gone(self, conn: Connection, subject: Subject) -> None:
        """The connection ended: nobody watches for it any more."""
        for ch in list(conn.watches):
            self._unwatch(conn, subject, ch)

    def heights(self, conn: Connection) -> dict[str, str]:
        """The newest offset of each watch of a connection."""
        if conn.subject is None:
            return {}
        return self._hub.heights(conn.subject.env, list(conn.watches.values()))

    async def _watch(self, conn: Connection, subject: Subject, frame: frames.Watch) -> None:
        rule = await self._may_read(subject, frame, frame.query)
        plan = await self._hub.plan(subject.env, frame)
        # The same query again means a new place in it.
        ends = {ch for ch in (frame.replaces, plan.ch) if ch in conn.watches}
        if len(conn.watches) - len(ends) >= limits.WATCHES:
            raise Refusal(
                Code.LIMIT, f"a connection may have {limits.WATCHES} watches", fix="unwatch one first"
            )
        old = conn.watches.get(frame.replaces)
        for ch in ends - {frame.replaces}:
            self._unwatch(conn, subject, ch)
        conn.watches.pop(frame.replaces, None)
        running = conn.watches[plan.ch] = self._hub.watch(subject.env, plan, conn, replaces=old)
        conn.ok(frame.id, msgspec.json.encode(running.answer))
        if plan.query is not None:
            self._hub.used(subject.env, subject.human, plan.query)
        if frame.kind == "log" and frame.query:
            self._audit.later(_record("query.applied", subject, frame, frame.query, rule))

    async def _may_read(self, subject: Subject, frame: Asking, args: str) -> str:
        """The rule that lets this person read the stream. Raises Refusal, after a durable record of it."""
        verdict = policy.decide(subject, Verb.READ_STREAM)
        if isinstance(verdict, Deny):
            denied = _record("command.denied", subject, frame, args, verdict.rule, decision="deny")
            await self._audit.record(denied)
            raise Refusal(Code.FORBIDDEN, verdict.why, who=verdict.who)
        return verdict.rule

    async def _fetch(self, conn: Connection, subject: Subject, frame: frames.Fetch) -> None:
        running = conn.watches.get(frame.ch)
        if running is None:
            raise Refusal(Code.NOT_FOUND, "this connection has no such watch", fix="watch it first")
        if any(each.fetching for each in conn.watches.values()):
            raise Refusal(Code.RATE, "one fetch at a time", fix="wait for the one before", retry_ms=500)
        args = f"{running.answer.query} from {frame.start} to {frame.end}"
        rule = await self._may_read(subject, frame, args)
        self._hub.fetch(subject.env, running, frame, conn)
        self._audit.later(_record("query.fetched", subject, frame, args, rule))

    def _unwatch(self, conn: Connection, subject: Subject, ch: str) -> None:
        running = conn.watches.pop(ch, None)
        if running is not None:
            self._hub.unwatch(subject.env, running, conn)

    def _ack(self, conn: Connection, frame: frames.Ack) -> None:
        running = conn.watches.get(frame.ch)
        if running is None or running.viewer is None:
            return
        try:
            if not running.viewer.acknowledge(parse(frame.o)):
                raise BadOffset(f"{frame.o} was never sent on {frame.ch}: nothing is acknowledged")
        except BadOffset as error:
            raise Refusal(Code.BAD_OFFSET, str(error)) from None


def _record(
    type_: str, subject: Subject, frame: Asking, args: str, rule: str, *, decision: str = "allow"
) -> Draft:
    return Draft(
        log=subject.env,
        type=type_,
        subject=subject,
        action=type(frame).__name__.lower(),
        risk="read",
        rule=rule,
        decision=decision,
        idem=frame.id,
        private={"args": args},
    )
