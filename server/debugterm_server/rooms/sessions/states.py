"""Where the newest state of a session comes from: Redis, or, when Redis lost it, the rows in SQL.

The lobby is made on the first visit. A rebuilt state has a new epoch, and nobody drives it. Its revision is the
number of the audit record that says so: every event had a record of its own before, so all revisions were lower.
"""

import re

import structlog
from debugterm_protocol import limits
from debugterm_protocol.sessions import LOBBY, SharedView, Snapshot
from debugterm_protocol.sessions import tail as newest

from debugterm_server.bus.sessions import Change, Changed, Conflict, Kept, SessionBus
from debugterm_server.core import session as rules
from debugterm_server.core.records import Draft
from debugterm_server.kit import ids
from debugterm_server.kit.clock import Clock, rfc3339
from debugterm_server.rooms.sessions.needs import Audit
from debugterm_server.rooms.sessions.orders import row_of
from debugterm_server.store import sessions as sql
from debugterm_server.store.engine import Conflict as Exists
from debugterm_server.store.engine import Read, Store, Write

log = structlog.get_logger()

_ID = re.compile(r"s_[a-z0-9-]{1,80}", re.ASCII)


class States:
    """The sessions of every environment. Methods raise BusDown, StoreUnavailable and AuditUnavailable."""

    def __init__(self, *, bus: SessionBus, store: Store, audit: Audit, clock: Clock) -> None:
        self._bus = bus
        self._store = store
        self._audit = audit
        self._clock = clock

    async def find(self, env: str, name: str) -> Kept | None:
        """The open session of this environment with that id or slug; the lobby always exists."""
        if name in (LOBBY, rules.lobby_id(env)):
            return await self.lobby(env)
        if _ID.fullmatch(name):
            return await self.load(env, name)
        async with self._store.read() as read:
            row = await sql.find(read, env, name)
        return await self.load(env, row.id) if row else None

    async def load(self, env: str, session: str) -> Kept | None:
        """The newest state; None when this environment has no such open session."""
        if not _ID.fullmatch(session):
            return None
        kept = await self._bus.load(session) or await self._rebuild(env, session)
        return kept if kept and kept.snapshot.env == env else None

    async def lobby(self, env: str) -> Kept:
        """The standing session of an environment."""
        session = rules.lobby_id(env)
        while (kept := await self.load(env, session)) is None:
            await self._open_lobby(rules.lobby(env, rfc3339(self._clock())))
        return kept

    async def _open_lobby(self, lobby: Snapshot) -> None:
        async def also(write: Write, _seq: int, _ts: str) -> None:
            await sql.add(write, row_of(lobby))

        draft = _by_the_server(lobby.env, lobby.id, "session.open", "create", "session:lobby")
        try:
            await self._audit.record(draft, also)
        except Exists:
            log.debug("another hub made the lobby", env=lobby.env)

    async def _rebuild(self, env: str, session: str) -> Kept | None:
        async with self._store.read() as read:
            row = await sql.find(read, env, session)
            seq, last = await sql.last_record(read, env, session)
        if row is None or row.id != session or row.closed_at is not None:
            return None
        if last != "session.open":  # else nothing happened in it yet
            seq = await self._audit.record(
                _by_the_server(env, session, "session.restored", "restore", "session:lost")
            )
        async with self._store.read() as read:
            state = await _state(read, await sql.find(read, env, session) or row, seq)
        kept = Kept(epoch=ids.new("e"), snapshot=state)
        outcome = await self._bus.change(Change(before=None, after=kept, event=None))
        match outcome:
            case Changed():
                log.info("session rebuilt from SQL", session=session, env=env, rev=state.rev)
                return kept
            case Conflict(now):
                return now
            case _:
                return None


def _by_the_server(env: str, session: str, kind: str, action: str, rule: str) -> Draft:
    return Draft(
        log=env,
        type=kind,
        subject=None,
        session=session,
        action=action,
        risk="mutate",
        rule=rule,
        decision="allow",
    )


async def _state(read: Read, row: sql.SessionRow, rev: int) -> Snapshot:
    return Snapshot(
        v=1,
        rev=rev,
        id=row.id,
        env=row.env,
        slug=row.slug,
        title=row.title,
        created_by=row.created_by,
        created_at=row.created_at,
        members=await sql.roster(read, row.id),
        driver="",
        view=SharedView(),
        chat=newest(await sql.tail(read, row.id, limits.CHAT_TAIL)),
    )
