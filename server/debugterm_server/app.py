"""Builds and wires the house: the only module that knows everybody."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from aiohttp import web

from debugterm_server.api.routes import ROUTES
from debugterm_server.settings import Settings

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class House:
    """A started server."""

    port: int


class CannotStart(Exception):
    """Something outside the server is wrong; the message is one line that says what to do (exit 78)."""


@asynccontextmanager
async def house(settings: Settings) -> AsyncIterator[House]:
    """Start everything in order, stop it in reverse. Raises CannotStart."""
    app = web.Application()
    for route in ROUTES:
        app.router.add_route(route.method, route.path, route.handler)
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=95)
    await runner.setup()
    try:
        port = await _listen(runner, settings)
        yield House(port=port)
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: Settings) -> int:
    site = web.TCPSite(runner, settings.host, settings.port)
    try:
        await site.start()
    except OSError as error:
        raise CannotStart(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}; "
            "stop what holds the port or set PORT to another one"
        ) from None
    address: tuple[str, int] = runner.addresses[0]
    return address[1]


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    async with house(settings) as started:
        log.info("serving", url=f"http://{settings.host}:{started.port}", env=settings.env)
        await stop.wait()
        log.info("stopping")
