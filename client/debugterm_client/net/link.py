"""The one connection to the hub: keeps itself up, resumes every watch and the session, and renews its token.

`run` goes through the profile's URLs in turn until the hub says stop; everything that arrives is told to the
listener as `core.news`. What the user wants (watches, session) survives a lost connection, requests do not:
a request under way when the line is cut raises `NotConnected`, and for a command the hub is asked what became
of it instead of sending it again.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import aiohttp
import msgspec
from debugterm_protocol.close import Close, reconnects
from debugterm_protocol.exits import Exit
from debugterm_protocol.frames import Cmd, Here, Problem
from debugterm_protocol.sessions import Command
from debugterm_protocol.views import Probe, Probed

from debugterm_client.config import BadConfig
from debugterm_client.core import news
from debugterm_client.core.resume import SessionPlace, WatchPlace
from debugterm_client.core.wishes import Aside
from debugterm_client.net.answers import NotConnected
from debugterm_client.net.backoff import full_jitter
from debugterm_client.net.http import (
    HOPELESS,
    Door,
    LoginNeeded,
    Refused,
    TokenSource,
    Unreachable,
    why_unreachable,
)
from debugterm_client.net.wire import Closed, Wire, new_id

LOGIN_AGAIN = {Close.TOKEN_EXPIRED, Close.AUTHENTICATION}
"""Close codes after which a renewed token may help; `authentication` only once."""

STEADY_SECONDS = 1.0
"""A connection that lasted this long was a good one: the next wait begins small again."""

PATIENCE_SECONDS = 15.0
"""A command that nobody watches gives up after this long without a connection."""

GivesUp = Literal["never", "first", "always"]
"""When a link without a connection gives up: `first` only before the first welcome."""


class Link:
    """A connection that wants to exist, to one environment; see the module."""

    def __init__(
        self,
        door: Door,
        tokens: TokenSource,
        tell: Callable[[news.News], None],
        *,
        client: str,
        session: str = "",
        gives_up: GivesUp = "never",
    ) -> None:
        self._door = door
        self._tokens = tokens
        self._tell = tell
        self._client = client
        self._watches: dict[str, WatchPlace] = {}
        self._session = SessionPlace(session) if session else None
        self._wire: Wire | None = None
        self._unsure: dict[str, Command] = {}
        self._retry = asyncio.Event()
        self._gives_up = gives_up
        self._down_since = 0.0
        self._again = False
        self._running = True

    def want(
        self,
        name: str,
        query: str = "",
        *,
        kind: Literal["log", "met"] = "log",
        since: str = "now",
        newest: int = 0,
        follows: bool = False,
    ) -> None:
        """A watch to start once there is a connection; `follows`: with the shared filter. Call it before `run`."""
        self._watches[name] = WatchPlace(query, kind=kind, since=since, newest=newest, follows=follows)

    async def run(self) -> None:
        """Stay connected until the hub or the login says that it is over; the last news is `Ended`."""
        refused_token, attempt, again, self._running = "", 0, self._again, True
        waits: Iterator[float] = full_jitter()
        self._down_since = time.monotonic()
        for url in itertools.cycle(self._door.profile.urls):
            attempt += 1
            self._tell(news.Dialing(url, attempt))
            try:
                closed = await self._once(url, again=again, refused_token=refused_token)
            except LoginNeeded as error:
                self._end("not logged in", str(error), Exit.LOGIN_NEEDED)
                return
            except BadConfig as error:
                self._end(str(error), "", Exit.USAGE)
                return
            except Unreachable as error:
                closed = Closed(None, str(error))
            if closed.welcomed:
                self._again = again = True
                attempt, refused_token = 0, ""
            if closed.lasted > STEADY_SECONDS:
                waits = full_jitter()
                self._down_since = time.monotonic()
            if closed.code == Close.AUTHENTICATION and not refused_token:
                refused_token = closed.token
            elif not reconnects(closed.code):
                self._end(closed.why, *_ending(closed))
                return
            limited = self._gives_up == "always" or (self._gives_up == "first" and not again)
            if limited and self._is_over(closed, first=not again and attempt >= len(self._door.profile.urls)):
                return
            await self._pause(closed, next(waits), attempt, limited=limited)

    def _is_over(self, closed: Closed, *, first: bool) -> bool:
        """Whether this link gives up now; it says so. `first`: no address has ever answered."""
        if closed.hopeless and first:
            self._end(closed.why, "", Exit.CONNECTION_LOST)
            return True
        if self._patience <= 0:
            self._end(f"gave up after {PATIENCE_SECONDS:.0f} s: {closed.why}", "", Exit.CONNECTION_LOST)
            return True
        return False

    @property
    def _patience(self) -> float:
        """Seconds left until a link that gives up does so."""
        return self._down_since + PATIENCE_SECONDS - time.monotonic()

    def _end(self, why: str, fix: str, code: Exit) -> None:
        self._running = False
        self._tell(news.Ended(why, fix, code))

    async def _pause(self, closed: Closed, wait: float, attempt: int, *, limited: bool) -> None:
        wait = max(wait, (closed.after_ms or 0) / 1000)
        if limited:
            wait = min(wait, max(0.0, self._patience))
        self._tell(news.Lost(closed.why, wait, attempt + 1))
        self._retry.clear()
        try:
            async with asyncio.timeout(wait):
                await self._retry.wait()
        except TimeoutError:
            return

    def retry_now(self) -> bool:
        """Do not wait for the next try; False when this link ended: then `run` it again."""
        self._retry.set()
        return self._running

    async def _once(self, url: str, *, again: bool, refused_token: str) -> Closed:
        tokens = await self._tokens.access(unlike=refused_token)
        wire = Wire(self._tell, self._watches, self._session)
        env = self._door.profile.env or tokens.env
        try:
            async with wire.open(
                self._door.http, url, env=env, token=tokens.access_token, client=self._client
            ):
                welcome = await wire.hello()
                self._tell(news.Up(welcome, url, again=again))
                self._wire = wire
                await wire.resume()
                await self._ask_what_became()
                wire.keep_token_fresh(self._tokens, tokens)
                return await wire.closed()
        except Refused as refused:
            return Closed(
                _code_of(refused),
                refused.problem.why,
                welcomed=wire.welcomed,
                token=tokens.access_token,
                refused=refused.exit,
            )
        except (aiohttp.ClientError, OSError, TimeoutError, NotConnected, UnicodeError) as error:
            why = str(error) if isinstance(error, NotConnected) else f"{url}: {why_unreachable(error)}"
            return replace(wire.how_it_closed(why), hopeless=isinstance(error, HOPELESS))
        finally:
            self._wire = None

    @property
    def _open(self) -> Wire:
        if self._wire is None:
            raise NotConnected("not connected; nothing was sent")
        return self._wire

    async def watch(self, name: str, query: str, *, since: str, newest: int = 0) -> None:
        """Watch another query under this name; the old one goes on when it is refused. Raises Refused, NotConnected."""
        old = self._watches[name]
        place = WatchPlace(query, kind=old.kind, since=since, newest=newest)
        place.aside = old.aside
        await self._open.watch(name, place)

    async def fetch(self, name: str, start: str, end: str) -> None:
        """Rows of a watch from one offset to another, told as `Fetched`. Raises Refused, NotConnected."""
        await self._open.fetch(self._watches[name], start, end)

    async def probe(self, query: str, at: int) -> Probed:
        """What a query would show, and what could be typed. Raises Refused, NotConnected."""
        return msgspec.json.decode(await self._open.ask(Probe(new_id(), query, at)), type=Probed)

    def aside(self, name: str, wish: Aside) -> None:
        """What else to tell of a watch, from now on and after each cut."""
        place = self._watches[name]
        place.aside = wish
        if self._wire is not None:
            self._wire.aside(place)

    async def command(self, command: Command) -> None:
        """Do something in the session. Raises Refused, NotConnected."""
        wire = self._open
        if self._session is None or not self._session.ch:
            raise NotConnected("not in a session yet; nothing was sent")
        ident = new_id()
        try:
            await wire.ask(Cmd(ident, command, self._session.ch))
        except NotConnected:
            self._unsure[ident] = command
            raise NotConnected("the line was cut; the hub will be asked what became of it") from None

    async def leave(self) -> None:
        """Leave the session for all to see; a lost connection is not a leave."""
        if self._wire is not None and self._session is not None and self._session.ch:
            await self._wire.leave(self._session.ch)

    def here(self, state: Literal["active", "idle", "typing"], query: str) -> None:
        """Tell the others what I look at; best effort."""
        if self._wire is not None and self._session is not None and self._session.ch:
            self._wire.send(Here(self._session.ch, state, query))

    async def _ask_what_became(self) -> None:
        for ident in [*self._unsure]:
            command = self._unsure.pop(ident)
            text = await self._open.status(ident)
            name = type(command).__name__.lower()
            self._tell(news.Complaint(Problem("STATUS", f"your {name} from before the cut: {text}")))


def _code_of(refused: Refused) -> int | None:
    match refused.exit:
        case Exit.LOGIN_NEEDED:
            return Close.AUTHENTICATION
        case Exit.DENIED:
            return Close.FORBIDDEN
        case Exit.NOT_FOUND:
            return Close.SESSION_CLOSED
        case Exit.USAGE:
            return Close.BAD_PROTOCOL
        case _:
            return None


def _ending(closed: Closed) -> tuple[str, Exit]:
    if closed.refused is Exit.NOT_FOUND:
        return "debugterm sessions ls shows the open ones", Exit.NOT_FOUND
    match closed.code:
        case Close.AUTHENTICATION:
            return "log in again: debugterm login", Exit.LOGIN_NEEDED
        case Close.FORBIDDEN | Close.LOCKED:
            return "ask an admin for a role in this environment", Exit.DENIED
        case Close.SESSION_CLOSED | Close.KICKED:
            return "debugterm sessions ls shows the open ones", Exit.SESSION_ENDED
        case Close.VERSION | Close.BAD_PROTOCOL:
            return "install the version of the hub", Exit.FAILED
        case Close.TOO_MANY_CONNECTIONS | Close.REPLACED:
            return "close another one of your connections", Exit.SESSION_ENDED
        case _:
            return "", Exit.CONNECTION_LOST
