"""`GET /v1/search`: rows of the stream that match, newest first, or their table, as NDJSON that begins before it ends."""

import time

import msgspec
from aiohttp import web
from debugterm_protocol import codec
from debugterm_protocol.errors import Code
from debugterm_protocol.query import BadQuery
from debugterm_protocol.spans import BadSpan, seconds_back
from debugterm_protocol.views import Table

from debugterm_server.api.house import HOUSE
from debugterm_server.api.identity import SUBJECT
from debugterm_server.bus.connection import BusDown
from debugterm_server.core import policy
from debugterm_server.core.policy import Deny, Subject, Verb
from debugterm_server.core.records import Draft
from debugterm_server.core.refusal import Refusal
from debugterm_server.kit.clock import rfc3339
from debugterm_server.rooms.hub.plan import query_of
from debugterm_server.rooms.hub.search import End

MOST = 100_000
DEFAULT = 1_000


async def search(request: web.Request) -> web.StreamResponse:
    """Parameters: `q` the query, `last` a span back (15m) for one without time terms, `limit` rows at most."""
    subject = request[SUBJECT]
    house = request.app[HOUSE]
    verdict = policy.decide(subject, Verb.READ_STREAM)
    text = request.query.get("q", "")
    if isinstance(verdict, Deny):
        _ = await house.audit.record(_record(subject, text, verdict.rule, "deny"))
        raise Refusal(Code.FORBIDDEN, verdict.why, who=verdict.who)
    query = query_of(text)
    since, limit = _since(request), _limit(request)
    house.audit.later(_record(subject, text, verdict.rule, "allow"))
    response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
    begin = house.searches.begin
    try:
        with begin(subject.human, subject.env, query, now=time.time(), since_ms=since, limit=limit) as found:
            async for part in found.parts():
                if not response.prepared:
                    await response.prepare(request)
                await response.write(_lines(part))
    except BadQuery as error:
        raise Refusal(Code.BAD_QUERY, error.why, fix=error.hint, column=error.column) from None
    except BusDown:
        if not response.prepared:
            raise Refusal(Code.UNAVAILABLE, "the stream does not answer", retry_ms=1_000) from None
        # No last line: the reader sees that the answer is not whole.
    return response


def _lines(part: list[bytes] | Table | End) -> bytes:
    match part:
        case Table():
            return codec.encode(part) + b"\n"
        case End(truncated, back_to):
            last = {"truncated": truncated, "back_to": rfc3339(back_to / 1000)}
            return msgspec.json.encode(last) + b"\n"
        case _:
            return b"".join(row + b"\n" for row in part)


def _since(request: web.Request) -> int:
    try:
        return max(1, int((time.time() - seconds_back(request.query.get("last", "15m"))) * 1000))
    except BadSpan as error:
        raise Refusal(Code.BAD_REQUEST, str(error)) from None


def _limit(request: web.Request) -> int:
    text = request.query.get("limit", str(DEFAULT))
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= MOST):
        raise Refusal(Code.BAD_REQUEST, f"limit is not a number from 1 to {MOST}")
    return int(text)


def _record(subject: Subject, text: str, rule: str, decision: str) -> Draft:
    return Draft(
        log=subject.env,
        type="query.searched" if decision == "allow" else "command.denied",
        subject=subject,
        action="search",
        risk="read",
        rule=rule,
        decision=decision,
        private={"args": text},
    )
