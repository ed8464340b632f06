"""A scripted hub in a thread, for tests that drive a real terminal: it answers by itself and does what is asked."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

import msgspec
from debugterm_protocol import codec, frames
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import (
    Chat,
    ChatLine,
    Drive,
    Drove,
    Event,
    Filter,
    Member,
    Said,
    SharedView,
    Snapshot,
    Viewed,
)
from debugterm_protocol.views import Aside, Probe, Probed, Watched

from tests.support.scripted_hub import Hub, Peer


class Stage:
    """One session with `ana` (the client under test) and `bo`; use as `with`."""

    def __init__(self, *, role: Role = Role.RESPONDER, driver: str = "", refuses: str = "") -> None:
        self.role = role
        self.refuses = refuses
        """Every command is refused with these words, if any."""
        self.watched: list[str] = []
        self.commands: list[object] = []
        self.asides: list[Aside] = []
        self.fetches: list[frames.Fetch] = []
        self.probes: list[Probe] = []
        self.answers: dict[str, Probed] = {}
        """What a probe is answered with, by the text of the query; without one it matches nothing."""
        self.holds: list[tuple[list[frames.Group], bool, str]] = []
        """What the next fetch brings: groups of a frame, whether it is the last, and how far back it looked."""
        self.refuses_query: frames.Problem | None = None
        """Every further watch is refused with this, if anything."""
        self.more = ""
        """How far back the search of a watch went, if it was cut short."""
        self.ch = ""
        self.url = ""
        self._driver = driver
        self._rev = 1
        self._entry = 0
        self._peer: Peer | None = None
        self._chat: list[ChatLine] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._over = asyncio.Event()
        self._thread = threading.Thread(
            target=self._loop.run_until_complete, args=(self._serve(),), name="stage"
        )

    def __enter__(self) -> "Stage":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self) -> None:
        async with Hub(*[self._script] * 20).serve() as hub:
            self.url = hub.url
            self._ready.set()
            await self._over.wait()

    # -- what a test asks for ------------------------------------------------------------------------------

    def rows(self, *messages: str, level: str = "info", service: str = "pay", **more: object) -> None:
        """Send rows of one entry to the log watch."""
        self._entry += 1
        fields = {"ts": "2026-01-02T03:04:05.678901Z", "level": level, "service": service, "host": "pay-1"}
        stored = [
            msgspec.Raw(msgspec.json.encode({**fields, "message": text, "attrs": {}, **more}))
            for text in messages
        ]
        self.send(
            frames.Rows(self.ch, "ep1", [frames.Group(f"{self._entry}-0", [*range(len(stored))], stored)])
        )

    def skip(self, entries: int) -> None:
        """Let so many entries pass that this client does not get."""
        self._entry += entries

    def happens(self, event: Event) -> None:
        """Let something happen in the session."""
        self._rev += 1
        self.send(frames.Ev("s_1/ctl", str(self._rev), event))

    def send(self, *answers: frames.ServerFrame) -> None:
        """Send frames as they are."""
        assert self._peer is not None
        self._now(self._peer.send(*answers))

    def cut(self) -> None:
        """Cut the line without a word."""
        peer = self._peer
        assert peer is not None

        async def abort() -> None:
            assert peer.ws._writer is not None
            peer.ws._writer.transport.abort()

        self._now(abort())

    def close(self, code: int, reason: str) -> None:
        """Close the line with a code."""
        assert self._peer is not None
        self._now(self._peer.close(code, reason))

    def _now(self, coro: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coro, self._loop).result(10)

    # -- what it does by itself --------------------------------------------------------------------------------

    async def _script(self, peer: Peer) -> None:
        await peer.welcome(role=self.role)
        self._peer = peer
        async for message in peer.ws:
            match codec.decode_client(message.data):
                case frames.Join(id=ident):
                    await peer.send(self._joined(ident))
                case frames.Watch(id=ident, query=query, kind=kind):
                    await self._watch(peer, ident, query, kind)
                case Aside() as aside:
                    self.asides.append(aside)
                case Probe(id=ident, query=query) as probe:
                    self.probes.append(probe)
                    answer = self.answers.get(query, Probed([], 0, 0, 60))
                    await peer.send(frames.Ok(ident, msgspec.Raw(msgspec.json.encode(answer))))
                case frames.Fetch(id=ident, ch=ch) as fetch:
                    self.fetches.append(fetch)
                    for groups, done, back_to in self.holds:
                        await peer.send(frames.Fetched(ident, ch, "ep1", groups, done, back_to))
                case frames.Unwatch(id=ident) | frames.Leave(id=ident):
                    await peer.send(frames.Ok(ident))
                case frames.Cmd(id=ident, p=command):
                    await self._command(peer, ident, command)
                case _:
                    """Acks and presence."""

    async def _watch(self, peer: Peer, ident: str, query: str, kind: str) -> None:
        ch = f"{kind}:{query}"
        if self.refuses_query is not None:
            await peer.send(frames.Err(self.refuses_query, ident))
            return
        if kind == "log":
            self.ch = ch
            self.watched.append(query)
        table = "| stats" in query
        watched = Watched(ch, "ep1", kind="table" if table else "rows")
        answers: list[frames.ServerFrame] = [frames.Ok(ident, msgspec.Raw(msgspec.json.encode(watched)))]
        if not table:
            more = kind == "log" and bool(self.more)
            answers.append(frames.Caught(ch, f"{self._entry}-0", more, self.more if more else ""))
        await peer.send(*answers)

    def _joined(self, ident: str) -> frames.Joined:
        members = {
            "h_ana": Member("h_ana", "ana", self.role, "2026-01-02T03:00:00Z"),
            "h_bo": Member("h_bo", "bo", Role.COMMANDER, "2026-01-02T03:00:00Z"),
        }
        people = [
            frames.Presence("c1", "h_ana", "ana", self.role, "terminal/1", "active"),
            frames.Presence("c2", "h_bo", "bo", Role.COMMANDER, "browser/1", "active"),
        ]
        snapshot = Snapshot(
            1,
            self._rev,
            "s_1",
            "prod",
            "INC-42",
            "checkout 5xx",
            "h_bo",
            "",
            members,
            self._driver,
            SharedView(),
            self._chat,
        )
        return frames.Joined(
            ident, "s_1/ctl", "e1", str(self._rev), recovered=False, presence=people, snapshot=snapshot
        )

    async def _command(self, peer: Peer, ident: str, command: object) -> None:
        self.commands.append(command)
        if self.refuses:
            await peer.send(frames.Err(frames.Problem("FORBIDDEN", self.refuses, who="bo"), ident))
            return
        self._rev += 1
        happened: Event | None = None
        match command:
            case Chat(text):
                happened = Said(ChatLine(self._rev, "2026-01-02T03:05:00Z", "h_ana", "ana", text))
            case Filter(query):
                happened = Viewed(SharedView(query, "ana", ""), self._driver)
            case Drive(take):
                happened = Drove("h_ana" if take else "", "ana", "")
        answers: list[frames.ServerFrame] = [frames.Ok(ident)]
        if happened is not None:
            answers.insert(0, frames.Ev("s_1/ctl", str(self._rev), happened))
        await peer.send(*answers)
