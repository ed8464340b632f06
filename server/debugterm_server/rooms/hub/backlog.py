"""The past of a watch: from the stream to the viewer, paced by what it can take, until it has caught up.

`replay` sends every matching row after a place; `newest` collects the newest matches of a span and sends them in
order. Both end in the same loop turn in which the viewer joins its live channel, so that no row falls between.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from debugterm_protocol.frames import Gap
from debugterm_protocol.offsets import WHOLE_ENTRY, Offset, parse

from debugterm_server.bus.entries import Entry
from debugterm_server.core.matcher import Matcher
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.outlet import Wrap
from debugterm_server.rooms.hub.shared import Picked, build
from debugterm_server.rooms.hub.viewer import Viewer

SLICE_ENTRIES = 4
"""Entries read at once: at most 4,000 rows, a few milliseconds of matching."""
ROOM_SECONDS = 0.02
"""How often a full viewer is asked again whether it has room."""
NEWEST_ROWS = 1_000
NEWEST_SCANNED = 500_000
NEWEST_SECONDS = 2.0


class Stream(Protocol):
    """What is needed of the bus."""

    async def after(self, env: str, start: str, end: str, *, count: int) -> list[Entry]:
        """Entries from `start` to `end`, oldest first."""

    async def before(self, env: str, end: str, start: str, *, count: int) -> list[Entry]:
        """Entries from `end` back to `start`, newest first."""

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
    """Reads the past of one watch."""

    def __init__(self, stream: Stream, live: Live, viewer: Viewer, matcher: Matcher, *, wrap: Wrap) -> None:
        self._stream = stream
        self._live = live
        self._viewer = viewer
        self._matcher = matcher
        self._wrap = wrap
        self._epoch = live.epoch

    async def replay(self) -> None:
        """Send everything after the viewer's place; returns in the turn in which it has it all."""
        await self._tell_trimmed()
        while True:
            recent = self._live.recent(self._viewer.at)
            if recent is None:
                for one in await self._stored():
                    await self._room()
                    self._send([one])
                    await asyncio.sleep(0)
            elif not self._viewer.ready:
                await asyncio.sleep(ROOM_SECONDS)
            else:
                # Sliced here too: what is in memory may be many times the window of one viewer.
                self._send(recent[:SLICE_ENTRIES])
                if len(recent) <= SLICE_ENTRIES:
                    return
                await asyncio.sleep(0)

    async def _stored(self) -> list[Read]:
        """The next entries from Redis; where there is none, the place is the newest one."""
        found = await self._stream.after(
            self._live.env, _start(self._viewer.at), self._live.top, count=SLICE_ENTRIES
        )
        if not found:
            self._viewer.at = max(self._viewer.at, parse(self._live.top))
        return [Read(one) for one in found]

    async def newest(self, since_ms: int, most: int) -> bool:
        """Send the newest matches since a time, oldest first; True when older ones were left out."""
        loop = asyncio.get_running_loop()
        until = loop.time() + NEWEST_SECONDS
        kept: deque[Picked] = deque()
        rows = scanned = 0
        end = top = self._live.top
        more = False
        while True:
            found = await self._stream.before(self._live.env, end, f"{since_ms}-0", count=SLICE_ENTRIES)
            for entry in found:
                read = Read(entry)
                scanned += entry.n
                if indexes := read.pick(self._matcher)[-(most - rows) :]:
                    kept.appendleft(Picked(read, indexes))
                    rows += len(indexes)
                if rows >= most:
                    break
                await asyncio.sleep(0)
            if len(found) < SLICE_ENTRIES and rows < most:
                break
            if rows >= most or scanned >= NEWEST_SCANNED or loop.time() > until:
                more = True
                break
            end = f"({found[-1].id}"
        for shared in build(kept, ch=self._viewer.ch, epoch=self._live.epoch, wrap=self._wrap):
            await self._room()
            self._viewer.send(shared)
        self._viewer.at = max(self._viewer.at, parse(top))
        return more

    def _send(self, reads: Sequence[Read]) -> None:
        """Everything of these entries that lies behind the viewer's place."""
        viewer = self._viewer
        self.check_epoch()
        picked = []
        for read in reads:
            indexes = [i for i in read.pick(self._matcher) if read.offset(i) > viewer.at]
            if indexes:
                picked.append(Picked(read, indexes))
            read.forget()
        for shared in build(picked, ch=viewer.ch, epoch=self._live.epoch, wrap=self._wrap):
            viewer.send(shared)
        if reads:
            viewer.at = max(viewer.at, parse(reads[-1].entry.id))

    def check_epoch(self) -> None:
        """Tell a reset that came while the past was read, before another row."""
        if self._epoch != self._live.epoch:
            self._epoch = self._live.epoch
            self._viewer.reset(self._epoch, "the stream was replaced while its past was read")

    async def _room(self) -> None:
        # Two things make room, an ack and a drained socket, and only the first could wake us.
        while not self._viewer.ready:
            await asyncio.sleep(ROOM_SECONDS)

    async def _tell_trimmed(self) -> None:
        """Rows between the viewer's place and the oldest kept entry are gone: say so; nobody knows how many matched."""
        gone = parse(await self._stream.trimmed(self._live.env))
        if gone.entry == "0-0" or gone <= self._viewer.at:
            return
        start, self._viewer.at = self._viewer.at, gone
        self._viewer.tell(Gap(ch=self._viewer.ch, start=str(start), end=str(gone), n=None, why="retention"))


def _start(at: Offset) -> str:
    """Where to read on: inside a started entry its rest, behind a whole one the next."""
    return f"({at.entry}" if at.row == WHOLE_ENTRY else at.entry
