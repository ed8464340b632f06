"""A hub that does what a test tells it, frame by frame: for gaps, cuts and closes that a real one rarely shows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
from aiohttp import web
from debugterm_protocol import SUBPROTOCOL, codec, frames
from debugterm_protocol.roles import Role

F = TypeVar("F", bound=msgspec.Struct)


class Peer:
    """One connection as the hub sees it."""

    def __init__(self, ws: web.WebSocketResponse) -> None:
        self.ws = ws
        self.acks: list[frames.Ack] = []

    async def send(self, *answers: frames.ServerFrame) -> None:
        for frame in answers:
            await self.ws.send_str(codec.encode(frame).decode())

    async def expect(self, kind: type[F]) -> F:
        """The next frame of this kind; acks and pongs in between are kept or passed over."""
        async with asyncio.timeout(10):
            async for message in self.ws:
                frame = codec.decode_client(message.data)
                if isinstance(frame, frames.Ack):
                    self.acks.append(frame)
                if isinstance(frame, kind):
                    return frame
        raise AssertionError(f"the client left before it sent {kind.__name__}")

    async def gone(self) -> None:
        """Wait until the client leaves."""
        async with asyncio.timeout(10):
            async for _ in self.ws:
                """Whatever it says."""

    async def welcome(self, *, name: str = "ana", role: Role = Role.RESPONDER) -> frames.Hello:
        hello = await self.expect(frames.Hello)
        await self.send(
            frames.Welcome(
                hello.id, "c1", f"h_{name}", name, hello.env, role, "test", "ep1", "always", 20_000, {}
            )
        )
        return hello

    async def start(self, ch: str = "log:prod:1") -> frames.Watch:
        watch = await self.expect(frames.Watch)
        await self.send(frames.Ok(watch.id, msgspec.Raw(b'{"ch":"%b"}' % ch.encode())))
        return watch

    async def close(self, code: int, reason: str = "") -> None:
        await self.send(frames.Bye(code, reason))
        await self.ws.close(code=code)


Script = Callable[[Peer], Awaitable[None]]


class Hub:
    """Its address, what it was asked over HTTP, and the scripts of its next connections, one each."""

    def __init__(self, *scripts: Script) -> None:
        self.url = ""
        self.scripts = [*scripts]
        self.posts: list[tuple[str, dict[str, Any]]] = []
        self.refreshes = 0
        self.expires_in = 600
        self.found = b""
        """What a search answers."""

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if not self.scripts:
            return web.json_response(
                {"error": {"code": "UNAVAILABLE", "why": "no script is left"}}, status=503
            )
        script = self.scripts.pop(0)
        ws = web.WebSocketResponse(protocols=[SUBPROTOCOL])
        await ws.prepare(request)
        await script(Peer(ws))
        if not ws.closed and ws._writer is not None:
            ws._writer.transport.abort()
        return ws

    async def _auth(self, request: web.Request) -> web.Response:
        body = msgspec.json.decode(await request.read())
        self.posts.append((request.path, body))
        if body.get("password") == "wrong":
            problem = {"code": "UNAUTHENTICATED", "why": "name or password is wrong"}
            return web.json_response({"error": problem}, status=401)
        self.refreshes += 1
        answer = {"access_token": f"access-{self.refreshes}", "refresh_token": f"refresh-{self.refreshes}"}
        known = {
            "expires_in": self.expires_in,
            "human": "h_ana",
            "name": "ana",
            "env": "prod",
            "role": "responder",
        }
        return web.json_response(answer | known)

    async def _search(self, _request: web.Request) -> web.Response:
        return web.Response(body=self.found, content_type="application/x-ndjson")

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get("/ws", self._socket),
                web.get("/v1/search", self._search),
                web.post("/v1/auth/login", self._auth),
                web.post("/v1/auth/refresh", self._auth),
            ]
        )
        return app

    @asynccontextmanager
    async def serve(self) -> AsyncIterator["Hub"]:
        runner = web.AppRunner(self.application(), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()


def rows(
    entry: str, *messages: str, ch: str = "log:prod:1", epoch: str = "ep1", level: str = "info"
) -> frames.Rows:
    """A frame of rows 0, 1, ... of one entry."""
    stored = [
        msgspec.Raw(
            msgspec.json.encode(
                {
                    "ts": "2026-01-02T03:04:05.678901Z",
                    "level": level,
                    "service": "pay",
                    "host": "pay-1",
                    "message": text,
                    "attrs": {},
                }
            )
        )
        for text in messages
    ]
    return frames.Rows(ch, epoch, [frames.Group(entry, [*range(len(stored))], stored)])
