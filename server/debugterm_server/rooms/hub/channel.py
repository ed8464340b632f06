"""One distinct query of one environment: matched once, its frames built once, handed to all its viewers.

The first row after a quiet moment goes out at once; after that rows wait for company, as long as `Pace` says or until
they have 64 KiB.
"""

import asyncio
import hashlib
from collections.abc import Sequence

from debugterm_protocol.offsets import Offset
from debugterm_protocol.query import Query, print_query
from debugterm_protocol.query.plan import plan
from debugterm_protocol.query.stages import Dedup

from debugterm_server.core import matcher
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.census import Census
from debugterm_server.rooms.hub.choosing import Choosing
from debugterm_server.rooms.hub.cost import Cost
from debugterm_server.rooms.hub.counts import Counts
from debugterm_server.rooms.hub.outlet import Wrap
from debugterm_server.rooms.hub.pace import Pace
from debugterm_server.rooms.hub.shared import Flushed, Picked
from debugterm_server.rooms.hub.tables import LiveTable
from debugterm_server.rooms.hub.viewer import Viewer

FLUSH_BYTES = 64 * 1024
LANE = "clear"
"""The only lane so far; masking adds another."""


def name_of(env: str, query: Query) -> str:
    """The name of a query's channel, equal on every hub: `log:<env>:<10 hex of sha256(query + lane)>`."""
    digest = hashlib.sha256(f"{print_query(query)}\n{LANE}".encode()).hexdigest()
    return f"log:{env}:{digest[:10]}"


def remembers(query: Query) -> bool:
    """Whether a watch of the query must keep much of what it saw: groups, or rows that were there."""
    planned = plan(query)
    return planned.table is not None or any(isinstance(stage, Dedup) for stage in planned.rows)


class Channel:
    """The live rows of one query."""

    def __init__(self, ch: str, query: Query, *, epoch: str, census: Census, pace: Pace, wrap: Wrap) -> None:
        self.ch = ch
        self.query = query
        self.remembers = remembers(query)
        self.matcher = matcher.compile(query)
        self.choosing = Choosing(query)
        self.cost = Cost(print_query(query))
        self.viewers: set[Viewer] = set()
        self.counts = Counts(ch, self.matcher, census=census, wrap=wrap)
        self.table: LiveTable | None = None
        if plan(query).table is not None:
            self.table = LiveTable(ch, query, self.matcher, census=census, wrap=wrap)
        self.epoch = epoch
        self._pace = pace
        self._wrap = wrap
        self._waiting: list[Picked] = []
        self._size = 0
        self._flushed = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def take(self, read: Read) -> None:
        """The next entry of the stream: counted whole, before anything can be shed, then handed on."""
        if self.cost.suspended is not None:
            return
        with self.cost.of(read):
            indexes = read.pick(self.matcher)
        if indexes:
            self.counts.take(read, indexes)
        if self.table is not None or not self.choosing.plain:
            self._take_through_stages(read, indexes)
        elif indexes:
            self._wait(Picked(read, indexes))
        if (notice := self.cost.news()) is not None:
            for viewer in self.viewers:
                viewer.tell(notice)

    def _take_through_stages(self, read: Read, indexes: Sequence[int]) -> None:
        chosen: Sequence[Picked] = ()
        with self.cost.of(read, more=True):
            if self.table is None:
                chosen = list(self.choosing.choose(read, indexes))
            elif indexes:
                self.table.take(read, indexes)
        # All at once: rows before a match lie behind a viewer's place only together with it.
        if chosen:
            self._wait(*chosen)

    def fail(self) -> None:
        """Stop after a fault of ours, and say so."""
        notice = self.cost.fail()
        for viewer in self.viewers:
            viewer.tell(notice)

    def joined(self, viewer: Viewer) -> None:
        """A new viewer is told what the others know already."""
        self.counts.asked(viewer)
        if self.table is not None:
            self.table.joined(viewer)
        if self.cost.suspended is not None:
            viewer.tell(self.cost.suspended)

    def begin(self) -> None:
        """Count from the present top of the stream on."""
        self.counts.begin(self.viewers)
        if self.table is not None:
            self.table.begin(self.viewers)

    def _wait(self, *several: Picked) -> None:
        self._waiting += several
        self._size += sum(picked.size for picked in several)
        loop = asyncio.get_running_loop()
        wait = self._flushed + self._pace.seconds - loop.time()
        if wait <= 0 or self._size >= FLUSH_BYTES:
            self.flush()
        elif self._timer is None:
            self._timer = loop.call_later(wait, self.flush)

    def flush(self) -> None:
        """Hand over what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting, self._size = self._waiting, [], 0
        now = self._flushed = asyncio.get_running_loop().time()
        if not waiting or not self.viewers:
            return
        flushed = Flushed(waiting, ch=self.ch, epoch=self.epoch, wrap=self._wrap, now=now)
        for viewer in self.viewers:
            viewer.offer(flushed, now)

    def second(self, now: int) -> None:
        """Tell every viewer what the last second was."""
        steady = asyncio.get_running_loop().time()
        for viewer in self.viewers:
            viewer.second(steady)
        if self.cost.suspended is not None:
            return
        self.counts.second(now)
        if self.table is not None:
            self.table.second(now)

    def reset(self, epoch: str, why: str, *, top: Offset) -> None:
        """The stream was replaced and goes on behind `top`: told before any new row."""
        self.flush()
        self.epoch = epoch
        self.begin()
        for viewer in self.viewers:
            viewer.reset(epoch, why, top=top)

    def trimmed(self, gone: Offset) -> None:
        """Retention took rows up to here before they were read."""
        self.flush()
        self.begin()
        for viewer in self.viewers:
            viewer.trimmed(gone)

    def close(self) -> None:
        """No viewer is left."""
        self.counts.close()
        if self.table is not None:
            self.table.close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
