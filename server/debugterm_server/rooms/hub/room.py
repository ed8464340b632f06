"""What one environment has in memory: its reader, the channels of its queries, its metrics; and the second hand."""

from typing import Protocol

import structlog
from debugterm_protocol import limits
from debugterm_protocol.errors import Code
from debugterm_protocol.offsets import Offset, parse
from debugterm_protocol.query import Query
from debugterm_protocol.views import Aside

from debugterm_server.core.refusal import Refusal
from debugterm_server.kit.clock import Clock
from debugterm_server.rooms.hub import reader, recount
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.census import Census
from debugterm_server.rooms.hub.channel import Channel, remembers
from debugterm_server.rooms.hub.outlet import Wrap
from debugterm_server.rooms.hub.pace import Pace
from debugterm_server.rooms.hub.points import Gauges
from debugterm_server.rooms.hub.probing import Probing
from debugterm_server.rooms.hub.reader import Reader, Seen
from debugterm_server.rooms.hub.recount import Place
from debugterm_server.rooms.hub.viewer import Viewer

log = structlog.get_logger()

_FIX = "watch what somebody watches already, search, or ask again when others have gone"


class Stream(reader.Stream, recount.Stream, Protocol):
    """What is needed of the bus."""

    async def trimmed(self, env: str) -> str:
        """The id up to which retention removed entries."""
        ...


class Room:
    """One environment. Every entry passes `_log` once, and there each distinct query looks at it once."""

    def __init__(self, env: str, stream: Stream, marks: Seen, wrap: Wrap, clock: Clock) -> None:
        self.env = env
        self.channels: dict[str, Channel] = {}
        self.gauges = Gauges(env, epoch="", wrap=wrap)
        self.reader = Reader(
            env,
            stream,
            marks,
            on_log=self._log,
            on_points=self.gauges.take,
            on_reset=self._reset,
            on_trimmed=self._trimmed,
        )
        self.census = Census(env, stream, top=self._top, clock=clock)
        self._pace = Pace()
        self.probing = Probing(self.census)
        self._wrap = wrap

    def channel(self, ch: str, query: Query) -> Channel:
        """The channel of a query; a new one is known to nobody until a viewer joins it."""
        return self.channels.get(ch) or Channel(
            ch, query, epoch=self.reader.epoch, census=self.census, pace=self._pace, wrap=self._wrap
        )

    def admit(self, ch: str, query: Query) -> None:
        """Raise Refusal when one more query would be too many; one that is watched already costs nothing more."""
        if ch in self.channels:
            return
        if len(self.channels) >= limits.QUERIES:
            raise Refusal(Code.LIMIT, f"{limits.QUERIES} different queries are watched on this hub", fix=_FIX)
        if (
            remembers(query)
            and sum(each.remembers for each in self.channels.values()) >= limits.STATEFUL_QUERIES
        ):
            why = f"{limits.STATEFUL_QUERIES} different tables and dedups are watched on this hub"
            raise Refusal(Code.LIMIT, why, fix=_FIX)

    def join(self, channel: Channel, viewer: Viewer) -> None:
        """Hand a viewer what is live from now on; in the same turn of the loop it must have had all before."""
        if channel.ch not in self.channels:
            channel.begin()
        channel = self.channels.setdefault(channel.ch, channel)
        # It may have been made before the stream was replaced.
        channel.epoch = self.reader.epoch
        channel.flush()
        channel.viewers.add(viewer)
        self._pace.add(1)
        viewer.live = True
        channel.joined(viewer)

    def aside(self, viewer: Viewer, wanted: Aside) -> None:
        """What a viewer wants to be told beside its rows; while it reads the past, it is told nothing yet."""
        viewer.aside = wanted
        channel = self.channels.get(viewer.ch)
        if channel is not None and viewer in channel.viewers:
            channel.counts.asked(viewer)

    def leave(self, viewer: Viewer) -> None:
        """A viewer is gone; the channel goes with its last one."""
        channel = self.channels.get(viewer.ch)
        if channel is None or viewer not in channel.viewers:
            return
        channel.viewers.remove(viewer)
        self._pace.add(-1)
        if not channel.viewers:
            channel.close()
            self.channels.pop(channel.ch, None)

    def height(self, viewer: Viewer) -> Offset:
        """Where this viewer would go on: behind all that it was told, or at the top when nothing else matched."""
        channel = self.channels.get(viewer.ch)
        if channel is not None and viewer.live:
            channel.flush()
            viewer.tell_missed()
            if viewer.flow.missed is None:
                viewer.reach(parse(self.reader.top))
        return viewer.told

    def second(self, now: int) -> None:
        """Once a second: rates, counts, metrics. `now` is the unix second that begins."""
        self.census.second(now)
        for channel in self.channels.values():
            try:
                channel.second(now)
            except Exception as error:  # noqa: BLE001 - logged, and told to those whose query it is
                self._failed(channel, error)
        self.gauges.second()

    def _log(self, read: Read) -> None:
        # First, because it marks in `read.fresh` what must not be shed.
        self.census.take(read, watched=bool(self.channels))
        for channel in self.channels.values():
            try:
                channel.take(read)
            except Exception as error:  # noqa: BLE001 - logged, and told to those whose query it is
                self._failed(channel, error)

    def _failed(self, channel: Channel, error: Exception) -> None:
        """A fault in what one query does with some row ends that query, not the reader of everybody."""
        log.error("a query failed", env=self.env, ch=channel.ch, exc_info=error)
        channel.fail()

    def _reset(self, epoch: str, why: str) -> None:
        self.gauges.epoch = epoch
        self.census.begin()
        for channel in self.channels.values():
            channel.reset(epoch, why, top=parse(self.reader.top))

    def _trimmed(self, gone: Offset) -> None:
        self.census.begin()
        for channel in self.channels.values():
            channel.trimmed(gone)

    def _top(self) -> Place:
        top = parse(self.reader.top)
        return top.ms, top.seq
