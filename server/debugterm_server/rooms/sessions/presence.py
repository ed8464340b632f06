"""Who is here: refreshed in Redis while a connection lives, dead 30 s after its hub stopped saying so.

Best effort and never recorded. Changes are gathered: at most five writes and five rosters a second for a
session, however fast people type.
"""

import asyncio
from collections.abc import Callable
from typing import Literal

import msgspec
import structlog
from debugterm_protocol import limits
from debugterm_protocol.frames import Presence, Roster

from debugterm_server.bus.connection import BusDown
from debugterm_server.bus.sessions import SessionBus
from debugterm_server.kit.backoff import full_jitter

log = structlog.get_logger()

PACE_SECONDS = 0.2
"""Between two rosters of a session."""


class Presences:
    """The connections of this process, by session; `tell(session, roster)` reaches everybody here."""

    def __init__(self, *, bus: SessionBus, tell: Callable[[str, Roster], None]) -> None:
        self._bus = bus
        self._tell = tell
        self._ours: dict[str, dict[str, Presence]] = {}
        self._changed: dict[str, dict[str, Presence]] = {}
        self._rung: set[str] = set()
        self._wake = asyncio.Event()

    async def enter(self, session: str, presence: Presence) -> list[Presence]:
        """Put a connection here; answers who is. Raises BusDown (it is then refreshed within 10 s)."""
        self._ours.setdefault(session, {})[presence.conn] = presence
        return await self._bus.present(session, {presence.conn: presence})

    async def who(self, session: str) -> list[Presence]:
        """Who is here now. Raises BusDown."""
        return await self._bus.present(session, {})

    def change(
        self, session: str, conn: str, *, state: Literal["active", "idle", "typing"], query: str
    ) -> None:
        """A connection says what it does; ignored when it is not in the session."""
        ours = self._ours.get(session, {})
        if (known := ours.get(conn)) is None:
            return
        now = msgspec.structs.replace(known, state=state, query=query[: limits.PRESENCE_QUERY_CHARS])
        if now != known:
            ours[conn] = now
            self._change(session, conn, now)

    async def leave(self, session: str, conn: str) -> None:
        """Take a connection away at once: whether its person is here elsewhere is asked right after."""
        ours = self._ours.get(session, {})
        if ours.pop(conn, None) is None:
            return
        if not ours:
            del self._ours[session]
        self._changed.get(session, {}).pop(conn, None)
        try:
            await self._bus.present(session, {conn: None})
        except BusDown as error:  # it is dead in 30 s anyway
            log.warning("presence left behind", session=session, why=str(error))

    def sessions_of(self, conn: str) -> list[str]:
        """Where this connection is."""
        return [session for session, ours in self._ours.items() if conn in ours]

    def ring(self, session: str) -> None:
        """Somebody's presence changed: tell the people here soon."""
        self._rung.add(session)
        self._wake.set()

    async def keep_telling(self) -> None:
        """Write changes and send rosters, until cancelled."""
        waits = full_jitter()
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._flush()
                waits = full_jitter()
                await asyncio.sleep(PACE_SECONDS)
            except BusDown as error:
                log.warning("presence delayed", why=str(error))
                await asyncio.sleep(next(waits))
                self._wake.set()

    async def keep_alive(self) -> None:
        """Refresh every connection of this process every 10 s, until cancelled."""
        while True:
            await asyncio.sleep(limits.PRESENCE_REFRESH_SECONDS)
            for session, ours in list(self._ours.items()):
                try:
                    await self._bus.present(session, dict(ours))
                except BusDown as error:
                    log.warning("presence not refreshed", session=session, why=str(error))
                    break

    async def farewell(self) -> None:
        """Take every connection of this process away, so that a stopping hub leaves no ghosts. Best effort."""
        for session, ours in list(self._ours.items()):
            for conn in list(ours):
                await self.leave(session, conn)

    def _change(self, session: str, conn: str, presence: Presence) -> None:
        self._changed.setdefault(session, {})[conn] = presence
        self._wake.set()

    async def _flush(self) -> None:
        while self._changed:
            session, changes = self._changed.popitem()
            try:
                await self._bus.present(session, changes)
            except BusDown:  # what changed again while we waited is newer
                self._changed[session] = changes | self._changed.get(session, {})
                raise
        rung, self._rung = self._rung, set()
        try:
            rosters = await self._bus.rosters(sorted(rung))
        except BusDown:
            self._rung |= rung
            raise
        for session, roster in rosters.items():
            self._tell(session, Roster(ch=f"{session}/ctl", presence=roster))
