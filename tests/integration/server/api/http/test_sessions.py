"""`GET /v1/sessions` over real HTTP, with real sessions behind it."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import Create, Listing
from debugterm_server.api import problems
from debugterm_server.api.http import sessions
from debugterm_server.api.identity import SUBJECT
from debugterm_server.api.routes import ROUTES

from tests.support.sessions import ADA, BO, a_hub
from tests.support.valkey import redis_server


@web.middleware
async def as_ada(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    request[SUBJECT] = ADA
    return await handler(request)


async def test_the_open_sessions_are_listed_with_who_is_here_and_a_dead_redis_is_a_503(
    tmp_path: Path,
) -> None:
    async with AsyncExitStack() as stack:
        server = stack.enter_context(redis_server())
        hub = await a_hub(stack, server, tmp_path)
        app = web.Application(middlewares=[problems.shape, as_ada])
        app[sessions.SESSIONS] = hub.sessions
        app.router.add_get("/v1/sessions", sessions.listing)
        client = await stack.enter_async_context(TestClient(TestServer(app)))
        made = await hub.do(ADA, Create(title="Checkout is slow", slug="INC-42"))
        await hub.join(BO, session="INC-42")

        async with client.get("/v1/sessions") as answer:
            assert (answer.status, answer.content_type) == (200, "application/json")
            listing = msgspec.json.decode(await answer.read(), type=Listing)
        assert [(one.slug, one.here) for one in listing.sessions] == [("lobby", []), ("INC-42", ["h_bo"])]
        assert listing.sessions[1].id == made.session
        assert [(one.name, one.role) for one in listing.sessions[1].members] == [("bo", Role.COMMANDER)]

        server.kill()
        async with client.get("/v1/sessions") as answer:
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "1"
            assert (await answer.json())["error"]["code"] == "UNAVAILABLE"


def test_the_list_needs_a_token() -> None:
    assert [route.needs for route in ROUTES if route.path == "/v1/sessions"] == ["token"]
