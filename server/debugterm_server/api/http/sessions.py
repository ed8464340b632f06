"""`GET /v1/sessions`: the open sessions of one's environment, their members, and who of them is here."""

import msgspec
from aiohttp import web

from debugterm_server.api.identity import SUBJECT
from debugterm_server.rooms.sessions.room import Sessions

SESSIONS: web.AppKey[Sessions] = web.AppKey("SESSIONS", Sessions)


async def listing(request: web.Request) -> web.Response:
    """A `Listing`: the lobby first, then the newest. Raises Refusal."""
    answer = await request.app[SESSIONS].listing(request[SUBJECT])
    return web.Response(body=msgspec.json.encode(answer), content_type="application/json")
