"""The one shape of every error over HTTP: `{"error":{"code","why","fix",…}}`, and which error becomes which."""

import msgspec
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp.web_exceptions import HTTPException
from debugterm_protocol.errors import KINDS, Code
from debugterm_protocol.frames import Problem

from debugterm_server.core.records import AuditUnavailable
from debugterm_server.core.refusal import Refusal
from debugterm_server.store.engine import StoreUnavailable

log = structlog.get_logger()

RETRY_MS = 2_000
"""When to come back after a failure of ours that says nothing better."""

_HTTP: dict[int, Problem] = {
    404: Problem(Code.NOT_FOUND, "there is nothing at this address"),
    405: Problem(Code.METHOD, "this address does not take this method"),
    413: Problem(Code.TOO_LARGE, "the body is too large"),
}


def answer(problem: Problem) -> web.Response:
    """The response that shows a problem; its status comes from the table of codes."""
    code = Code(problem.code)
    headers = {}
    if problem.retry_ms is not None:
        headers["Retry-After"] = str(-(-problem.retry_ms // 1000))
    if code is Code.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    return web.Response(
        status=KINDS[code].http,
        body=msgspec.json.encode({"error": problem}),
        content_type="application/json",
        headers=headers,
    )


def of(error: Exception) -> Problem:
    """What to tell a person about an exception; for one we do not know, nothing but that it happened."""
    match error:
        case Refusal():
            return error.problem
        case AuditUnavailable():
            return Problem(
                Code.AUDIT_UNAVAILABLE,
                "this could not be recorded, so it was not done",
                fix="try again; if it stays, the database of the hub needs help",
                retry_ms=RETRY_MS,
            )
        case StoreUnavailable():
            return Problem(Code.UNAVAILABLE, "the database does not answer", retry_ms=RETRY_MS)
        case HTTPException() if error.status in _HTTP:
            return _HTTP[error.status]
        case HTTPException():
            return Problem(Code.BAD_REQUEST, "the request could not be read")
        case _:
            return Problem(Code.INTERNAL, "the hub had an internal error", fix="see the log of the hub")


@web.middleware
async def shape(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Outermost middleware: whatever goes wrong inside leaves in this shape, and the unknown is logged."""
    try:
        return await handler(request)
    except HTTPException as error:
        if error.status < 400:
            raise
        response = answer(of(error))
        if allow := error.headers.get("Allow"):
            response.headers["Allow"] = allow
        return response
    except (Refusal, AuditUnavailable, StoreUnavailable) as error:
        return answer(of(error))
    except Exception as error:
        log.exception("request failed", path=request.path, method=request.method)
        return answer(of(error))
