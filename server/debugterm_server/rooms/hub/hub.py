"""The hub as the socket sees it: watch, unwatch, acknowledge; and the second hand that tells rates and metrics."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import structlog
from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Place, Watch
from debugterm_protocol.offsets import WHOLE_ENTRY, BadOffset, Offset, parse
from debugterm_protocol.query import BadQuery, Query
from debugterm_protocol.query import parse as parse_query
from debugterm_protocol.spans import BadSpan, seconds_back

from debugterm_server.bus.connection import BusDown
from debugterm_server.bus.entries import Entry
from debugterm_server.bus.streams import Kind
from debugterm_server.core.refusal import Refusal
from debugterm_server.kit.clock import Clock, wall
from debugterm_server.kit.tasks import Nursery
from debugterm_server.rooms.hub import backlog, points, reader
from debugterm_server.rooms.hub.backlog import Past
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.channel import Channel, name_of
from debugterm_server.rooms.hub.outlet import Outlet, Wrap
from debugterm_server.rooms.hub.points import Gauges
from debugterm_server.rooms.hub.reader import Reader
from debugterm_server.rooms.hub.viewer import Viewer

log = structlog.get_logger()


class Stream(backlog.Stream, reader.Stream, Protocol):
    """What the hub needs of the bus."""

    async def after(self, env: str, start: str, end: str, *, count: int, kind: Kind = "log") -> list[Entry]:
        """Entries from `start` to `end`, oldest first."""


class Watched:
    """One running watch; `cancel` ends it."""

    def __init__(self, ch: str, viewer: Viewer | None) -> None:
        self.ch = ch
        self.viewer = viewer
        self.task: asyncio.Task[None] | None = None


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a watch begins."""

    at: Offset
    epoch: str = ""
    newest: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked watch: its channel, its query (None for metrics), where it begins."""

    ch: str
    query: Query | None
    start: _Start
    since: int = 0
    """Milliseconds since 1970 from which the past of metrics is wanted; 0 for none."""


class _Room:
    """What one environment has in memory."""

    def __init__(self, env: str, stream: Stream, wrap: Wrap) -> None:
        self.channels: dict[str, Channel] = {}
        self.gauges = Gauges(env, epoch="", wrap=wrap)
        self.rows = 0
        self.reader = Reader(env, stream, on_log=self._log, on_points=self.gauges.take, on_reset=self._reset)

    def _log(self, read: Read) -> None:
        self.rows += read.entry.n
        for channel in self.channels.values():
            channel.take(read)

    def _reset(self, epoch: str, why: str) -> None:
        self.gauges.epoch = epoch
        for channel in self.channels.values():
            channel.reset(epoch, why)


class Hub:
    """All environments of this process. Open it with `async with`."""

    def __init__(self, stream: Stream, *, envs: Sequence[str], wrap: Wrap, clock: Clock = wall) -> None:
        self._stream = stream
        self._wrap = wrap
        self._clock = clock
        self._nursery = Nursery("hub")
        self._rooms = {env: _Room(env, stream, wrap) for env in envs}

    async def __aenter__(self) -> Self:
        for env, room in self._rooms.items():
            await room.reader.start()
            room.gauges.epoch = room.reader.epoch
            _ = self._nursery.spawn(f"reader {env}", room.reader.run())
        _ = self._nursery.spawn("seconds", self._seconds())
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._nursery.close()

    @property
    def healthy(self) -> bool:
        """Whether every environment's stream is being read."""
        return all(room.reader.healthy for room in self._rooms.values())

    def epoch(self, env: str) -> str:
        """The epoch of an environment's stream."""
        return self._rooms[env].reader.epoch

    def has(self, env: str) -> bool:
        """Whether this deployment has the environment."""
        return env in self._rooms

    def plan(self, env: str, frame: Watch) -> Plan:
        """What a watch frame asks, checked whole before anything changes. Raises Refusal (query, offset, span)."""
        if frame.kind == "met":
            since = frame.source if isinstance(frame.source, str) and frame.source != "now" else ""
            return Plan(
                points.name_of(env), None, _Start(Offset(0, 0, 0)), self._since(since) if since else 0
            )
        query = query_of(frame.query)
        return Plan(name_of(env, query), query, self._start(self._rooms[env], frame))

    def watch(self, env: str, plan: Plan, outlet: Outlet) -> Watched:
        """Start a watch; answer the client before the loop turns."""
        room = self._rooms[env]
        if plan.query is None:
            room.gauges.outlets.add(outlet)
            watched = Watched(plan.ch, None)
            if plan.since:
                past = self._past_points(env, plan.since, outlet)
                watched.task = self._nursery.spawn(f"past {plan.ch}", past)
            return watched
        viewer = Viewer(outlet, ch=plan.ch, at=plan.start.at, wrap=self._wrap)
        watched = Watched(plan.ch, viewer)
        bring = self._bring(room, plan.query, viewer, plan.start)
        watched.task = self._nursery.spawn(f"watch {plan.ch}", bring)
        return watched

    def unwatch(self, env: str, watched: Watched, outlet: Outlet) -> None:
        """End a watch, in whatever phase it is."""
        room = self._rooms[env]
        if watched.task is not None and not watched.task.done():
            watched.task.cancel()
        if watched.viewer is None:
            room.gauges.outlets.discard(outlet)
            return
        channel = room.channels.get(watched.ch)
        if channel is not None:
            channel.viewers.discard(watched.viewer)
            self._drop_if_empty(room, channel)

    def heights(self, watched: Sequence[Watched]) -> dict[str, str]:
        """The newest offset of each watch, so that an idle client can see that it has everything."""
        return {one.ch: str(one.viewer.at) for one in watched if one.viewer is not None}

    def _start(self, room: _Room, frame: Watch) -> _Start:
        source, top = frame.source, parse(room.reader.top)
        if isinstance(source, Place):
            try:
                at = parse(source.offset)
            except BadOffset as error:
                raise Refusal(Code.BAD_OFFSET, str(error)) from None
            return _Start(min(at, top), source.epoch or "?")
        if source == "now":
            return _Start(top)
        return _Start(Offset(self._since(source) - 1, 0, WHOLE_ENTRY), newest=frame.newest)

    def _since(self, span: str) -> int:
        """Milliseconds since 1970 of a span back, at least 1. Raises Refusal."""
        try:
            return max(1, int((self._clock() - seconds_back(span)) * 1000))
        except BadSpan as error:
            raise Refusal(Code.BAD_OFFSET, str(error)) from None

    async def _bring(self, room: _Room, query: Query, viewer: Viewer, start: _Start) -> None:
        """Read the past, then join the live channel in the turn in which nothing is missing."""
        if start.epoch and start.epoch != room.reader.epoch:
            viewer.reset(room.reader.epoch, "the stream was replaced since you last saw it")
        channel = room.channels.get(viewer.ch)
        if channel is None:
            channel = Channel(viewer.ch, query, epoch=room.reader.epoch, wrap=self._wrap)
        past = Past(self._stream, room.reader, viewer, channel.matcher, wrap=self._wrap)
        more = False
        while True:
            try:
                if start.newest:
                    more = await past.newest(start.at.ms, start.newest)
                    start = _Start(viewer.at)
                await past.replay()
                break
            except BusDown:
                await asyncio.sleep(0.2)
        past.check_epoch()
        channel = room.channels.setdefault(viewer.ch, channel)
        channel.flush()
        channel.viewers.add(viewer)
        viewer.caught(more=more)

    async def _past_points(self, env: str, since_ms: int, outlet: Outlet) -> None:
        gauges = self._rooms[env].gauges
        start = f"{since_ms}-0"
        while True:
            try:
                found = await self._stream.after(env, start, "+", count=50, kind="met")
            except BusDown:
                return
            for entry in found:
                outlet.write(gauges.frame(points.read(entry)[: points.POINTS_A_FRAME], entry.id))
            if len(found) < 50:
                return
            start = f"({found[-1].id}"

    async def _seconds(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + 1, loop.time())
            await asyncio.sleep(due - loop.time())
            for room in self._rooms.values():
                rows, room.rows = room.rows, 0
                for channel in room.channels.values():
                    channel.second(rows)
                room.gauges.second()

    def _drop_if_empty(self, room: _Room, channel: Channel) -> None:
        if not channel.viewers:
            channel.close()
            room.channels.pop(channel.ch, None)


def query_of(text: str) -> Query:
    """The parsed query. Raises Refusal with the column and a hint."""
    try:
        return parse_query(text)
    except BadQuery as error:
        raise Refusal(Code.BAD_QUERY, error.why, fix=error.hint, column=error.column) from None
