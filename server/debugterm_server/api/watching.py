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
                raise Refusal(Code.BAD_FRAME, "this hub does not answer this frame yet")
            case views.Probe():
                conn.ok(frame.id, msgspec.json.encode(self._hub.probe(subject.env, frame)))
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
        verdict = policy.decide(subject, Verb.READ_STREAM)
        if isinstance(verdict, Deny):
            await self._audit.record(_record("command.denied", subject, frame, verdict.rule, "deny"))
            raise Refusal(Code.FORBIDDEN, verdict.why, who=verdict.who)
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
        if frame.kind == "log" and frame.query:
            self._audit.later(_record("query.applied", subject, frame, verdict.rule, "allow"))

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
