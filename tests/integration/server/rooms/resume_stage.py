"""A real stream, two hubs of one process and a client whose line can be cut: the stage of the resume model."""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec
from debugterm_client.core import news
from debugterm_client.core.resume import WatchPlace
from debugterm_client.net.intake import Intake
from debugterm_protocol import codec, frames
from debugterm_protocol.offsets import Offset, parse
from debugterm_protocol.views import Watched
from debugterm_server.bus.connection import Promise, Redis, ask
from debugterm_server.bus.entries import Batch
from debugterm_server.bus.streams import Streams, Waited, key
from debugterm_server.rooms.hub import Hub, Running
from debugterm_server.rooms.hub.marks import Marks, Place
from debugterm_server.rooms.hub.room import Room

from tests.support.checker import Mark, Missing, Reset, Seen, Shown

PATIENCE_SECONDS = 5


class Gated(Streams):
    """What one hub sees of the stream: while the gate is closed it is not handed what it reads."""

    def __init__(self, redis: Redis, promise: Promise) -> None:
        super().__init__(redis, secret=b"k" * 32, promise=promise)
        self.gate = asyncio.Event()
        self.gate.set()

    async def wait(self, env: str, *, log: str, met: str, block_ms: int) -> Waited:
        found = await super().wait(env, log=log, met=met, block_ms=block_ms)
        await self.gate.wait()
        return found


class NoMarks(Marks):
    """Nobody else remembers what was seen of the stream."""

    def __init__(self) -> None:
        """Without a store."""

    async def seen(self, env: str, uuid: str) -> str:
        return "0-0" if env and uuid else ""

    async def note(self, places: Mapping[str, Place]) -> None:
        """Into nothing."""


@dataclass
class Row:
    """One stored row, and whether it is of the kind that the filter asks for."""

    offset: Offset
    mark: Mark
    loud: bool


class Screen:
    """The client's own code for one query, and the journal of what it showed."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.place = WatchPlace(query)
        self.after: Offset | None = None
        """Where its window begins, once a hub has answered."""
        self.until: Offset | None = None
        """Where its window ended, when another query took its place."""
        self.seen: list[Seen] = []
        self._intake = Intake(self._tell, {"log": self.place}, None)

    def answered(self, answer: Watched) -> None:
        if self.after is None:
            self.after = parse(answer.o)
        self._intake.start("log", self.place, msgspec.json.encode(answer))

    def take(self, message: bytes) -> None:
        frame = codec.decode_server(message)
        if isinstance(frame, frames.Rows | frames.Gap | frames.Caught | frames.Reset):
            self._intake.stream(frame)

    def _tell(self, event: news.News) -> None:
        match event:
            case news.Batch(rows=rows):
                self.seen += [Shown(row.offset, _mark(row.raw)) for row in rows]
            case news.Missed(gap=gap):
                self.seen.append(Missing(parse(gap.start), parse(gap.end), gap.n, gap.why))
            case news.Restarted():
                self.seen.append(Reset())
            case _:
                """Nothing that shows or hides a row."""


def _mark(raw: bytes) -> Mark:
    return Mark("p", int(raw.rpartition(b'"message":"')[2].partition(b'"')[0]))


class Line:
    """One connection: what the hub wrote waits here until it is delivered, and is lost when the line is cut."""

    def __init__(self, hub: int) -> None:
        self.hub = hub
        self.waiting = 0
        self.messages: deque[bytes | tuple[Screen, Watched]] = deque()
        self.running: Running | None = None

    def write(self, message: bytes) -> None:
        self.messages.append(message)


class Stage:
    """One environment of its own on a Redis that all examples share."""

    _envs = itertools.count()

    def __init__(self, redis: Redis, promise: Promise) -> None:
        self.env = f"t{next(self._envs)}"
        self.rows: list[Row] = []
        """What is stored, without what was lost; retention took those up to `floor`."""
        self.lost: list[Row] = []
        self.floor = Offset(0, 0, 0)
        self.streams = [Gated(redis, promise) for _ in range(2)]
        self.hubs = [Hub(one, NoMarks(), envs=[self.env], wrap=bytes) for one in self.streams]
        self._redis = redis
        self._entries: list[tuple[str, int]] = []
        self._numbers = itertools.count()

    async def open(self) -> None:
        for hub in self.hubs:
            await hub.__aenter__()

    async def close(self) -> None:
        for stream, hub in zip(self.streams, self.hubs, strict=True):
            stream.gate.set()
            await hub.__aexit__(None, None, None)

    @property
    def epoch(self) -> str:
        return self.hubs[0].epoch(self.env)

    def room(self, hub: int) -> Room:
        return self.hubs[hub]._rooms[self.env]

    @property
    def top(self) -> Offset:
        """The newest place, be it of a row that retention took."""
        return max(self.floor, *(parse(entry) for entry, _ in self._entries[-1:]), parse("0-0"))

    async def publish(self, levels: list[str]) -> None:
        marks = [Mark("p", next(self._numbers)) for _ in levels]
        lines = [
            b'{"ts":"x","level":"%b","message":"%d"}' % (level.encode(), mark.n)
            for level, mark in zip(levels, marks, strict=True)
        ]
        by = {level: levels.count(level) for level in dict.fromkeys(levels)}
        batch = Batch(rows=b"\n".join(lines), n=len(lines), t0=0, t1=0, levels=by, key="k", src="t")
        done = await self.streams[0].publish(self.env, logs=[batch], metrics=[], marker=None)
        self._entries.append((done.first, len(batch.rows)))
        entry = parse(done.first)
        self.rows += [
            Row(Offset(entry.ms, entry.seq, index), mark, levels[index] == "error")
            for index, mark in enumerate(marks)
        ]

    async def trim(self, entries: int) -> None:
        """Retention takes the oldest entries: at least so many, more when what was lost still counts as bytes."""
        if not self._entries:
            return
        kept = self._entries[entries:]
        await self.streams[0].trim(self.env, max_bytes=sum(size for _, size in kept), min_ms=0)
        self.floor = parse(await self.streams[0].trimmed(self.env))
        self._entries = [one for one in self._entries if parse(one[0]) > self.floor]
        assert len(self._entries) <= len(kept)

    async def lose(self, entries: int) -> None:
        """The newest entries are gone, as after a restore; the hubs connect again and see it."""
        await self.synced()
        kept, lost = self._entries[:-entries], {entry for entry, _ in self._entries[-entries:]}
        if not lost:
            return
        await ask(self._redis, "XDEL", key(self.env, "log"), *lost)
        self._entries = kept
        self.lost += [row for row in self.rows if row.offset.entry in lost]
        self.rows = [row for row in self.rows if row.offset.entry not in lost]
        before = self.epoch
        for hub in range(2):
            self.room(hub).reader.healthy = False
        await ask(self._redis, "XADD", key(self.env, "met"), "*", "wake", "up")
        await until(lambda: all(hub.healthy for hub in self.hubs))
        assert self.epoch != before
        assert self.hubs[1].epoch(self.env) == self.epoch

    async def watch(self, line: Line, screen: Screen, *, replaces: Running | None = None) -> Watched:
        """Ask the hub of a line for the rows of a screen; what it tells waits on the line, the answer first."""
        hub = self.hubs[line.hub]
        plan = await hub.plan(self.env, frames.Watch(id="w", query=screen.query, source=screen.place.source))
        line.running = hub.watch(self.env, plan, line, replaces=replaces)
        line.messages.append((screen, line.running.answer))
        return line.running.answer

    async def second(self, hub: int) -> None:
        self.room(hub).second(0)

    async def cut(self, line: Line) -> None:
        assert line.running is not None
        self.hubs[line.hub].unwatch(self.env, line.running, line)

    async def synced(self) -> None:
        """Both hubs have read everything."""
        for stream in self.streams:
            stream.gate.set()
        await until(lambda: all(parse(self.room(hub).reader.top) >= self.top for hub in range(2)))


async def until(fine: Callable[[], bool]) -> None:
    """Wait for a condition that nothing signals."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not fine():
            await asyncio.sleep(0.001)
