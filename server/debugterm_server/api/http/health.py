"""Is the process alive (`/livez`), may it get traffic (`/readyz`), and how are its parts (`/health`)."""

import msgspec
from aiohttp import web
from debugterm_protocol import VERSION

from debugterm_server.api.house import HOUSE
from debugterm_server.api.socket import SOCKETS
from debugterm_server.store.engine import StoreUnavailable

_PROMISES = {
    "always": "an acknowledged row is fsynced",
    "waitaof": "an acknowledged row is fsynced (WAITAOF)",
    "everysec": "up to one second of acknowledged rows may be lost with Redis: guarantee G1 is withdrawn",
    "none": "acknowledged rows live in memory only: guarantee G1 is withdrawn",
    "unknown": "Redis does not say how durable it is: guarantee G1 is withdrawn",
}


async def livez(_request: web.Request) -> web.Response:
    """The process runs and its loop turns; says nothing about its parts, so that no restart follows their pain."""
    return web.Response(text="ok\n")


async def readyz(request: web.Request) -> web.Response:
    """Whether traffic may come: stream, database and audit work, and the server is not stopping."""
    failed = [name for name, fine in (await _parts(request)).items() if not fine]
    if failed:
        return web.Response(status=503, text=f"not ready: {', '.join(failed)}\n")
    level = request.app[HOUSE].streams.measured.durability
    return web.Response(text=f"ok\ndurability {level}: {_PROMISES[level]}\n")


async def details(request: web.Request) -> web.Response:
    """Every part by name, and the measured durability with what it means."""
    parts = await _parts(request)
    durability = request.app[HOUSE].streams.measured.durability
    body = {
        "status": "pass" if all(parts.values()) else "fail",
        "version": VERSION,
        "parts": {name: "pass" if fine else "fail" for name, fine in parts.items()},
        "durability": {"level": durability, "means": _PROMISES[durability]},
    }
    return web.Response(
        status=200 if all(parts.values()) else 503,
        body=msgspec.json.encode(body),
        content_type="application/json",
    )


async def _parts(request: web.Request) -> dict[str, bool]:
    house = request.app[HOUSE]
    try:
        async with house.store.read():
            database = True
    except StoreUnavailable:
        database = False
    return {
        "stream": house.hub.healthy,
        "database": database,
        "audit": house.audit.behind_ok,
        "accepting": not request.app[SOCKETS].draining,
    }
