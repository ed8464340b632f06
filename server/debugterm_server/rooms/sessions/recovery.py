"""Intents whose outcome nobody recorded, because their hub died: found, and their outcome written down.

Nothing is ever run again. What has its mark in Redis happened; so did what a rebuilt session was rebuilt from. The
rest did not, and has no effect outside, so it is cancelled and its row taken back. One hub does this at a time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

import structlog

from debugterm_server.bus.connection import BusDown
from debugterm_server.bus.sessions import SessionBus
from debugterm_server.core.records import AuditUnavailable, Draft
from debugterm_server.kit.clock import Clock, rfc3339, wall
from debugterm_server.rooms.sessions.needs import Also, Audit
from debugterm_server.rooms.sessions.states import States
from debugterm_server.store import sessions as sql
from debugterm_server.store.engine import Store, StoreUnavailable, Write
from debugterm_server.store.sessions import Trace

log = structlog.get_logger()

EVERY_SECONDS = 60.0
SETTLED_SECONDS = 60.0
"""An intent older than this is not being worked on any more: its waits add up to less."""
BACK_SECONDS = 24 * 3600.0
"""How far back the first look goes: as long as marks are kept."""

Lease = Callable[[str], Awaitable[bool]]
"""Whether this hub may do the duty for an environment now. Raises BusDown."""


class Recovery:
    """The duty of one hub."""

    def __init__(
        self,
        *,
        bus: SessionBus,
        store: Store,
        audit: Audit,
        lease: Lease,
        clock: Clock = wall,
    ) -> None:
        self._bus = bus
        self._store = store
        self._audit = audit
        self._lease = lease
        self._clock = clock
        self._states = States(bus=bus, store=store, audit=audit, clock=clock)
        self._since: dict[str, float] = {}

    async def keep(self, envs: Sequence[str]) -> None:
        """Look now and every 60 s, until cancelled."""
        while True:
            for env in envs:
                try:
                    if await self._lease(env):
                        await self.look(env)
                except (BusDown, StoreUnavailable, AuditUnavailable) as error:
                    log.warning("recovery delayed", env=env, why=str(error))
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self, env: str) -> int:
        """Write the outcome of every intent of an environment that lacks one; how many."""
        now = self._clock()
        since = self._since.get(env, now - BACK_SECONDS)
        async with self._store.read() as read:
            found = await sql.commands(read, env, since=rfc3339(since))
            fresh = await sql.commands(read, env, since=rfc3339(now - SETTLED_SECONDS))
        lacking = unsettled(found, in_work={trace.seq for trace in fresh})
        for intent in lacking:
            await self._settle(env, intent, restored=_restored_after(found, intent))
        self._since[env] = now - SETTLED_SECONDS
        return len(lacking)

    async def _settle(self, env: str, intent: Trace, *, restored: bool) -> None:
        session, action = intent.session or "", intent.action.name or ""
        mark = await self._bus.mark(session, intent.idem or "")
        happened = mark is not None and mark.answer.seq == intent.seq
        # Chat and titles stand in SQL since the intent, so a session rebuilt after it has them.
        happened = happened or (restored and action in ("chat", "title"))
        kind = "command.finished" if happened else "command.cancelled"
        undo = None if happened else await self._undo(env, intent, session, action)
        draft = Draft(
            log=env,
            type=kind,
            subject=None,
            session=session,
            action=action,
            risk="mutate",
            idem=intent.idem or "",
            cause=intent.seq,
            result="recovered",
        )
        await self._audit.record(draft, undo)
        log.warning("outcome recovered", env=env, session=session, seq=intent.seq, outcome=kind)

    async def _undo(self, env: str, intent: Trace, session: str, action: str) -> Also | None:
        kept = await self._states.load(env, session) if action == "title" else None

        async def also(write: Write, _seq: int, _ts: str) -> None:
            if action == "chat":
                await sql.unsay(write, session, intent.seq)
            elif kept is not None:
                await sql.retitle(write, session, kept.snapshot.title)

        return also


def unsettled(traces: Iterable[Trace], *, in_work: set[int]) -> list[Trace]:
    """The intents without an outcome that nobody can still be working on, oldest first."""
    intents: dict[int, Trace] = {}
    for trace in traces:
        if trace.type == "command.accepted" and trace.seq not in in_work:
            intents[trace.seq] = trace
        elif trace.cause is not None:
            intents.pop(trace.cause, None)
    return list(intents.values())


def _restored_after(traces: Iterable[Trace], intent: Trace) -> bool:
    return any(
        trace.type == "session.restored" and trace.session == intent.session and trace.seq > intent.seq
        for trace in traces
    )
