"""An ingest door that keeps every row, with the hub's rule for producer batch numbers; can refuse on request."""

import asyncio
from collections.abc import Iterator

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer

KEY = "dtk_test"


class Recorder:
    """Serves `/v1/ingest`. `answers` holds statuses to give before the real ones; `largest` limits the rows of a body."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []
        self.answers: list[int] = []
        self.largest = 10_000
        self.posts = 0
        self.cut_after_storing = 0
        """So many answers are lost after the rows were stored."""
        self._last: dict[str, tuple[int, bytes]] = {}
        self._grew = asyncio.Event()
        application = web.Application(client_max_size=16 * 1024 * 1024)
        application.router.add_post("/v1/ingest", self._ingest)
        self._server = TestServer(application)

    async def __aenter__(self) -> "Recorder":
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    @property
    def messages(self) -> list[str]:
        return [str(row["message"]) for row in self.rows if "message" in row]

    async def until(self, count: int) -> None:
        """Wait until so many rows have come."""
        while len(self.rows) < count:
            self._grew.clear()
            await self._grew.wait()

    async def until_posts(self, count: int) -> None:
        """Wait until the door was knocked at so many times."""
        while self.posts < count:
            self._grew.clear()
            await self._grew.wait()

    async def _ingest(self, request: web.Request) -> web.Response:
        self.posts += 1
        self._grew.set()
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.Response(status=401)
        if self.answers:
            return web.Response(status=self.answers.pop(0), headers={"Retry-After": "0"})
        lines = [line for line in (await request.read()).split(b"\n") if line]
        if len(lines) > self.largest:
            return web.Response(status=413)
        producer, _, number = request.query["batch_id"].partition(":")
        last, answer = self._last.get(producer, (0, b""))
        if int(number) > last:
            answer = self._store(lines)
            self._last[producer] = (int(number), answer)
        if self.cut_after_storing:
            self.cut_after_storing -= 1
            assert request.transport is not None
            request.transport.close()
        return web.Response(body=answer, content_type="application/json")

    def _store(self, lines: list[bytes]) -> bytes:
        found = list(_decoded(lines))
        self.rows += found
        self._grew.set()
        points = sum("metric" in row for row in found)
        return msgspec.json.encode({"accepted": len(found) - points, "points": points, "parse_errors": 0})


def _decoded(lines: list[bytes]) -> Iterator[dict[str, object]]:
    for line in lines:
        try:
            yield msgspec.json.decode(line, type=dict[str, object])
        except msgspec.DecodeError:
            yield {"message": line.decode("utf-8", "replace"), "parse_error": True}
