"""Carries out what the screen wishes for: asks the link, and tells what came of it as news.

A wish never waits and never fails where it is made. Probes are gathered for a moment, and only the latest is asked:
typing is never slowed by the hub.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, assert_never

from debugterm_protocol.frames import Problem

from debugterm_client.core import news
from debugterm_client.core.wishes import Aside, Do, Fetch, Here, Look, Probe, Retry, Wish
from debugterm_client.net.answers import NotConnected
from debugterm_client.net.http import Refused
from debugterm_client.net.link import Link

WATCH = "log"
"""The watch that the screen shows."""
BACK = "-15m"
"""How far a new query looks back."""
NEWEST = 1_000
"""Rows a new query begins with at most: what a hub looks through in one go, and more than fifty screens."""
STILL_SECONDS = 0.12
"""So long nothing is typed before the hub is asked about the line: at most eight times a second."""


class Clerk:
    """The hub as the screen holds it; `start` runs a task of the screen's owner."""

    def __init__(
        self,
        link: Link,
        tell: Callable[[news.News], None],
        *,
        start: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._link = link
        self._tell = tell
        self._start = start
        self._probe: Probe | None = None
        self._probing = False

    def wish(self, wish: Wish) -> None:
        """Begin to carry out a wish."""
        match wish:
            case Look(query=query):
                self._start(self._look(query))
            case Do():
                self._start(self._do(wish))
            case Here(query=query, typing=typing):
                self._here(query, typing=typing)
            case Fetch(start=start, end=end):
                self._start(self._fetch(start, end))
            case Probe():
                self._probe = wish
                if not self._probing:
                    self._probing = True
                    self._start(self._probes())
            case Aside():
                with suppress(NotConnected):
                    self._link.aside(WATCH, wish)
            case Retry():
                if not self._link.retry_now():
                    self._start(self._link.run())
            case _:
                assert_never(wish)

    async def _look(self, query: str) -> None:
        try:
            await self._link.watch(WATCH, query, since=BACK, newest=NEWEST)
        except Refused as refused:
            self._tell(news.LookRefused(query, refused.problem))
        except NotConnected as error:
            self._tell(news.LookRefused(query, _offline(error)))
        else:
            self._here(query, typing=False)

    async def _do(self, wish: Do) -> None:
        try:
            await self._link.command(wish.command)
        except Refused as refused:
            self._tell(news.Complaint(refused.problem))
        except NotConnected as error:
            self._tell(news.Complaint(_offline(error)))
        else:
            self._tell(news.Did(wish.command))

    async def _fetch(self, start: str, end: str) -> None:
        try:
            await self._link.fetch(WATCH, start, end)
        except (Refused, NotConnected) as error:
            self._tell(news.FetchFailed(str(error)))

    async def _probes(self) -> None:
        try:
            while self._probe is not None:
                await asyncio.sleep(STILL_SECONDS)
                wish, self._probe = self._probe, None
                # A probe that fails says nothing: the line was read here already, and Enter asks again.
                with suppress(Refused, NotConnected):
                    answer = await self._link.probe(wish.text, wish.at)
                    self._tell(news.Looked(wish.text, wish.at, answer))
        finally:
            self._probing = False

    def _here(self, query: str, *, typing: bool) -> None:
        with suppress(NotConnected):
            self._link.here("typing" if typing else "active", query)


def _offline(error: NotConnected) -> Problem:
    return Problem("UNAVAILABLE", str(error))
