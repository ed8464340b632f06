"""Brings older rows of a watch on request: newest first, in slices, as the socket takes them; one at a time."""

import asyncio
from collections import deque
from typing import Protocol

import msgspec
from debugterm_protocol import limits
from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Err, Fetch, Fetched, Gap, Problem
from debugterm_protocol.offsets import BadOffset, Offset, parse
from debugterm_protocol.query import Query

from debugterm_server.bus.connection import BusDown
from debugterm_server.core.matcher import Matcher
from debugterm_server.core.refusal import Refusal
from debugterm_server.rooms.hub import scanning
from debugterm_server.rooms.hub.choosing import Choosing
from debugterm_server.rooms.hub.outlet import Outlet, Wrap
from debugterm_server.rooms.hub.scanning import Bounds, Scan
from debugterm_server.rooms.hub.shared import Picked, grouped, message, sealed

SCANNED = 500_000
SECONDS = 10.0
FRAME_BYTES = 64 * 1024
"""Matches are sent when they are so many, not entry by entry."""
ROOM_BYTES = limits.WRITE_BUFFER_BYTES // 4
"""It waits while more than this waits in the socket: what is live comes first and must not be shed for it."""
ROOM_SECONDS = 0.02

_encoder = msgspec.json.Encoder()


class Stream(scanning.Stream, Protocol):
    """What is needed of the bus."""

    async def trimmed(self, env: str) -> str:
        """The id up to which retention removed entries."""


class Live(Protocol):
    """What is needed of the reader of the environment."""

    env: str
    epoch: str


def span_of(frame: Fetch, told: Offset) -> tuple[Offset, Offset]:
    """Both ends of what a frame asks for, not beyond what its watch was `told`. Raises Refusal."""
    try:
        start, end = parse(frame.start), parse(frame.end)
    except BadOffset as error:
        raise Refusal(Code.BAD_OFFSET, str(error)) from None
    if start > end:
        raise Refusal(Code.BAD_OFFSET, f"{frame.start} lies behind {frame.end}", fix="swap the two")
    return start, min(end, told)


class Fetching:
    """One fetch, from its first frame to the one that says `done`."""

    def __init__(
        self,
        stream: Stream,
        live: Live,
        frame: Fetch,
        *,
        query: Query,
        matcher: Matcher,
        outlet: Outlet,
        wrap: Wrap,
    ) -> None:
        self._stream = stream
        self._live = live
        self._frame = frame
        self._matcher = matcher
        self._choosing = Choosing(query, newest_first=True)
        self._outlet = outlet
        self._wrap = wrap
        self._epoch = live.epoch

    async def run(self, start: Offset, end: Offset) -> None:
        """Send what lies from `start` to `end`; every way it can end is told."""
        try:
            back_to = await self._bring(start, end)
        except BusDown:
            problem = Problem(Code.UNAVAILABLE, "the stream cannot be read now", retry_ms=1_000)
            self._outlet.write(message(Err(problem, id=self._frame.id), self._wrap))
            return
        if self._live.epoch != self._epoch:
            problem = Problem(Code.CONFLICT, "the stream was replaced while it was fetched from")
            self._outlet.write(message(Err(problem, id=self._frame.id), self._wrap))
            return
        done = Fetched(self._frame.id, self._frame.ch, self._epoch, [], done=True, back_to=back_to)
        self._outlet.write(message(done, self._wrap))

    async def _bring(self, start: Offset, end: Offset) -> str:
        start = await self._tell_trimmed(start, end)
        scan = Scan(
            self._stream,
            self._live.env,
            self._matcher,
            Bounds(start, end, limits.FETCH_ROWS, SCANNED, SECONDS),
            choosing=self._choosing,
        )
        kept: deque[Picked] = deque()
        size = 0
        async for picked in scan.walk():
            kept.appendleft(picked)
            size += picked.size
            if size >= FRAME_BYTES:
                await self._send(kept)
                kept, size = deque(), 0
        await self._send(kept)
        return str(scan.back_to) if scan.more else ""

    async def _send(self, kept: deque[Picked]) -> None:
        head = b'{"t":"fetched","id":%b,"ch":"%b","ep":"%b","b":[' % (
            _encoder.encode(self._frame.id),
            self._frame.ch.encode(),
            self._epoch.encode(),
        )
        for part in reversed(list(grouped(kept))):
            while self._outlet.waiting > ROOM_BYTES:
                await asyncio.sleep(ROOM_SECONDS)
            if self._live.epoch == self._epoch:
                self._outlet.write(sealed(head, part, b"]}", self._wrap).message)

    async def _tell_trimmed(self, start: Offset, end: Offset) -> Offset:
        """Say it when retention took a part of the range, or all of it; where what is left begins."""
        gone = await self._stream.trimmed(self._live.env)
        if gone == "0-0" or parse(gone) < start:
            return start
        last = min(parse(gone), end)
        gap = Gap(self._frame.ch, str(start), str(last), why="retention")
        self._outlet.write(message(gap, self._wrap))
        return parse(gone)
