"""Requests under way on one socket and the answers to them, matched by id."""

import asyncio
from collections.abc import Callable

from debugterm_protocol import frames
from debugterm_protocol.frames import ClientFrame, Joined, Problem, Welcome
from debugterm_protocol.views import Probe

from debugterm_client.net.http import Refused

ANSWER_SECONDS = 15
"""Longest wait for the answer to one request."""

Answer = frames.Ok | Joined | Welcome | frames.Fetched
Request = (
    frames.Hello
    | frames.Refresh
    | frames.Join
    | frames.Leave
    | frames.Cmd
    | frames.Watch
    | frames.Fetch
    | Probe
    | frames.Unwatch
    | frames.Status
)


class NotConnected(Exception):
    """The request did not go out or its answer did not come; the message says which."""


class Answers:
    """What is waited for; `send` puts a frame on its way."""

    def __init__(self, send: Callable[[ClientFrame], None]) -> None:
        self._send = send
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._cut = False

    async def ask(self, frame: Request, *, timeout: float = ANSWER_SECONDS) -> Answer:
        """Send a request and wait for its answer. Raises Refused, NotConnected."""
        if self._cut:
            raise NotConnected("the connection was cut; nothing was sent")
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[frame.id] = future
        try:
            self._send(frame)
            # Not wait_for: before 3.12 it swallows a cancel that meets the answer.
            async with asyncio.timeout(timeout):
                return await future
        except TimeoutError:
            raise NotConnected("the hub did not answer in time") from None
        finally:
            self._waiting.pop(frame.id, None)

    def take(self, frame: Answer) -> None:
        """An answer came."""
        if (future := self._waiting.get(frame.id)) is not None and not future.done():
            future.set_result(frame)

    def refuse(self, ident: str, problem: Problem) -> bool:
        """A request was refused; False when nobody waits for it."""
        future = self._waiting.get(ident)
        if future is None or future.done():
            return False
        future.set_exception(Refused(problem))
        return True

    def fail(self) -> None:
        """The connection is gone: nothing that is waited for will come."""
        self._cut = True
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(NotConnected("the connection was cut before the hub answered"))
