"""Who asks, over HTTP: the bearer token or ingest key of a request, and the address it came from."""

from dataclasses import replace

from aiohttp import web
from debugterm_protocol.errors import Code

from debugterm_server.core.policy import Subject
from debugterm_server.core.refusal import Refusal, Unauthenticated, UnknownKey
from debugterm_server.rooms.access import Access, Caller, IngestKey

ACCESS: web.AppKey[Access] = web.AppKey("ACCESS", Access)
SUBJECT: web.RequestKey[Subject] = web.RequestKey("SUBJECT", Subject)
"""Set by the middleware on routes that need a token."""

_CLIENT_CHARS = 200
SECRETS = frozenset({"token", "access_token", "refresh_token", "key", "api_key", "password", "code"})


def caller(request: web.Request) -> Caller:
    """Where a request comes from; both parts are written by strangers."""
    return Caller(request.remote or "", request.headers.get("User-Agent", "")[:_CLIENT_CHARS])


def bearer(request: web.Request) -> str:
    """The credential in the Authorization header. Raises Unauthenticated, Refusal (a secret in the URL)."""
    if SECRETS & request.query.keys():
        raise Refusal(
            Code.TOKEN_IN_URL,
            "a secret stands in the address, where every log on the way keeps it",
            fix="send it as `Authorization: Bearer …`, and replace the one that was shown",
        )
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not credential:
        raise Unauthenticated
    return credential.strip()


def subject(request: web.Request) -> Subject:
    """Who this request speaks for, with the address it came from. Raises as `bearer`."""
    known = request.app[ACCESS].subject(bearer(request))
    where = caller(request)
    return replace(known, ip=where.ip, client=where.client)


async def ingest_key(request: web.Request) -> IngestKey:
    """The ingest key of this request. Raises UnknownKey, Refusal (a secret in the URL), StoreUnavailable."""
    try:
        key = await request.app[ACCESS].ingest_key(bearer(request))
    except Unauthenticated:
        raise UnknownKey from None
    if key is None:
        raise UnknownKey
    return key
