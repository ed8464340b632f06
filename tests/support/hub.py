"""A started hub inside the test's own loop, with the bundled Valkey and SQLite in a folder of its own."""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from debugterm_protocol import SUBPROTOCOL, codec, frames
from debugterm_protocol.frames import ServerFrame
from debugterm_protocol.roles import Role
from debugterm_server.app import house
from debugterm_server.bus import connection, entries, streams
from debugterm_server.bus.entries import Batch
from debugterm_server.bus.ground import Ground, ground
from debugterm_server.kit.derive import root
from debugterm_server.rooms.access import Accounts, Passwords
from debugterm_server.rooms.audit import Audit
from debugterm_server.settings import Settings
from debugterm_server.store import migrate
from debugterm_server.store.engine import Store, open_store, where

WORD = "correct horse battery"


@dataclass
class Hub:
    """A served hub and what a test needs to talk to it."""

    url: str
    settings: Settings
    place: Ground
    http: aiohttp.ClientSession
    key: str
    tokens: dict[str, str] = field(default_factory=dict)

    async def ingest(self, body: bytes, **query: str) -> dict[str, Any]:
        """Post lines; the answer, which must be 200."""
        async with self.http.post(
            f"{self.url}/v1/ingest", data=body, params=query, headers={"Authorization": f"Bearer {self.key}"}
        ) as answer:
            assert answer.status == 200, await answer.text()
            decoded: dict[str, Any] = msgspec.json.decode(await answer.read())
            return decoded

    async def token(self, name: str) -> str:
        """An access token of a user named like a role."""
        if name not in self.tokens:
            body = {"name": name, "password": WORD}
            async with self.http.post(f"{self.url}/v1/auth/login", json=body) as answer:
                assert answer.status == 200, await answer.text()
                self.tokens[name] = msgspec.json.decode(await answer.read())["access_token"]
        return self.tokens[name]

    async def accounts(self, work: Callable[[Accounts], Awaitable[object]]) -> None:
        """Change an account, as the operator does at the console beside the running hub."""
        store = open_store(where("", self.settings.data_dir))
        passwords = Passwords(root(None, self.settings.data_dir), rounds=4)
        try:
            async with Audit(store) as audit:
                await work(Accounts(store, audit, passwords, console="test"))
        finally:
            passwords.close()
            await store.close()

    @asynccontextmanager
    async def client(self, name: str = "responder") -> AsyncIterator["Client"]:
        """A socket that has said hello."""
        async with self.http.ws_connect(f"{self.url}/ws", protocols=(SUBPROTOCOL,), max_msg_size=0) as ws:
            client = Client(ws, name)
            await client.send(frames.Hello(id="hello", env="development", token=await self.token(name)))
            client.welcome = await client.until(lambda f: isinstance(f, frames.Welcome))
            yield client


class Client:
    """A socket that keeps every frame it got."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, name: str) -> None:
        self.name = name
        self.ws = ws
        self.seen: list[ServerFrame] = []
        self.welcome: ServerFrame | None = None
        self._rows: list[dict[str, Any]] = []

    async def send(self, frame: frames.ClientFrame) -> None:
        await self.ws.send_str(codec.encode(frame).decode())

    async def until(self, wanted: Callable[[ServerFrame], bool], *, seconds: float = 10) -> ServerFrame:
        """Read frames until one is wanted; frames already read count."""
        async with asyncio.timeout(seconds):
            while True:
                frame = await self.read()
                if wanted(frame):
                    return frame

    async def read(self) -> ServerFrame:
        message = await self.ws.receive()
        assert message.type is aiohttp.WSMsgType.TEXT, (message, self.seen[-3:])
        frame = codec.decode_server(message.data)
        self._keep(frame)
        return frame

    async def watch(self, query: str = "", **more: Any) -> str:
        """Start a watch; its channel."""
        await self.send(frames.Watch(id=f"w{len(self.seen)}", query=query, **more))
        answer = await self.until(lambda f: isinstance(f, frames.Ok | frames.Err))
        assert isinstance(answer, frames.Ok), answer
        return str(msgspec.json.decode(answer.p)["ch"])

    async def rows(self, count: int) -> list[dict[str, Any]]:
        """Read until this many rows came in all; each with its `id`."""
        while len(found := self.all_rows()) < count:
            async with asyncio.timeout(10):
                await self.read()
        return found

    def all_rows(self) -> list[dict[str, Any]]:
        return self._rows

    def _keep(self, frame: ServerFrame) -> None:
        self.seen.append(frame)
        if isinstance(frame, frames.Rows):
            self._rows += [
                {"id": f"{group.e}-{index}", **msgspec.json.decode(row)}
                for group in frame.b
                for index, row in zip(group.i, group.rows, strict=True)
            ]


async def add_people(store: Store, settings: Settings) -> str:
    """One user of each role, named like it, and an ingest key."""
    await migrate.upgrade(store)
    secret = settings.secret_key.get_secret_value() if settings.secret_key else None
    passwords = Passwords(root(secret, settings.data_dir), rounds=4)
    try:
        async with Audit(store) as audit:
            accounts = Accounts(store, audit, passwords, console="test")
            for role in Role:
                await accounts.add_user(role.value, password=WORD, env=settings.env, role=role)
            return (await accounts.add_key(env=settings.env, name="test")).secret
    finally:
        passwords.close()


async def write_past(settings: Settings, place: Ground, past: Mapping[int, Sequence[bytes]]) -> None:
    """Put entries of stored rows into the stream as if they had been received so many seconds ago."""
    secret = root(None, settings.data_dir).key("stream-entry")
    redis = connection.connect(place.redis_url)
    _ = await connection.wait_ready(redis, seconds=10)
    now = int(time.time())
    for ago in sorted(past, reverse=True):
        rows = past[ago]
        levels = Counter(str(msgspec.json.decode(row)["level"]) for row in rows)
        batch = Batch(b"\n".join(rows), len(rows), 0, 0, levels, "k_past", "127.0.0.1")
        fields = entries.encode(batch, secret=secret, env=settings.env)
        command = [streams.key(settings.env, "log"), f"{(now - ago) * 1000}-0"]
        await connection.ask(redis, "XADD", *command, *(part for item in fields.items() for part in item))
    await redis.aclose()


@asynccontextmanager
async def served(*, past: Mapping[int, Sequence[bytes]] | None = None, **given: Any) -> AsyncIterator[Hub]:
    """A hub for as long as the block lasts; `past` is what its stream holds at the start."""
    with tempfile.TemporaryDirectory(prefix="dt") as folder:
        settings = Settings(port=0, data_dir=Path(folder), drain_seconds=1, **given)
        store = open_store(where("", settings.data_dir))
        key = await add_people(store, settings)
        await store.close()
        with ground(settings) as place:
            await write_past(settings, place, past or {})
            async with house(settings, place) as started, aiohttp.ClientSession() as http:
                yield Hub(f"http://127.0.0.1:{started.port}", settings, place, http, key)


__all__ = ["Client", "Hub", "served"]
