"""The stretch of time that a search is about: by the rows' own time when the query says one, else by their receipt."""

from collections.abc import Sequence
from dataclasses import dataclass

from debugterm_protocol.query import resolve
from debugterm_protocol.query.stages import Deploy, Query, Time
from debugterm_protocol.query.syntax import Same
from debugterm_protocol.times import EARLIEST, LATEST, SECOND, parse_time, print_time

from debugterm_server.core import matcher
from debugterm_server.core.tabulation import second_of
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.walking import Walk

EARLY_MS = 60_000
"""A row may be received so long before its own time, for clocks differ."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Rows with `start <= ts < end` (microseconds, None is open) in entries that were received since a time.

    Without `by_ts` the receipt alone counts, and both ends are receipts.
    """

    since_ms: int
    start: int | None
    end: int | None
    now: int
    by_ts: bool

    @property
    def seconds(self) -> tuple[int | None, int]:
        """Both ends in unix seconds, the end not included; what is open ends now."""
        end = self.now if self.end is None else self.end
        return None if self.start is None else self.start // SECOND, -(-end // SECOND)

    def overlaps(self, read: Read) -> bool:
        """Whether the entry can hold a row of it."""
        entry = read.entry
        starts = self.end is None or entry.t0 < self.end
        return not self.by_ts or (starts and (self.start is None or entry.t1 >= self.start))

    def inside(self, read: Read, indexes: Sequence[int]) -> Sequence[int]:
        """Those of these rows of an entry that are in it."""
        first = EARLIEST if self.start is None else max(self.start, EARLIEST)
        last = LATEST if self.end is None else min(self.end, LATEST)
        if not self.by_ts or (first <= read.entry.t0 and read.entry.t1 < last):
            return indexes
        # A stored time has always the same width, so it is ordered as its text is.
        start, end = print_time(first), print_time(last)
        return [index for index in indexes if start <= str(read.rows[index]["ts"]) < end]

    def second(self, read: Read, index: int) -> int:
        """The unix second of a row, on the same clock."""
        return second_of(read.rows[index]) if self.by_ts else read.place[0] // 1000


async def reach_of(times: Sequence[Time], walk: Walk, *, now: int, since_ms: int) -> Reach:
    """What the time terms mean at `now` (microseconds); without any, what was received since a time. Raises BadQuery."""
    if not times:
        return Reach(since_ms, since_ms * 1000, None, now, by_ts=False)
    deploys = {
        time.version: first
        for time in times
        if isinstance(time, Deploy) and (first := await _first_of(time.version, walk)) is not None
    }
    start, end = resolve(tuple(times), now=now, deploys=deploys)
    since_ms = 1 if start is None else max(1, start // 1000 - EARLY_MS)
    return Reach(since_ms, start, end, now, by_ts=True)


async def _first_of(version: str, walk: Walk) -> int | None:
    """The time of the first row that carries this version, in microseconds."""
    match = matcher.compile(Query(Same("version", version)))
    found: list[int] = []
    async for read in walk.reads(1):
        times = [parse_time(read.rows[index]["ts"]) for index in read.pick(match)]
        found = [min([*found, *(micros for micros in times if micros is not None)])] if times else found
    return found[0] if found else None
