"""Is the process alive (`/livez`), may it get traffic (`/readyz`)."""

from aiohttp import web


async def livez(_request: web.Request) -> web.Response:
    """The process runs and its loop turns; says nothing about its parts, so that no restart follows their pain."""
    return web.Response(text="ok\n")
