"""Reads the streams of one environment and hands every entry to every channel; one per environment and process.

It remembers the newest entry it has seen, and asks for the newest that any hub has. When Redis comes back without
them, the history was lost or replaced: the stream gets a new uuid, so a new epoch, and everybody is told `reset` before another row.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from debugterm_protocol.offsets import Offset, parse

from debugterm_server.bus.connection import BusDown, Promise
from debugterm_server.bus.entries import Entry
from debugterm_server.bus.streams import Tail, Waited
from debugterm_server.kit.backoff import full_jitter
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.store.engine import StoreUnavailable

log = structlog.get_logger()

BLOCK_MS = 2_000
RECENT_ENTRIES = 256
RECENT_BYTES = 16 * 1024 * 1024
"""The newest entries stay in memory, so that a viewer that caught up can join without a race."""


class Stream(Protocol):
    """What is needed of the bus."""

    async def tail(self, env: str) -> Tail:
        """Uuid and newest id."""

    async def holds(self, env: str, entry: str) -> bool:
        """Whether an entry is there, or went by retention."""

    async def replace(self, env: str, old: str) -> None:
        """Give the stream a new uuid unless another hub did."""

    async def wait(self, env: str, *, log: str, met: str, block_ms: int) -> Waited:
        """The entries after two places."""

    async def promise(self) -> Promise:
        """What Redis promises now."""


class Seen(Protocol):
    """What is known of a stream beside itself."""

    async def seen(self, env: str, uuid: str) -> str:
        """The newest entry that anybody has seen of it. Raises StoreUnavailable."""


class Reader:
    """`top` is the newest entry handed on; `epoch` names the history it belongs to."""

    def __init__(
        self,
        env: str,
        stream: Stream,
        marks: Seen,
        *,
        on_log: Callable[[Read], None],
        on_points: Callable[[Entry], None],
        on_reset: Callable[[str, str], None],
        on_trimmed: Callable[[Offset], None],
    ) -> None:
        self.env = env
        self.epoch = ""
        self.uuid = ""
        self.top = ""
        self.healthy = False
        self._stream = stream
        self._marks = marks
        self._met = "$"
        self._on_log = on_log
        self._on_points = on_points
        self._on_reset = on_reset
        self._on_trimmed = on_trimmed
        self._recent: deque[Read] = deque()
        self._recent_bytes = 0
        self._recent_from = Offset(0, 0, 0)

    def recent(self, after: Offset) -> Sequence[Read] | None:
        """The entries after a place if all of them are still in memory, else None."""
        if after >= parse(self.top):
            return ()
        if after < self._recent_from:
            return None
        return [read for read in self._recent if read.offset(read.entry.n - 1) > after]

    async def start(self) -> None:
        """Find out where the stream stands. Raises BusDown, StoreUnavailable."""
        await self._attach()
        self.healthy = True

    async def run(self) -> None:
        """Read until cancelled; a lost Redis is waited for."""
        waits = full_jitter(first=0.05, most=2.0)
        while True:
            try:
                if not self.healthy:
                    await self._attach()
                    log.info("stream is back", env=self.env)
                    self.healthy = True
                    waits = full_jitter(first=0.05, most=2.0)
                await self._step()
            except BusDown as error:
                if self.healthy:
                    log.warning("stream lost, waiting for Redis", env=self.env, reason=str(error))
                self.healthy = False
                await asyncio.sleep(next(waits))
            except Exception:
                # A reader that died would leave every screen frozen and the server "ready": say it and try again.
                log.exception("the reader failed", env=self.env, after=self.top)
                self.healthy = False
                await asyncio.sleep(next(waits))

    async def _attach(self) -> None:
        promise = await self._stream.promise()
        tail = await self._stream.tail(self.env)
        if not await self._is_whole(tail.uuid):
            await self._stream.replace(self.env, tail.uuid)
            tail = await self._stream.tail(self.env)
        self.uuid = tail.uuid
        epoch = hashlib.sha256(f"{tail.uuid}{promise.epoch_part}".encode()).hexdigest()[:16]
        known, self.epoch = self.epoch, epoch
        if known == epoch:
            return
        self._restart(min(self.top or tail.top, tail.top, key=parse))
        if known:
            log.error("the stream was replaced", env=self.env, epoch=epoch)
            self._on_reset(epoch, "the stream lost its newest rows or was replaced")

    def _restart(self, top: str) -> None:
        """Read on behind `top`; what is in memory does not lead there."""
        self.top = top
        self._recent.clear()
        self._recent_bytes = 0
        self._recent_from = parse(top)

    async def _is_whole(self, uuid: str) -> bool:
        """Whether the stream holds what was seen of it. Not whether its top is lower: new rows may stand above."""
        # With another uuid than ours somebody saw it before us, and replaced it: our top means nothing there.
        if self.top and uuid == self.uuid and not await self._stream.holds(self.env, self.top):
            return False
        try:
            seen = await self._marks.seen(self.env, uuid)
        except StoreUnavailable:
            if not self.top:
                raise
            log.warning("what other hubs have seen of the stream is unknown", env=self.env)
            return True
        return await self._stream.holds(self.env, seen)

    async def _step(self) -> None:
        found = await self._stream.wait(self.env, log=self.top, met=self._met, block_ms=BLOCK_MS)
        for entry in found.met.entries:
            self._on_points(entry)
        self._met = found.met.last or self._met
        self._skip_trimmed(found)
        for entry in found.log.entries:
            read = Read(entry)
            self._remember(read)
            self.top = entry.id
            self._on_log(read)
            read.forget()
            await asyncio.sleep(0)
        # A forged entry is passed too, else it would be read again and again.
        self.top = found.log.last or self.top

    def _skip_trimmed(self, found: Waited) -> None:
        """Rows that retention took while this hub did not read on are a gap on every screen."""
        gone = parse(found.trimmed)
        if gone <= parse(self.top) or (found.log.last and parse(found.log.first) <= gone):
            return
        self._restart(found.trimmed)
        self._on_trimmed(gone)

    def _remember(self, read: Read) -> None:
        self._recent.append(read)
        self._recent_bytes += len(read.entry.rows)
        while len(self._recent) > RECENT_ENTRIES or self._recent_bytes > RECENT_BYTES:
            gone = self._recent.popleft()
            self._recent_bytes -= len(gone.entry.rows)
            self._recent_from = parse(gone.entry.id)
