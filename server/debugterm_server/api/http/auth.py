"""`/v1/auth/*`: log in, stay logged in, log out. For browsers the refresh token is a cookie no script can read."""

import ipaddress

import msgspec
from aiohttp import web
from debugterm_protocol.errors import Code
from debugterm_protocol.logins import CodeBody, Granted, LoginBody, RefreshBody

from debugterm_server.api import origin, problems
from debugterm_server.api.bodies import read_json
from debugterm_server.api.identity import ACCESS, caller
from debugterm_server.core.refusal import Refusal, Unauthenticated
from debugterm_server.rooms.access import Tokens

DEVELOPMENT: web.AppKey[bool] = web.AppKey("DEVELOPMENT", bool)
"""Whether login codes are exchanged at all."""

COOKIE = "debugterm_refresh"


async def login(request: web.Request) -> web.Response:
    """Name and password for tokens."""
    _from_our_page_or_none(request)
    body = await read_json(request, LoginBody)
    tokens = await request.app[ACCESS].login(body.name, body.password, env=body.env, caller=caller(request))
    return _granted(request, tokens, cookie=body.cookie)


async def code(request: web.Request) -> web.Response:
    """A one-use code of the console for tokens: in development and on this machine only, elsewhere not there."""
    if not request.app.get(DEVELOPMENT, False) or not _is_loopback(request.remote):
        raise web.HTTPNotFound
    _from_our_page_or_none(request)
    body = await read_json(request, CodeBody)
    tokens = await request.app[ACCESS].exchange_code(body.code, caller=caller(request))
    return _granted(request, tokens, cookie=body.cookie)


async def refresh(request: web.Request) -> web.Response:
    """A refresh token, from the body or the cookie, for new tokens of the same kind."""
    token, from_cookie = await _refresh_token(request)
    if not token:
        raise Unauthenticated
    try:
        tokens = await request.app[ACCESS].refresh(token, caller=caller(request))
    except Unauthenticated as refusal:
        response = problems.answer(refusal.problem)
        if from_cookie:
            _forget(request, response)
        return response
    return _granted(request, tokens, cookie=from_cookie)


async def logout(request: web.Request) -> web.Response:
    """End the login; a token that is unknown or missing is no error, because then there is nothing to end."""
    token, _ = await _refresh_token(request)
    if token:
        await request.app[ACCESS].logout(token, caller=caller(request))
    response = web.json_response({})
    _forget(request, response)
    return response


async def _refresh_token(request: web.Request) -> tuple[str, bool]:
    """The token, and whether it came as a cookie: then only from our own page."""
    _from_our_page_or_none(request)
    body = await read_json(request, RefreshBody)
    if body.refresh_token:
        return body.refresh_token, False
    token = request.cookies.get(_cookie_name(request), "")
    if token and not origin.is_ours(request):
        raise _foreign()
    return token, bool(token)


def _granted(request: web.Request, tokens: Tokens, *, cookie: bool) -> web.Response:
    subject = tokens.subject
    body = Granted(
        access_token=tokens.access_token,
        expires_in=tokens.expires_in,
        human=subject.human,
        name=subject.name,
        env=subject.env,
        role=subject.role,
        refresh_token="" if cookie else tokens.refresh_token,
    )
    response = web.Response(body=msgspec.json.encode(body), content_type="application/json")
    if cookie:
        response.set_cookie(
            _cookie_name(request),
            tokens.refresh_token,
            max_age=tokens.refresh_seconds,
            path="/",
            httponly=True,
            secure=origin.https(request.app),
            samesite="Strict",
        )
    return response


def _forget(request: web.Request, response: web.Response) -> None:
    response.del_cookie(
        _cookie_name(request),
        path="/",
        httponly=True,
        secure=origin.https(request.app),
        samesite="Strict",
    )


def _cookie_name(request: web.Request) -> str:
    """With https the browser itself guards the name: only this host can set a `__Host-` cookie."""
    return f"__Host-{COOKIE}" if origin.https(request.app) else COOKIE


def _from_our_page_or_none(request: web.Request) -> None:
    if not origin.may_post(request):
        raise _foreign()


def _foreign() -> Refusal:
    return Refusal(
        Code.BAD_ORIGIN,
        "this request comes from another web page",
        fix="open the hub by its own address; if it is this one, set DEBUGTERM_PUBLIC_URL to it",
    )


def _is_loopback(remote: str | None) -> bool:
    try:
        return ipaddress.ip_address(remote or "").is_loopback
    except ValueError:
        return False
