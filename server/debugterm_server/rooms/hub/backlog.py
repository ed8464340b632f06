"""The past of a watch: from the stream to the viewer, paced by what it can take, until it has caught up.

`replay` sends every matching row after a place; `newest` collects the newest matches of a span and sends them in
order. Both end in the same loop turn in which the viewer joins its live channel, so that no row falls between.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from debugterm_protocol.offsets import WHOLE_ENTRY, Offset, parse
from debugterm_protocol.query import Query

from debugterm_server.bus.entries import Slice
from debugterm_server.core.matcher import Matcher
from debugterm_server.rooms.hub import scanning
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.choosing import Choosing
from debugterm_server.rooms.hub.outlet import Wrap
from debugterm_server.rooms.hub.scanning import SLICE_ENTRIES, Bounds, Scan
from debugterm_server.rooms.hub.shared import Picked, build
from debugterm_server.rooms.hub.viewer import Viewer

SLICE_BYTES = 256 * 1024
"""What is sent at once to a viewer that has room: a stalled one swallows no more than this too much."""
WARM_ENTRIES = 2
"""Looked at before the place of a watch with stages: they know what came right before it."""
ROOM_SECONDS = 0.02
"""How often a full viewer is asked again whether it has room."""
NEWEST_SCANNED = 500_000
NEWEST_SECONDS = 2.0


class Stream(scanning.Stream, Protocol):
    """What is needed of the bus."""

    async def after(self, env: str, start: str, end: str, *, count: int) -> Slice:
        """Entries from `start` to `end`, oldest first."""

    async def trimmed(self, env: str) -> str:
        """The id up to which retention removed entries."""


class Live(Protocol):
    """What is needed of the reader of the environment."""

    env: str
    epoch: str
    top: str

    def recent(self, after: Offset) -> Sequence[Read] | None:
        """The entries after a place if all of them are still in memory."""


class Past:
    """Reads the past of one watch that was answered in `epoch`."""

    def __init__(
        self,
        stream: Stream,
        live: Live,
        viewer: Viewer,
        query: Query,
        *,
        matcher: Matcher,
        epoch: str,
        wrap: Wrap,
    ) -> None:
        self._stream = stream
        self._live = live
        self._viewer = viewer
        self._query = query
        self._matcher = matcher
        self.choosing = Choosing(query)
        """What was chosen so far: the live channel goes on with it."""
        self._wrap = wrap
        self._epoch = epoch

    async def replay(self) -> None:
        """Send everything after the viewer's place; returns in the turn in which it has it all."""
        await self._tell_trimmed()
        if self.choosing.looks_back:
            await self._warm()
        while True:
            self.check_epoch()
            recent = self._live.recent(self._viewer.at)
            if recent is None:
                for read in await self._stored():
                    await self._room()
                    if self.check_epoch():
                        break  # read of the stream that is gone
                    self._send([read])
                    await asyncio.sleep(0)
            elif self._viewer.at > parse(self._live.top):
                # This hub lags behind the one that the client comes from.
                await asyncio.sleep(ROOM_SECONDS)
            elif not recent:
                return
            elif not self._viewer.ready:
                await asyncio.sleep(ROOM_SECONDS)
            else:
                self._send(_slice(recent))
                await asyncio.sleep(0)

    async def _warm(self) -> None:
        """Look at what lies right before the place: a match there has its context behind it."""
        at = self._viewer.at
        end = at.entry if at.row == WHOLE_ENTRY else f"({at.entry}"
        found = await self._stream.before(self._live.env, end, "-", count=WARM_ENTRIES)
        for entry in reversed(found.entries):
            read = Read(entry)
            for _ in self.choosing.choose(read, read.pick(self._matcher)):
                pass
            read.forget()

    async def _stored(self) -> list[Read]:
        """The next entries from Redis; where there is none, the place is the newest one."""
        top = self._live.top
        found = await self._stream.after(self._live.env, _start(self._viewer.at), top, count=SLICE_ENTRIES)
        # Asked after the entries: what was trimmed before they were read is known now.
        await self._tell_trimmed()
        if not found.entries:
            self._viewer.at = max(self._viewer.at, parse(found.last if found.more else top))
        return [Read(one) for one in found.entries]

    async def newest(self, since_ms: int, most: int) -> Scan:
        """Send the newest matches since a time, oldest first; how far the search came."""
        top = parse(self._live.top)
        bounds = Bounds(Offset(since_ms, 0, 0), top, most, NEWEST_SCANNED, NEWEST_SECONDS)
        choosing = Choosing(self._query, newest_first=True)
        scan = Scan(self._stream, self._live.env, self._matcher, bounds, choosing=choosing)
        kept: deque[Picked] = deque()
        async for picked in scan.walk():
            kept.appendleft(picked)
        for shared in build(kept, ch=self._viewer.ch, epoch=self._live.epoch, wrap=self._wrap):
            await self._room()
            if self.check_epoch():
                return await self.newest(since_ms, most)
            self._viewer.send(shared, asyncio.get_running_loop().time())
        self._viewer.at = max(self._viewer.at, top)
        return scan

    def _send(self, reads: Sequence[Read]) -> None:
        """Everything of these entries that lies behind the viewer's place."""
        viewer = self._viewer
        picked = []
        for read in reads:
            behind, end = viewer.at._replace(row=viewer.at.row + 1), read.offset(WHOLE_ENTRY)
            chosen = self.choosing.choose(read, read.pick(self._matcher))
            picked += [new for one in chosen if (new := one.between(behind, end)) is not None]
            read.forget()
        for shared in build(picked, ch=viewer.ch, epoch=self._live.epoch, wrap=self._wrap):
            viewer.send(shared, asyncio.get_running_loop().time())
        if reads:
            viewer.at = max(viewer.at, parse(reads[-1].entry.id))

    def check_epoch(self) -> bool:
        """Tell a reset that came while the past was read, before another row; whether there was one."""
        if self._epoch == self._live.epoch:
            return False
        self._epoch = self._live.epoch
        why = "the stream was replaced while its past was read"
        self._viewer.reset(self._epoch, why, top=parse(self._live.top))
        return True

    async def _room(self) -> None:
        # Two things make room, an ack and a drained socket, and only the first could wake us.
        while not self._viewer.ready:
            await asyncio.sleep(ROOM_SECONDS)

    async def _tell_trimmed(self) -> None:
        """Rows between the viewer's place and the oldest kept entry are gone: say so."""
        gone = await self._stream.trimmed(self._live.env)
        if gone != "0-0":
            self._viewer.trimmed(parse(gone))


def _slice(reads: Sequence[Read]) -> Sequence[Read]:
    """The first few of these, at least one: what is in memory may be many times the window of one viewer."""
    size = 0
    for count, read in enumerate(reads[:SLICE_ENTRIES]):
        size += len(read.entry.rows)
        if count and size > SLICE_BYTES:
            return reads[:count]
    return reads[:SLICE_ENTRIES]


def _start(at: Offset) -> str:
    """Where to read on: inside a started entry its rest, behind a whole one the next."""
    return f"({at.entry}" if at.row == WHOLE_ENTRY else at.entry
