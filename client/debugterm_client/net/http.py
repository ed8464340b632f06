"""The HTTP doors of a hub: login, token renewal, sessions, search, audit; every failure in one line of words."""

import asyncio
import contextlib
import os
import ssl
import time
from collections.abc import AsyncIterator
from typing import Any, Self

import aiohttp
import msgspec
from debugterm_protocol import VERSION
from debugterm_protocol.exits import Exit
from debugterm_protocol.frames import Problem
from debugterm_protocol.logins import Granted, LoginBody, RefreshBody

from debugterm_client.config import Config, Profile, Tokens
from debugterm_client.core.refusals import exit_of

RENEW_BEFORE_SECONDS = 60
"""An access token this close to its end is renewed before it is used."""
LOCK_SECONDS = 15
"""Longest wait for another process of this user that renews the same token."""


NOT_TLS = {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"}
"""What OpenSSL, by its version, calls an answer that is no TLS."""
HOPELESS = (aiohttp.ClientConnectorDNSError, aiohttp.InvalidURL, UnicodeError)
"""Errors of the address itself: on the first connection waiting does not help."""


class Refused(Exception):
    """The hub said no, in its words."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.why)
        self.problem = problem
        self.exit = exit_of(problem)


class Unreachable(Exception):
    """No hub of the profile answered; the message says where and why."""


class LoginNeeded(Exception):
    """There is no usable login; the message says which command makes one."""


class _Problem(msgspec.Struct):
    error: Problem


def why_unreachable(error: BaseException) -> str:
    """A connection error in words, without the library's vocabulary."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return "its certificate is not trusted"
        case aiohttp.ClientConnectorSSLError(os_error=ssl.SSLError(reason=reason)) if reason in NOT_TLS:
            return f"it does not speak https; try http://{error.host}:{error.port}"
        case aiohttp.ClientConnectorSSLError():
            return "no encrypted connection could be agreed on"
        case aiohttp.ClientConnectorDNSError():
            return "its name is not known"
        case aiohttp.InvalidURL() | UnicodeError():
            return "its address is malformed"
        case TimeoutError():
            return "no answer in time"
        case aiohttp.ClientConnectorError():
            return _os_words(error.os_error)
        case OSError():
            return _os_words(error)
        case _:
            return "the connection broke"


def _os_words(error: OSError) -> str:
    # asyncio puts "Connect call failed ('127.0.0.1', 1)" where the system's word should be.
    return os.strerror(error.errno).lower() if error.errno else "cannot connect"


class Door:
    """The hubs of one profile, tried in turn; use as `async with`."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=None, connect=5, sock_read=30)
        self._http = aiohttp.ClientSession(
            timeout=timeout,
            headers={"User-Agent": f"debugterm/{VERSION}"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()

    @property
    def http(self) -> aiohttp.ClientSession:
        """The connection pool, shared with the socket."""
        if self._http is None:
            raise RuntimeError("Door is used outside `async with`")
        return self._http

    async def login(self, name: str, password: str) -> Tokens:
        """Log in with a password. Raises Refused, Unreachable."""
        return await self._tokens("/v1/auth/login", LoginBody(name, password, self.profile.env))

    async def renew(self, refresh_token: str) -> Tokens:
        """New tokens for a refresh token, which is used up by this. Raises Refused, Unreachable."""
        return await self._tokens("/v1/auth/refresh", RefreshBody(refresh_token))

    async def _tokens(self, path: str, body: LoginBody | RefreshBody) -> Tokens:
        asked = time.time()
        data = await self._whole("POST", path, json=body)
        try:
            got = msgspec.json.decode(data, type=Granted)
        except msgspec.DecodeError:
            raise Unreachable(f"what answers at {self.profile.urls[0]} is not a debugterm hub") from None
        return Tokens(
            got.access_token,
            asked + got.expires_in,
            got.refresh_token,
            got.human,
            got.name,
            got.env,
            got.role.value,
        )

    async def sessions(self, token: str) -> bytes:
        """The open sessions of the environment, as the hub's JSON."""
        return await self._whole("GET", "/v1/sessions", token=token)

    async def lines(self, path: str, *, token: str, params: dict[str, str]) -> AsyncIterator[bytes]:
        """The lines of an answer as they come. Raises Refused, Unreachable."""
        async with await self._ask("GET", path, token=token, params=params) as response:
            rest = b""
            try:
                async for chunk in response.content.iter_any():
                    *whole, rest = (rest + chunk).split(b"\n")
                    for line in whole:
                        yield line
            except (aiohttp.ClientError, TimeoutError) as error:
                raise Unreachable(
                    f"{response.url.origin()}: {why_unreachable(error)} in the middle of the answer"
                ) from None
            if rest:
                yield rest

    async def _whole(self, method: str, path: str, **more: Any) -> bytes:
        async with await self._ask(method, path, **more) as response:
            return await response.read()

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        token: str = "",
        params: dict[str, str] | None = None,
        json: object = None,
    ) -> aiohttp.ClientResponse:
        headers = {"Content-Type": "application/json"} if json is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = msgspec.json.encode(json) if json is not None else None
        whys: list[str] = []
        for url in self.profile.urls:
            try:
                response = await self.http.request(
                    method, url + path, params=params, data=data, headers=headers, allow_redirects=False
                )
            except (aiohttp.ClientError, OSError, TimeoutError, UnicodeError) as error:
                whys.append(f"{url}: {why_unreachable(error)}")
                continue
            if response.status == 200:
                return response
            raise Refused(await problem_of(response))
        raise Unreachable("; ".join(whys) or "the profile has no address of a hub")


async def problem_of(response: aiohttp.ClientResponse) -> Problem:
    """What an answer that is not 200 means; one that no hub of ours gave is named as such."""
    try:
        return msgspec.json.decode(await response.read(), type=_Problem).error
    except (msgspec.DecodeError, aiohttp.ClientError):
        where = f"{response.url.origin()}{response.url.path}"
        return Problem(
            "UNAVAILABLE", f"{where} answered {response.status}, which is no answer of a debugterm hub"
        )


@contextlib.asynccontextmanager
async def alone(config: Config) -> AsyncIterator[None]:
    """Wait until no other process of this user renews or stores tokens. Raises Unreachable after 15 s."""
    until = time.monotonic() + LOCK_SECONDS
    while True:
        with config.try_lock() as mine:
            if mine:
                yield
                return
        if time.monotonic() > until:
            raise Unreachable(f"another debugterm holds the login for {LOCK_SECONDS} s; try again")
        await asyncio.sleep(0.05)


class TokenSource:
    """The access token of a profile, renewed in time; several processes of one user share the login."""

    def __init__(self, config: Config, door: Door) -> None:
        self._config = config
        self._door = door

    @property
    def _fix(self) -> str:
        profile = self._door.profile
        user = f" --user {profile.user}" if profile.user else " --user NAME"
        return f"debugterm login {profile.urls[0]}{user} --profile {profile.name}"

    def _kept(self) -> Tokens:
        tokens = self._config.tokens(self._door.profile.name)
        if tokens is None:
            raise LoginNeeded(f"nobody is logged in to profile {self._door.profile.name!r}: {self._fix}")
        return tokens

    async def access(self, *, unlike: str = "") -> Tokens:
        """Tokens that are good for a minute at least; not those with the access token `unlike`, which the hub refused.

        Raises LoginNeeded, Unreachable.
        """
        tokens = self._kept()
        if _good(tokens, unlike):
            return tokens
        async with alone(self._config):
            tokens = self._kept()
            return tokens if _good(tokens, unlike) else await self._renew(tokens)

    async def _renew(self, tokens: Tokens) -> Tokens:
        if not tokens.refresh_token:
            raise LoginNeeded(f"the login of profile {self._door.profile.name!r} expired: {self._fix}")
        try:
            fresh = await self._door.renew(tokens.refresh_token)
        except Refused as refused:
            if refused.exit is not Exit.LOGIN_NEEDED:
                raise Unreachable(refused.problem.why) from None
            raise LoginNeeded(
                f"the login of profile {self._door.profile.name!r} ended: {self._fix}"
            ) from None
        if not fresh.refresh_token:
            fresh = msgspec.structs.replace(fresh, refresh_token=tokens.refresh_token)
        self._config.keep_tokens(self._door.profile.name, fresh)
        return fresh


def _good(tokens: Tokens, unlike: str) -> bool:
    return tokens.access_token != unlike and tokens.expires_at - time.time() > RENEW_BEFORE_SECONDS
