"""What every request passes: one error shape, then the credential that its route needs."""

from aiohttp import web
from aiohttp.typedefs import Handler

from debugterm_server.api import identity
from debugterm_server.api.routes import ROUTES

_NEEDS = {(route.method, route.path): route.needs for route in ROUTES}


@web.middleware
async def authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Put the subject into requests for routes that need a token; the others ask for themselves."""
    resource = request.match_info.route.resource
    path = resource.canonical if resource is not None else ""
    if _NEEDS.get((request.method, path)) == "token":
        request[identity.SUBJECT] = identity.subject(request)
    return await handler(request)
