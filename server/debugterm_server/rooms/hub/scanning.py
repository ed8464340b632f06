"""Walks the stream backwards for the newest matches of a query: in slices, bounded in rows, scanned rows and time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from debugterm_protocol.offsets import Offset

from debugterm_server.bus.entries import Slice
from debugterm_server.core.matcher import Matcher
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.choosing import Choosing
from debugterm_server.rooms.hub.shared import Picked

SLICE_ENTRIES = 4
"""Entries read at once: at most 4,000 rows, which are matched one entry a turn of the loop."""


class Stream(Protocol):
    """What is needed of the bus."""

    async def before(self, env: str, end: str, start: str, *, count: int) -> Slice:
        """Entries from `end` back to `start`, newest first."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where to look, both ends included, and how much of it at most."""

    start: Offset
    end: Offset
    rows: int
    scanned: int
    seconds: float


class Scan:
    """One walk. When it is over, everything from `back_to` on was looked at, and `more` says whether it was cut."""

    def __init__(
        self, stream: Stream, env: str, matcher: Matcher, bounds: Bounds, *, choosing: Choosing
    ) -> None:
        self.back_to = bounds.start
        self.more = False
        self._stream = stream
        self._env = env
        self._matcher = matcher
        self._choosing = choosing
        self._bounds = bounds
        self._rows = 0
        self._scanned = 0

    async def walk(self) -> AsyncIterator[Picked]:
        """The matches of one entry at a time, newest entry first. Raises BusDown."""
        bounds = self._bounds
        loop = asyncio.get_running_loop()
        until = loop.time() + bounds.seconds
        end = bounds.end.entry
        while True:
            found = await self._stream.before(self._env, end, bounds.start.entry, count=SLICE_ENTRIES)
            for entry in found.entries:
                for picked in self._pick(Read(entry)):
                    yield picked
                if self._rows >= bounds.rows or self._scanned >= bounds.scanned or loop.time() > until:
                    self.more = self.back_to > bounds.start
                    return
                await asyncio.sleep(0)
            if not found.more:
                self.back_to = bounds.start
                return
            end = f"({found.last}"

    def _pick(self, read: Read) -> list[Picked]:
        start, end = self._bounds.start, self._bounds.end
        self._scanned += read.entry.n
        self.back_to = read.offset(0)
        found: list[Picked] = []
        for chosen in self._choosing.choose(read, read.pick(self._matcher)):
            picked = chosen.between(start, end)
            if picked is None:
                continue
            left = self._bounds.rows - self._rows
            cut = picked.only(picked.indexes[-left:]) if left > 0 else None
            if cut is not None:
                self._rows += len(cut.indexes)
                found.append(cut)
            if found and (cut is None or len(cut.indexes) < len(picked.indexes)):
                self.back_to = found[-1].first
        read.forget()
        return found
