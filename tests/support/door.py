"""The ingest door of a real hub, with faults in front on request; what is asked for is what the stream holds."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import msgspec
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from debugterm_server.bus.connection import connect
from redis.asyncio import Redis

from tests.support.hub import Hub, served

Row = dict[str, object]


class Door:
    """Passes `/v1/ingest` on to a hub. `answers` holds statuses to give instead of the hub's."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.points: list[Row] = []
        self.answers: list[int] = []
        self.largest = 16 * 1024 * 1024
        """Bytes of a packed body that the proxy in front takes."""
        self.posts = 0
        self.cut_after_storing = 0
        """So many answers are lost after the rows were stored."""
        self._seen = {"log": "-", "met": "-"}
        self._grew = asyncio.Event()
        self._looking = asyncio.Lock()
        self._stack = AsyncExitStack()
        application = web.Application(client_max_size=16 * 1024 * 1024)
        application.router.add_post("/v1/ingest", self._ingest)
        self._server = TestServer(application)

    async def __aenter__(self) -> "Door":
        self._hub: Hub = await self._stack.enter_async_context(served())
        self._http = await self._stack.enter_async_context(ClientSession(auto_decompress=False))
        self._redis: Redis = await connect(self._hub.place.redis_url)
        self._stack.push_async_callback(self._redis.aclose)
        await self._server.start_server()
        self._stack.push_async_callback(self._server.close)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    @property
    def key(self) -> str:
        return self._hub.key

    @property
    def messages(self) -> list[str]:
        return [str(row["message"]) for row in self.rows]

    async def until(self, count: int) -> None:
        """Wait until so many rows are in the stream."""
        while len(self.rows) < count:
            await self.grows()

    async def until_posts(self, count: int) -> None:
        """Wait until the door was knocked at so many times."""
        while self.posts < count:
            await self.grows()

    async def grows(self) -> None:
        """Wait until somebody has knocked again."""
        self._grew.clear()
        await self._grew.wait()

    async def _ingest(self, request: web.Request) -> web.Response:
        self.posts += 1
        try:
            return await self._answer(request)
        finally:
            self._grew.set()

    async def _answer(self, request: web.Request) -> web.Response:
        if self.answers:
            return web.Response(status=self.answers.pop(0), headers={"Retry-After": "0"})
        body = await request.read()
        if len(body) > self.largest:
            return web.Response(status=413)
        headers = {"Authorization": request.headers["Authorization"]}
        url = f"{self._hub.url}/v1/ingest"
        async with self._http.post(url, data=body, params=request.query, headers=headers) as answer:
            found = web.Response(
                status=answer.status, body=await answer.read(), content_type="application/json"
            )
        async with self._looking:
            await self._look()
        if self.cut_after_storing:
            self.cut_after_storing -= 1
            assert request.transport is not None
            request.transport.close()
        return found

    async def _look(self) -> None:
        """Read what is new in the streams."""
        for name, into in (("log", self.rows), ("met", self.points)):
            key = f"dt:{{e:development}}:{name}"
            # The types of redis-py know text and None; this connection reads bytes.
            found: Any = await self._redis.xrange(key, min=self._seen[name])
            entries: list[tuple[bytes, dict[bytes, bytes]]] = found
            for entry, fields in entries:
                self._seen[name] = f"({entry.decode()}"
                into += [msgspec.json.decode(line, type=Row) for line in fields[b"rows"].split(b"\n")]
