"""One batch to the hub: packed, sent until it is answered, refused in words."""

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
import msgspec
from debugterm_protocol.exits import Exit
from msgspec import Struct

FIRST_DELAY = 0.25
LONGEST_DELAY = 30.0
LONGEST_ASKED = 300.0
"""A hub that asks for a longer pause than this (seconds) is asked again after it."""
_TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=5)


def connection() -> aiohttp.ClientSession:
    """A session with our timeouts that honours the proxy settings of the environment."""
    return aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True)


class Answer(Struct, frozen=True):
    """What the hub made of a batch."""

    accepted: int
    points: int = 0
    parse_errors: int = 0
    duplicate: bool = False
    """The hub had a batch of this number already and stored nothing now."""


class Refused(Exception):
    """The hub will never take this; the message is one line for the user."""

    def __init__(self, message: str, exit_code: Exit) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class TooLarge(Exception):
    """The hub, or a proxy before it, takes only smaller bodies."""


class Later(Exception):
    """Not now: the message says why, `after` how many seconds the hub asked us to wait (0 = it did not)."""

    def __init__(self, message: str, after: float = 0.0) -> None:
        super().__init__(message)
        self.after = after


@dataclass(frozen=True, slots=True)
class Door:
    """Where to send and with which key."""

    url: str
    key: str
    service: str
    host: str


def pack(body: bytes) -> tuple[bytes, str]:
    """The body compressed, and its Content-Encoding."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd.compress(body, 3), "zstd"


class Sender:
    """Posts bodies through one connection at a time."""

    def __init__(self, door: Door, http: aiohttp.ClientSession) -> None:
        self._door = door
        self._http = http

    async def post(self, body: bytes, batch_id: str) -> Answer:
        """Send once. Raises Later, TooLarge or Refused."""
        door = self._door
        packed, encoding = pack(body)
        names = {"service": door.service, "host": door.host, "batch_id": batch_id}
        headers = {
            "Authorization": f"Bearer {door.key}",
            "Content-Type": "application/x-ndjson",
            "Content-Encoding": encoding,
        }
        try:
            async with self._http.post(
                f"{door.url}/v1/ingest",
                params={name: value for name, value in names.items() if value},
                data=packed,
                headers=headers,
                allow_redirects=False,
            ) as response:
                return judge(
                    response.status,
                    await response.read(),
                    retry_after=response.headers.get("Retry-After", ""),
                    url=door.url,
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Later(f"cannot reach {door.url} ({_words(error)})") from None


def judge(status: int, body: bytes, *, retry_after: str, url: str) -> Answer:
    """What an answer of the hub means. Raises Later, TooLarge or Refused."""
    why = _why(body) or f"HTTP {status}"
    match status:
        case 200:
            try:
                return msgspec.json.decode(body, type=Answer)
            except msgspec.DecodeError:
                raise Refused(
                    f"{url} is not a debugterm hub: /v1/ingest answered something else", Exit.FAILED
                ) from None
        case 413:
            raise TooLarge
        case 401:
            raise Refused(
                f"{url} does not accept the ingest key; make one with debugterm-server keys add",
                Exit.LOGIN_NEEDED,
            )
        case 403:
            raise Refused(f"{url} refuses this key: {why}", Exit.DENIED)
        case 404 | 405:
            raise Refused(f"{url} has no /v1/ingest: is it the address of a debugterm hub?", Exit.NOT_FOUND)
        case 408 | 425 | 429:
            raise Later(f"{url} asks to wait ({why})", _seconds(retry_after))
        case _ if status >= 500:
            raise Later(f"{url} cannot take rows now ({why})", _seconds(retry_after))
        case _ if 300 <= status < 400:
            raise Refused(f"{url} redirects elsewhere: give the address it leads to", Exit.FAILED)
        case _:
            raise Refused(f"{url} refuses the rows: {why}", Exit.FAILED)


class _Problem(Struct):
    why: str = ""
    fix: str = ""


class _Body(Struct):
    error: _Problem


def _why(body: bytes) -> str:
    """The hub's own words, made fit for one line of a terminal."""
    try:
        problem = msgspec.json.decode(body, type=_Body).error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    words = f"{problem.why}; {problem.fix}" if problem.fix else problem.why
    return "".join(c if c.isprintable() else " " for c in words)[:300]


def _seconds(retry_after: str) -> float:
    """Retry-After as seconds; a date or nonsense counts as 1: our own back-off does the rest."""
    if not retry_after:
        return 0.0
    return float(retry_after) if retry_after.isascii() and retry_after.isdecimal() else 1.0


def _words(error: BaseException) -> str:
    match error:
        case TimeoutError():
            return "no answer in time"
        case aiohttp.ClientConnectorDNSError():
            return "no such host"
        case aiohttp.ClientConnectorError():
            return error.os_error.strerror or "connection failed"
        case aiohttp.ServerDisconnectedError() | ConnectionResetError():
            return "the connection was cut"
        case _:
            return type(error).__name__


def delay(attempt: int, asked: float, chance: Callable[[], float] = random.random) -> float:
    """Seconds before attempt number `attempt` (from 1): full jitter, never sooner than the hub asked."""
    jitter = chance() * min(LONGEST_DELAY, FIRST_DELAY * float(2 ** min(attempt, 10)))
    return min(asked, LONGEST_ASKED) + jitter
