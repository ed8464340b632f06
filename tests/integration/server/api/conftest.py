"""The HTTP doors of access and audit on loopback, with real SQLite behind them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from debugterm_protocol.roles import Role
from debugterm_server.api import identity, problems
from debugterm_server.api.http import audit as audit_http
from debugterm_server.api.http import auth
from debugterm_server.api.origin import PUBLIC_URL
from debugterm_server.kit.derive import Root
from debugterm_server.rooms.access import Access, Accounts, Passwords
from debugterm_server.rooms.audit import Audit
from debugterm_server.store import migrate
from debugterm_server.store.engine import Store, open_store, where

Client = TestClient[web.Request, web.Application]
WORD = "correct horse"


@dataclass
class Doors:
    """A served application and the rooms behind it."""

    client: Client
    access: Access
    accounts: Accounts
    audit: Audit
    store: Store

    @property
    def origin(self) -> str:
        """What a browser would send as Origin from our own page."""
        return f"http://127.0.0.1:{self.client.port}"


Open = Callable[..., Awaitable[Doors]]


@web.middleware
async def authenticated(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    if request.path == "/v1/audit":
        request[identity.SUBJECT] = identity.subject(request)
    return await handler(request)


@pytest.fixture
async def open_doors(tmp_path: Path) -> AsyncIterator[Open]:
    store = open_store(where("", tmp_path))
    await migrate.upgrade(store)
    root = Root("s" * 40)
    passwords = Passwords(root, rounds=4)
    clients: list[Client] = []
    async with Audit(store) as audit:
        access = Access(store, audit, root, first_env="prod", passwords=passwords)
        accounts = Accounts(store, audit, passwords)
        await accounts.add_user("ana", password=WORD, env="prod", role=Role.RESPONDER)

        async def opened(*, public_url: str = "", development: bool = True) -> Doors:
            app = web.Application(middlewares=[problems.shape, authenticated])
            app[identity.ACCESS] = access
            app[audit_http.AUDIT] = audit
            app[auth.DEVELOPMENT] = development
            app[PUBLIC_URL] = public_url
            for name, handler in {
                "login": auth.login,
                "refresh": auth.refresh,
                "logout": auth.logout,
                "code": auth.code,
            }.items():
                app.router.add_post(f"/v1/auth/{name}", handler)
            app.router.add_get("/v1/audit", audit_http.search)
            client: Client = TestClient(TestServer(app))
            await client.start_server()
            clients.append(client)
            return Doors(client, access, accounts, audit, store)

        yield opened
        for client in clients:
            await client.close()
    passwords.close()
    await store.close()
