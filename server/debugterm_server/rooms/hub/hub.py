"""The hub as the socket sees it: watch, unwatch, acknowledge; and the second hand that tells rates and metrics."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from debugterm_protocol import limits
from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Fetch, Watch
from debugterm_protocol.offsets import Offset, parse
from debugterm_protocol.query import Query, print_query
from debugterm_protocol.views import Aside, Probe, Watched

from debugterm_server.bus.connection import BusDown
from debugterm_server.bus.entries import Slice
from debugterm_server.bus.streams import Kind
from debugterm_server.core import resume
from debugterm_server.core.refusal import Refusal
from debugterm_server.core.resume import Resumed, Stand
from debugterm_server.kit.clock import Clock, wall
from debugterm_server.kit.tasks import Nursery
from debugterm_server.rooms.hub import backlog, fetching, plan, points, reader, recount
from debugterm_server.rooms.hub.backlog import Past
from debugterm_server.rooms.hub.fetching import Fetching
from debugterm_server.rooms.hub.marks import Marks
from debugterm_server.rooms.hub.outlet import Outlet, Wrap
from debugterm_server.rooms.hub.plan import Back, Now, Plan, Start
from debugterm_server.rooms.hub.probing import Asker
from debugterm_server.rooms.hub.room import Room
from debugterm_server.rooms.hub.viewer import Viewer

AGAIN_SECONDS = 0.2
"""How often the past is asked for again while Redis is away."""

LATE_SECONDS = 0.03
"""How long after its end a second is told."""


class Stream(backlog.Stream, reader.Stream, recount.Stream, Protocol):
    """What the hub needs of the bus."""

    async def after(self, env: str, start: str, end: str, *, count: int, kind: Kind = "log") -> Slice:
        """Entries from `start` to `end`, oldest first."""

    async def trimmed(self, env: str) -> str:
        """The id up to which retention removed entries."""


class Running:
    """One running watch; `answer` is what its client is told first."""

    def __init__(
        self, room: Room, answer: Watched, viewer: Viewer | None, query: Query | None = None
    ) -> None:
        self.answer = answer
        self.viewer = viewer
        self.query = query
        self._room = room
        self.task: asyncio.Task[None] | None = None
        self.fetch: asyncio.Task[None] | None = None

    @property
    def fetching(self) -> bool:
        """Whether it is being brought older rows."""
        return self.fetch is not None and not self.fetch.done()

    def end(self) -> None:
        """Stop whatever runs for it."""
        for task in (self.task, self.fetch):
            if task is not None and not task.done():
                task.cancel()

    def aside(self, wanted: Aside) -> None:
        """What its viewer wants to be told beside the rows."""
        if self.viewer is not None:
            self._room.aside(self.viewer, wanted)


class Hub:
    """All environments of this process. Open it with `async with`."""

    def __init__(
        self, stream: Stream, marks: Marks, *, envs: Sequence[str], wrap: Wrap, clock: Clock = wall
    ) -> None:
        self._stream = stream
        self._marks = marks
        self._wrap = wrap
        self._clock = clock
        self._nursery = Nursery("hub")
        self._rooms = {env: Room(env, stream, marks, wrap, clock) for env in envs}

    async def __aenter__(self) -> Self:
        for env, room in self._rooms.items():
            await room.reader.start()
            room.gauges.epoch = room.reader.epoch
            room.census.begin()
            _ = self._nursery.spawn(f"reader {env}", room.reader.run())
            _ = self._nursery.spawn(f"recount {env}", room.census.recount.run())
        _ = self._nursery.spawn("seconds", self._seconds())
        _ = self._nursery.spawn("marks", self._marks.keep(self._places))
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._nursery.close()
        await self._marks.note(self._places())

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

    async def plan(self, env: str, frame: Watch) -> Plan:
        """What a watch frame asks, checked whole before anything changes. Raises Refusal (query, offset, span)."""
        ch, query = plan.channel_of(env, frame)
        if query is not None:
            self._rooms[env].admit(ch, query)
        if isinstance(frame.source, str):
            return Plan(ch, query, plan.begin_of(frame, now=self._clock()))
        offset = plan.place_of(frame.source)
        stand = await self._stand(self._rooms[env], offset)
        return Plan(ch, query, resume.judge(frame.source.epoch, offset, stand))

    def watch(self, env: str, plan: Plan, outlet: Outlet, *, replaces: Running | None = None) -> Running:
        """Start a watch in place of another; give the client its `answer` before the loop turns."""
        room = self._rooms[env]
        top = parse(room.reader.top)
        at = room.height(replaces.viewer) if replaces and replaces.viewer else top
        if replaces is not None:
            self.unwatch(env, replaces, outlet)
        if plan.query is None:
            return self._measure(room, plan, outlet)
        if plan.tells == "table":
            at = top
        elif isinstance(plan.start, Back):
            # In a stream that was quiet for longer there is nothing to wait for before what comes next.
            at = min(plan.start.at, top)
        elif not isinstance(plan.start, Now):
            at = plan.start.at
        viewer = Viewer(outlet, ch=plan.ch, at=at, wrap=self._wrap)
        if replaces is not None and replaces.viewer is not None:
            viewer.before = max(replaces.viewer.before, replaces.viewer.told)
        running = Running(room, _answer(room, plan, plan.query, _begin(plan, at)), viewer, plan.query)
        if running.answer.kind == "table":
            running.task = self._nursery.spawn(f"watch {plan.ch}", self._tabulate(room, plan.query, viewer))
            return running
        bring = self._bring(room, plan.query, viewer, plan.start, epoch=room.reader.epoch)
        running.task = self._nursery.spawn(f"watch {plan.ch}", bring)
        return running

    async def _tabulate(self, room: Room, query: Query, viewer: Viewer) -> None:
        """A table has no place: whoever joins sees the whole of it, once a second."""
        viewer.at = parse(room.reader.top)
        room.join(room.channel(viewer.ch, query), viewer)
        viewer.caught(more=False)

    def _measure(self, room: Room, plan: Plan, outlet: Outlet) -> Running:
        room.gauges.outlets.add(outlet)
        running = Running(room, Watched(plan.ch, ep=room.reader.epoch, kind="met"), None)
        if isinstance(plan.start, Back):
            past = self._past_points(room, plan.start.since_ms, outlet)
            running.task = self._nursery.spawn(f"past {plan.ch}", past)
        return running

    def unwatch(self, env: str, running: Running, outlet: Outlet) -> None:
        """End a watch, in whatever phase it is."""
        room = self._rooms[env]
        running.end()
        if running.viewer is None:
            room.gauges.outlets.discard(outlet)
            return
        running.viewer.tell_missed(wait=False)
        running.viewer.end()
        room.leave(running.viewer)

    def fetch(self, env: str, running: Running, frame: Fetch, outlet: Outlet) -> None:
        """Begin to bring older rows of a watch of rows. Raises Refusal."""
        room, viewer, query = self._rooms[env], running.viewer, running.query
        if viewer is None or query is None:
            raise Refusal(Code.NOT_FOUND, "metrics have no rows to fetch")
        if running.answer.kind == "table":
            raise Refusal(Code.NOT_FOUND, "a table has no rows to fetch", fix="watch the query without it")
        start, end = fetching.span_of(frame, viewer.told)
        matcher = room.channel(viewer.ch, query).matcher
        work = Fetching(
            self._stream,
            room.reader,
            frame,
            query=query,
            matcher=matcher,
            outlet=outlet,
            wrap=self._wrap,
        ).run(start, end)
        running.fetch = self._nursery.spawn(f"fetch {viewer.ch}", work)

    def probe(self, env: str, frame: Probe, human: str, asker: Asker) -> None:
        """Answer soon what a query would show and what could be typed next. Raises Refusal when asked too often."""
        self._rooms[env].probing.ask(frame, human, asker, spawn=self._nursery.spawn)

    def used(self, env: str, human: str, query: Query) -> None:
        """Somebody watches a query: its terms are offered to them again."""
        self._rooms[env].probing.used(human, query)

    def heights(self, env: str, running: Sequence[Running]) -> dict[str, str]:
        """The newest offset of each live watch: an idle client sees that it has everything, and comes back to there."""
        room = self._rooms[env]
        viewers = [one.viewer for one in running if one.viewer is not None and one.viewer.live]
        return {viewer.ch: str(room.height(viewer)) for viewer in viewers}

    async def _stand(self, room: Room, offset: Offset) -> Stand:
        """How the stream stands: as Redis says, for this hub may be behind; as this hub knows, if Redis is away."""
        top = parse(room.reader.top)
        try:
            floor = parse(await self._stream.trimmed(room.env))
            if offset > top:
                # A stream that retention emptied has no newest entry, and yet it reaches up to what was trimmed.
                top = max(top, floor, parse((await self._stream.tail(room.env)).top))
        except BusDown:
            return Stand(room.reader.epoch, max(top, offset), Offset(0, 0, 0))
        return Stand(room.reader.epoch, top, Offset(0, 0, 0) if floor.entry == "0-0" else floor)

    def _places(self) -> dict[str, tuple[str, str]]:
        """How far each stream was read."""
        return {env: (room.reader.uuid, room.reader.top) for env, room in self._rooms.items()}

    async def _bring(self, room: Room, query: Query, viewer: Viewer, start: Start, *, epoch: str) -> None:
        """Read the past, then join the live channel in the turn in which nothing is missing."""
        if isinstance(start, Resumed):
            viewer.resumed(start, epoch)
        channel = room.channel(viewer.ch, query)
        past = Past(
            self._stream,
            room.reader,
            viewer,
            query,
            matcher=channel.matcher,
            epoch=epoch,
            wrap=self._wrap,
        )
        more, back_to = False, ""
        while True:
            try:
                if isinstance(start, Back) and start.newest:
                    scan = await past.newest(start.since_ms, start.newest)
                    more, back_to = scan.more, str(scan.back_to)
                    start = Now()
                await past.replay()
                break
            except BusDown:
                await asyncio.sleep(AGAIN_SECONDS)
        if viewer.ended:
            return
        if not channel.viewers:
            channel.choosing = past.choosing
        room.join(channel, viewer)
        viewer.caught(more=more, back_to=back_to)

    async def _past_points(self, room: Room, since_ms: int, outlet: Outlet) -> None:
        start = f"{since_ms}-0"
        while True:
            try:
                found = await self._stream.after(room.env, start, "+", count=50, kind="met")
            except BusDown:
                return
            for entry in found.entries:
                while outlet.waiting >= limits.WRITE_BUFFER_BYTES:
                    await asyncio.sleep(AGAIN_SECONDS)
                outlet.write(room.gauges.frame(points.read(entry)[: points.POINTS_A_FRAME], entry.id))
            if not found.more:
                return
            start = f"({found.last}"

    async def _seconds(self) -> None:
        while True:
            # A little behind each second of the clock, so that its last rows have come through the stream.
            await asyncio.sleep(1 - self._clock() % 1 + LATE_SECONDS)
            for room in self._rooms.values():
                room.second(int(self._clock()))


def _begin(plan: Plan, at: Offset) -> Offset:
    return plan.start.begin if isinstance(plan.start, Resumed) else at


def _answer(room: Room, plan: Plan, query: Query, at: Offset) -> Watched:
    return Watched(
        plan.ch,
        ep=room.reader.epoch,
        # The newest rows of a span are asked for again: going on from its begin would bring all of them.
        o="" if isinstance(plan.start, Back) and plan.start.newest else str(at),
        kind=plan.tells,
        recovered=plan.tells == "table" or not isinstance(plan.start, Resumed) or plan.start.recovered,
        query=print_query(query),
    )
