"""The aiohttp runner of the hub: what fails before our handlers are reached answers in the shape of all errors, too."""

from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import (
    ContentEncodingError,
    HttpProcessingError,
    LineTooLong,
    PayloadEncodingError,
)
from aiohttp.web_request import BaseRequest
from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Problem

from debugterm_server.api import problems
from debugterm_server.api.headers import ALWAYS
from debugterm_server.api.masking import Masking

_BAD_BODY = (ContentEncodingError, PayloadEncodingError, web.RequestPayloadError)

# No signal runs here, so what `headers.protect` does to every answer is done by hand; a Server of our own keeps
# aiohttp from naming its version.
_HEADERS = {**ALWAYS, "Cache-Control": "no-store", "Server": "debugterm"}


class Runner(web.AppRunner):
    """Serves an application over connections that fail in our words."""

    __slots__ = ()

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(
            made.request_handler,
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            **made._kwargs,  # noqa: SLF001 - the server that aiohttp made is only the plan for ours
        )


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    __slots__ = ()

    def set_parser(self, parser: Any, data_received_cb: Callable[[], None] | None = None) -> None:
        """After an upgrade: read frames, but only those that a client may send."""
        super().set_parser(Masking(parser), data_received_cb)  # type: ignore[arg-type]  # all that is asked of a parser

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what aiohttp could not parse; a stranger's bytes are no event of ours, so nothing is logged."""
        if not isinstance(exc, HttpProcessingError) or request.writer.output_size > 0:
            return super().handle_error(request, status, exc, message)
        response = problems.answer(problem_of(exc))
        response.headers.update(_HEADERS)
        response.force_close()
        return response

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Log a failure, but not that the rest of a refused body cannot be unpacked either.

        Its sender got an answer. aiohttp stumbles over it once more when it reads on to the next request, and would
        let strangers fill our log with a trace a request.
        """
        if not isinstance(kw.get("exc_info"), _BAD_BODY):
            super().log_exception(*args, **kw)


def problem_of(error: HttpProcessingError) -> Problem:
    """What to tell the sender of a request that is no HTTP, or more of it than we read."""
    match error:
        case ContentEncodingError():
            return Problem(Code.BAD_ENCODING, "this Content-Encoding is not known", fix="use gzip or zstd")
        case LineTooLong():
            return Problem(
                Code.BAD_REQUEST,
                "the address or a header of the request is longer than 8190 bytes",
                fix="shorten it",
            )
        case _:
            return Problem(Code.BAD_REQUEST, "this is not a request of HTTP that can be read")
