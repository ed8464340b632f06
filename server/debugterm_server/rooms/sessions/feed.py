"""Session events to the people of this process: in order, none missing, none twice.

A bell says "look"; then everything after the place of the furthest-behind listener is read, and each listener
takes only the event that is next for them. So it does not matter when somebody joins, or whether a bell is missed
(it is looked every 10 s anyway). Who cannot be continued, because events were trimmed or the session was rebuilt,
gets the whole state as a `Created` event.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from debugterm_protocol.frames import Ev, ServerFrame
from debugterm_protocol.sessions import Created

from debugterm_server.bus.bells import Bells
from debugterm_server.bus.connection import BusDown
from debugterm_server.bus.sessions import SessionBus, Since
from debugterm_server.core.records import AuditUnavailable
from debugterm_server.kit.backoff import full_jitter
from debugterm_server.kit.tasks import Nursery
from debugterm_server.rooms.sessions.needs import Sink
from debugterm_server.rooms.sessions.states import States
from debugterm_server.store.engine import StoreUnavailable

log = structlog.get_logger()

FALLBACK_SECONDS = 10.0
"""A session is looked at this often even when nobody rings."""


@dataclass(slots=True, eq=False)
class Listener:
    """One connection in one session, and how far it is."""

    sink: Sink
    epoch: str
    after: int
    """Revision of the last event it has."""


@dataclass(slots=True, eq=False)
class _Room:
    env: str
    session: str
    listeners: dict[str, Listener] = field(default_factory=dict)
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    watched: bool = False
    coming: int = 0
    """Who is about to listen; until then the room stays."""


def channel(session: str) -> str:
    """The channel of a session's events."""
    return f"{session}/ctl"


class Feed:
    """Everybody in this process who is in a session."""

    def __init__(self, *, bus: SessionBus, bells: Bells, states: States, nursery: Nursery) -> None:
        self._bus = bus
        self._bells = bells
        self._states = states
        self._nursery = nursery
        self._rooms: dict[str, _Room] = {}

    async def follow(self, env: str, session: str, conn: str, listener: Listener) -> None:
        """Give this connection everything after its place, until `leave`. Nothing is sent before this returns."""
        room = self._rooms.get(session) or self._open(env, session)
        room.coming += 1
        try:
            if not room.watched:
                await self._bells.watch(session)
                room.watched = True
        finally:
            room.coming -= 1
        room.listeners[conn] = listener
        room.bell.set()

    async def leave(self, session: str, conn: str) -> None:
        """Send nothing of this session to this connection any more."""
        room = self._rooms.get(session)
        if room is None or room.listeners.pop(conn, None) is None or room.listeners or room.coming:
            return
        del self._rooms[session]
        if room.task is not None:
            room.task.cancel()
        await self._bells.unwatch(session)

    def _open(self, env: str, session: str) -> _Room:
        room = self._rooms[session] = _Room(env=env, session=session)
        room.task = self._nursery.spawn(f"feed {session}", self._keep_up(room))
        return room

    def tell(self, session: str, frame: ServerFrame) -> None:
        """Send a frame that is no event to everybody here in this session."""
        room = self._rooms.get(session)
        for listener in room.listeners.values() if room else ():
            listener.sink.send(frame)

    def ring(self, session: str) -> None:
        """Look at this session now."""
        if room := self._rooms.get(session):
            room.bell.set()

    async def _keep_up(self, room: _Room) -> None:
        waits = full_jitter()
        while self._rooms.get(room.session) is room:  # a cancel may get lost (see Nursery.close)
            with suppress(TimeoutError):
                async with asyncio.timeout(FALLBACK_SECONDS):
                    await room.bell.wait()
            room.bell.clear()
            try:
                await self._pull(room)
            except (BusDown, StoreUnavailable, AuditUnavailable) as error:
                log.warning("session events delayed", session=room.session, why=str(error))
                await asyncio.sleep(next(waits))
                room.bell.set()
            else:
                waits = full_jitter()

    async def _pull(self, room: _Room) -> None:
        listeners = dict(room.listeners)
        if not listeners:
            return
        since = await self._bus.since(room.session, min(each.after for each in listeners.values()))
        # Who came while we waited is not among `listeners`: theirs is the next look.
        here = [each for conn, each in listeners.items() if room.listeners.get(conn) is each]
        stuck = [each for each in here if not _forward(room.session, each, since)]
        if stuck:
            await self._renew(room, stuck)
        if since is not None and any(each.after < since.rev for each in here):
            room.bell.set()

    async def _renew(self, room: _Room, stuck: list[Listener]) -> None:
        kept = await self._states.load(room.env, room.session)
        if kept is None:
            return  # closed: whoever closes it says so
        frame = Ev(
            ch=channel(room.session), o=str(kept.snapshot.rev), p=Created(snapshot=kept.snapshot), seq=0
        )
        for listener in stuck:
            listener.epoch, listener.after = kept.epoch, kept.snapshot.rev
            listener.sink.send(frame)


def _forward(session: str, listener: Listener, since: Since | None) -> bool:
    """Send what is next; False when this listener cannot be continued."""
    if since is None or since.epoch != listener.epoch:
        return False
    for told in since.events:
        if told.rev == listener.after + 1:
            listener.after = told.rev
            listener.sink.send(Ev(ch=channel(session), o=str(told.rev), p=told.event, seq=told.seq))
    newest = since.events[-1].rev if since.events else 0
    return listener.after >= since.rev or listener.after == newest
