"""The table of all doors: path, handler, and what the caller must be. A test walks it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from debugterm_server.api import socket
from debugterm_server.api.http import audit, auth, health, ingest, search, sessions, static

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Needs = Literal["nothing", "ingest key", "token", "hello"]


@dataclass(frozen=True, slots=True)
class Route:
    """One door. `needs` is enforced by the middleware, but `hello`, which the socket asks for itself."""

    method: str
    path: str
    handler: Handler
    needs: Needs


ROUTES: tuple[Route, ...] = (
    Route("GET", "/livez", health.livez, "nothing"),
    Route("GET", "/readyz", health.readyz, "nothing"),
    Route("GET", "/health", health.details, "nothing"),
    Route("POST", "/v1/ingest", ingest.ingest, "ingest key"),
    Route("GET", "/ws", socket.socket, "hello"),
    Route("GET", "/v1/search", search.search, "token"),
    Route("POST", "/v1/auth/login", auth.login, "nothing"),
    Route("POST", "/v1/auth/refresh", auth.refresh, "nothing"),
    Route("POST", "/v1/auth/logout", auth.logout, "nothing"),
    Route("POST", "/v1/auth/code", auth.code, "nothing"),
    Route("GET", "/v1/audit", audit.search, "token"),
    Route("GET", "/v1/sessions", sessions.listing, "token"),
    Route("GET", "/", static.page, "nothing"),
    Route("GET", "/s/{session}", static.page, "nothing"),
    Route("GET", "/assets/{name}", static.asset, "nothing"),
    Route("GET", "/favicon.svg", static.icon, "nothing"),
    Route("GET", "/favicon.ico", static.icon, "nothing"),
)
