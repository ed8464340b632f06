"""Walks entries of a stream backwards: in slices, one a turn of the loop, bounded in rows and time."""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from debugterm_server.bus.entries import Slice
from debugterm_server.rooms.hub.batch import Read

SLICE_ENTRIES = 4
"""Entries read at once: at most 4,000 rows."""

REST_SECONDS = 0.02
"""The longest rest between two entries: what took longer was waiting for the reader of the answer."""


class Stream(Protocol):
    """What is needed of the bus."""

    async def before(self, env: str, end: str, start: str, *, count: int) -> Slice:
        """Entries from `end` back to `start`, newest first."""


class Walk:
    """What several walks of one search may look at together."""

    def __init__(self, stream: Stream, env: str, *, rows: int, seconds: float) -> None:
        self.cut = False
        """Whether it ended before it was through."""
        self.back_to = 0
        """Time of the oldest entry that was read, in milliseconds."""
        self._stream = stream
        self._env = env
        self._left = rows
        self._until = asyncio.get_running_loop().time() + seconds

    async def reads(self, since_ms: int) -> AsyncIterator[Read]:
        """All entries from the newest back to a time. Raises BusDown."""
        loop = asyncio.get_running_loop()
        end = "+"
        while True:
            found = await self._stream.before(self._env, end, f"{since_ms}-0", count=SLICE_ENTRIES)
            for entry in found.entries:
                read = Read(entry)
                self.back_to = read.place[0]
                started = loop.time()
                yield read
                read.forget()
                self._left -= entry.n
                if self._left <= 0 or loop.time() > self._until:
                    self.cut = True
                    return
                # As long as it worked, others work: a search is never more than half of a hub.
                await asyncio.sleep(min(loop.time() - started, REST_SECONDS))
            if not found.more:
                self.back_to = since_ms
                return
            end = f"({found.last}"
