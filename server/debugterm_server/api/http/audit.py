"""`GET /v1/audit`: records of one's environment, newest first, one JSON object a line (`AuditRow`)."""

import msgspec
from aiohttp import web
from debugterm_protocol.errors import Code
from debugterm_protocol.spans import BadSpan, since

from debugterm_server.api.identity import SUBJECT
from debugterm_server.core.policy import Allow, Verb, decide
from debugterm_server.core.records import Draft
from debugterm_server.core.refusal import Refusal
from debugterm_server.kit.clock import rfc3339, wall
from debugterm_server.rooms.audit import Audit, Query

AUDIT: web.AppKey[Audit] = web.AppKey("AUDIT", Audit)

LIMIT = 100
MOST = 10_000


async def search(request: web.Request) -> web.Response:
    """Search by `q`, `session`, `since` (RFC 3339 or `2h`), `before` (a `seq`: the next page), `limit`.

    Who may not read everybody's records gets their own. The search itself is recorded behind.
    """
    subject = request[SUBJECT]
    verdict = decide(subject, Verb.READ_AUDIT)
    everything = isinstance(verdict, Allow)
    audit = request.app[AUDIT]
    query = _query(request, env=subject.env, human="" if everything else subject.human)
    rows = await audit.search(query)
    audit.later(
        Draft(
            log=subject.env,
            type="audit.search",
            subject=subject,
            risk="read",
            rule=f"{subject.role}:{Verb.READ_AUDIT if everything else Verb.READ_AUDIT_OWN}",
            decision="allow",
            private={key: value[:1_000] for key, value in request.query.items()},
        )
    )
    body = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
    return web.Response(body=body, content_type="application/x-ndjson")


def _query(request: web.Request, *, env: str, human: str) -> Query:
    given = request.query
    try:
        start = since(given.get("since", ""), wall())
    except BadSpan as error:
        raise Refusal(Code.BAD_REQUEST, str(error)) from None
    return Query(
        log=env,
        text=given.get("q", "")[:200],
        human=human,
        session=given.get("session", ""),
        since="" if start is None else rfc3339(start),
        before=_number(given.get("before", ""), name="before", default=0, most=2**53),
        limit=_number(given.get("limit", ""), name="limit", default=LIMIT, most=MOST),
    )


def _number(text: str, *, name: str, default: int, most: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 18 and 1 <= int(text) <= most):
        raise Refusal(Code.BAD_REQUEST, f"{name} is not a number from 1 to {most}")
    return int(text)
