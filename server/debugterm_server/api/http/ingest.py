"""`POST /v1/ingest`: NDJSON, or lines of any known format; 200 only when they are durable."""

import msgspec
from aiohttp import web
from aiohttp.http_exceptions import PayloadEncodingError
from aiohttp.web_exceptions import HTTPRequestEntityTooLarge
from debugterm_protocol import limits
from debugterm_protocol.errors import Code

from debugterm_server.api.identity import caller, ingest_key
from debugterm_server.core.refusal import Refusal
from debugterm_server.rooms.ingest import Intake, Pipeline

PIPELINE: web.AppKey[Pipeline] = web.AppKey("PIPELINE", Pipeline)

_NAME_CHARS = 256
_PARAMETERS = frozenset({"service", "host", "batch_id"})


async def ingest(request: web.Request) -> web.Response:
    """Store the lines of the body; `service`, `host` and `batch_id` may stand in the query."""
    key = await ingest_key(request)
    if unknown := sorted(request.query.keys() - _PARAMETERS):
        raise Refusal(
            Code.BAD_REQUEST,
            f"unknown parameter {unknown[0][:40]!r}",
            fix="known ones are service, host and batch_id",
        )
    intake = Intake(
        env=key.env,
        key=key.id,
        service=request.query.get("service", key.name)[:_NAME_CHARS],
        host=request.query.get("host", "")[:_NAME_CHARS],
        src=caller(request).ip,
        batch_id=request.query.get("batch_id", ""),
    )
    answer = await request.app[PIPELINE].take(intake, await _body(request))
    return web.Response(body=msgspec.json.encode(answer), content_type="application/json")


async def _body(request: web.Request) -> bytes:
    """The whole body, unpacked by aiohttp (gzip, deflate, zstd) and bounded after unpacking. Raises Refusal."""
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding not in ("identity", "gzip", "deflate", "zstd"):
        raise Refusal(
            Code.BAD_ENCODING, f"Content-Encoding {encoding[:40]!r} is not known", fix="use gzip or zstd"
        )
    try:
        # A clone carries its own limit; a sub-application's is ignored and a stream has none.
        return await request.clone(client_max_size=limits.INGEST_BODY_BYTES).read()
    except HTTPRequestEntityTooLarge:
        raise Refusal(
            Code.TOO_LARGE,
            f"the body is longer than {limits.INGEST_BODY_BYTES} bytes when unpacked",
            fix="send smaller batches",
        ) from None
    except (web.RequestPayloadError, PayloadEncodingError):
        raise Refusal(Code.BAD_ENCODING, f"the body is not valid {encoding}") from None
