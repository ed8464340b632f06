"""The sessions of one process with everything real below them, and a client that checks what it is told."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from debugterm_protocol.frames import Cmd, Ev, Join, Joined, Place, ServerFrame
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import (
    Command,
    Create,
    Created,
    Done,
    Said,
    Snapshot,
    apply_event,
)
from debugterm_server.bus.bells import Bells
from debugterm_server.bus.connection import Redis, connect
from debugterm_server.bus.sessions import SessionBus
from debugterm_server.core.policy import Subject
from debugterm_server.core.records import AuditUnavailable, Draft
from debugterm_server.rooms.audit import Audit
from debugterm_server.rooms.sessions.needs import Also, Conn
from debugterm_server.rooms.sessions.room import Sessions
from debugterm_server.store import migrate
from debugterm_server.store.audit import Query
from debugterm_server.store.engine import Store, open_store, where

from tests.support.valkey import Server

ADA = Subject(human="h_ada", name="ada", env="prod", role=Role.RESPONDER)
BO = Subject(human="h_bo", name="bo", env="prod", role=Role.COMMANDER)
VI = Subject(human="h_vi", name="vi", env="prod", role=Role.VIEWER)
LOBBY = "s_lobby-prod"
CTL = f"{LOBBY}/ctl"


class Screen:
    """A client: keeps what came, and applies every event to its snapshot."""

    def __init__(self) -> None:
        self.frames: list[ServerFrame] = []
        self.state: Snapshot | None = None
        self.came = asyncio.Event()

    def start(self, joined: Joined) -> None:
        if isinstance(joined.snapshot, Snapshot):
            self.state = joined.snapshot

    def send(self, frame: ServerFrame) -> None:
        self.frames.append(frame)
        if isinstance(frame, Ev):
            assert self.state is not None
            if not isinstance(frame.p, Created):
                assert int(frame.o) == self.state.rev + 1, "an event is missing or came twice"
            self.state = apply_event(self.state, frame.p, int(frame.o))
        self.came.set()

    def events(self) -> list[Ev]:
        return [frame for frame in self.frames if isinstance(frame, Ev)]

    def texts(self) -> list[str]:
        return [frame.p.line.text for frame in self.events() if isinstance(frame.p, Said)]

    async def until(self, true: Callable[[], bool], seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while not true():
                self.came.clear()
                await self.came.wait()


class Gate:
    """An audit room that can be shut, like a database that became read-only, or die after writing."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.shut = False
        self.then: Callable[[], None] = lambda: None

    async def record(self, draft: Draft, also: Also | None = None) -> int:
        if self.shut:
            raise AuditUnavailable("attempt to write a readonly database")
        seq = await self.audit.record(draft, also)
        self.then()
        return seq

    def later(self, draft: Draft) -> None:
        self.audit.later(draft)


@dataclass
class Hub:
    """One process, as far as sessions go."""

    sessions: Sessions
    audit: Gate
    store: Store
    redis: Redis
    bus: SessionBus
    ids: list[int] = field(default_factory=lambda: [0])

    async def join(
        self, subject: Subject, conn: str = "", session: str = "lobby", source: Place | None = None
    ) -> tuple[Screen, Joined]:
        screen = Screen()
        frame = Join(id=self.next_id("join"), session=session, source=source)
        joined = await self.sessions.join(
            subject, Conn(conn or f"c_{subject.name}", "terminal"), frame, screen
        )
        screen.start(joined)
        return screen, joined

    def next_id(self, name: str) -> str:
        self.ids[0] += 1
        return f"{name}-{id(self)}-{self.ids[0]}"

    async def do(
        self, subject: Subject, command: Command, ch: str = CTL, id_: str = "", digest: str = "sha256:1"
    ) -> Done:
        frame = Cmd(id=id_ or self.next_id("cmd"), ch="" if isinstance(command, Create) else ch, p=command)
        return msgspec.json.decode(await self.sessions.run(subject, frame, digest), type=Done)

    async def records(self, session: str = LOBBY) -> list[tuple[int, str, str]]:
        found = await self.audit.audit.search(Query(log="prod", session=session, limit=1000))
        return [(row.seq, row.type, row.action) for row in reversed(found)]


async def a_hub(stack: AsyncExitStack, server: Server, folder: Path) -> Hub:
    redis = connect(server.url)
    stack.push_async_callback(redis.aclose)
    store = open_store(where("", folder))
    stack.push_async_callback(store.close)
    await migrate.upgrade(store)
    gate = Gate(await stack.enter_async_context(Audit(store)))
    bus = SessionBus(redis)
    sessions = Sessions(bus=bus, bells=Bells(redis), store=store, audit=gate)
    await stack.enter_async_context(sessions)
    return Hub(sessions, gate, store, redis, bus)
