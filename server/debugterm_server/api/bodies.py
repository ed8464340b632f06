"""Small JSON bodies, read with a bound and checked against their type."""

from typing import TypeVar

import msgspec
from aiohttp import web
from aiohttp.http_exceptions import PayloadEncodingError
from aiohttp.web_exceptions import HTTPRequestEntityTooLarge
from debugterm_protocol.errors import Code

from debugterm_server.core.refusal import Refusal

T = TypeVar("T")

MOST_BYTES = 16 * 1024


async def read_json(request: web.Request, type_: type[T]) -> T:
    """The body as this type; an empty one is `{}`. Raises Refusal with the field that is wrong."""
    try:
        body = await request.clone(client_max_size=MOST_BYTES).read()
    except HTTPRequestEntityTooLarge:
        raise Refusal(Code.TOO_LARGE, f"the body is longer than {MOST_BYTES} bytes") from None
    except (web.RequestPayloadError, PayloadEncodingError):
        raise Refusal(Code.BAD_ENCODING, "the body could not be unpacked") from None
    try:
        return msgspec.json.decode(body or b"{}", type=type_)
    except msgspec.DecodeError as error:
        raise Refusal(Code.BAD_REQUEST, f"the body is wrong: {str(error)[:200]}") from None
    except (RecursionError, UnicodeDecodeError):
        raise Refusal(Code.BAD_REQUEST, "the body is too deeply nested, or not UTF-8") from None
