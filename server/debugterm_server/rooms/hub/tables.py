"""The live table of one query: counted from all its rows before anything is shed, told whole once a second."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence

from debugterm_protocol import limits
from debugterm_protocol.query import Query
from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.plan import Plan, plan
from debugterm_protocol.query.stages import Dedup, Limit, Timechart, Top
from debugterm_protocol.query.tables import Result
from debugterm_protocol.views import Cell, Table

from debugterm_server.core import rolling
from debugterm_server.core.matcher import Matcher
from debugterm_server.core.rolling import Rolling
from debugterm_server.core.rowstages import RowStages, left_of
from debugterm_server.core.tabulation import finished
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.census import Census
from debugterm_server.rooms.hub.outlet import Wrap
from debugterm_server.rooms.hub.recount import Place
from debugterm_server.rooms.hub.shared import message
from debugterm_server.rooms.hub.viewer import Viewer

PAST_GROUPS = 2_000
"""A table with more groups is not counted back any further: each second of its past would hold up the hub."""
TURN_SECONDS = 0.005
"""A large table is made in turns of so long, and told when it is whole."""


class LiveTable:
    """One table for all who watch the query."""

    def __init__(self, ch: str, query: Query, matcher: Matcher, *, census: Census, wrap: Wrap) -> None:
        self._ch = ch
        self._query = query
        self._plan = plan(query)
        self._matcher = matcher
        self._census = census
        self._wrap = wrap
        self._viewers: Collection[Viewer] = ()
        self._rolling: Rolling = rolling.of(self._plan, now=0)
        self._rows = self._row_stages()
        self._past: _Past | None = None
        self._making: Iterator[None] | None = None
        self._later: list[Callable[[], None]] = []
        """What came from the past while a table was made."""
        self._told = b""

    def begin(self, viewers: Collection[Viewer]) -> None:
        """Count for these from the present top of the stream on, and anew when the stream was replaced."""
        self.close()
        self._viewers = viewers
        place = self._census.top()
        self._rolling = rolling.of(self._plan, now=place[0] // 1000 + 1)
        self._rows = self._row_stages()
        self._told = b""
        # Of equal rows the first counts: who does not know the first cannot count backwards.
        if not any(isinstance(stage, Dedup) for stage in self._plan.rows):
            self._past = _Past(self, before=(place[0], place[1] + 1))
            self._census.recount.add(self._past)

    def joined(self, viewer: Viewer) -> None:
        """A new viewer sees at once what the others see."""
        if self._told:
            _ = viewer.hear(self._told)

    def take(self, read: Read, indexes: Sequence[int]) -> None:
        """The rows of an entry that match, live."""
        self._rolling.take(self._rows(read, indexes), read.place[0] // 1000)

    def take_past(self, read: Read) -> None:
        """An entry from before: the walk goes backwards."""
        rows = self._row_stages()(read, read.pick(self._matcher))
        self._when_made(lambda: self._rolling.earlier(rows, read.place[0] // 1000))

    def reached(self, second: int) -> None:
        """All entries from this second on were given."""
        self._when_made(lambda: self._rolling.reached(second))

    def back_to(self) -> int | None:
        """The second from which on rows are wanted; of a table with very many groups only what comes."""
        return None if self._rolling.groups > PAST_GROUPS else self._census.now() - self._rolling.seconds

    def _when_made(self, work: Callable[[], None]) -> None:
        if self._making is None:
            work()
        else:
            self._later.append(work)

    def second(self, now: int) -> None:
        """Tell the table of the window that ends here; while the last one is still made, that one is waited for."""
        if self._making is not None:
            return
        self._making = self._made(now)
        self._go_on()

    def close(self) -> None:
        """Nobody watches any more, or it begins anew."""
        self._making = None
        self._later.clear()
        if self._past is not None:
            self._census.recount.drop(self._past)
            self._past = None

    def _row_stages(self) -> Callable[[Read, Sequence[int]], Sequence[Row]]:
        left = left_of(self._query, self._plan.rows)
        if not left:
            return lambda read, indexes: [read.rows[index] for index in indexes]
        stages: RowStages[Read] = RowStages(left)
        return lambda read, indexes: [item.row for item in stages.take(read, indexes)]

    def _go_on(self) -> None:
        loop = asyncio.get_running_loop()
        until, making = loop.time() + TURN_SECONDS, self._making
        while making is not None:
            try:
                next(making)
            except StopIteration:
                self._making = None
                later, self._later = self._later, []
                for work in later:
                    work()
                return
            if loop.time() > until:
                _ = loop.call_soon(self._resume, making)
                return

    def _resume(self, making: Iterator[None]) -> None:
        if making is self._making:
            self._go_on()

    def _made(self, now: int) -> Iterator[None]:
        """Make the table of the window that ends at `now`, some groups at a time, and tell it."""
        yield from self._rolling.sliding(now)
        made: list[list[Cell]] = []
        since, columns, groups, other = (
            self._rolling.since,
            self._rolling.columns,
            self._rolling.groups,
            self._rolling.other,
        )
        most = _enough(self._plan)
        for row in self._rolling.rows():
            made.append(row)
            if len(made) == most:
                break
            yield
        result = finished(self._plan, Result(columns, made, groups, other))
        self._told = message(fitted(self._ch, result, since=since), self._wrap)
        for viewer in self._viewers:
            _ = viewer.hear(self._told)


class _Past:
    """The table before it was watched."""

    def __init__(self, table: LiveTable, *, before: Place) -> None:
        self.before = before
        self._table = table

    def back_to(self) -> int | None:
        return self._table.back_to()

    def take(self, read: Read) -> None:
        self._table.take_past(read)

    def reached(self, second: int) -> None:
        self._table.reached(second)


def fitted(ch: str, result: Result, *, since: int) -> Table:
    """The frame of a table: as many of its rows as one frame holds."""
    rows = result.rows
    while True:
        table = Table(ch, result.columns, rows, since, groups=result.groups, other=result.other)
        if not rows or len(message(table, bytes)) <= limits.FRAME_OUT_BYTES:
            return table
        rows = rows[: len(rows) // 2]


def _enough(plan: Plan) -> int:
    """So many groups in their order are all that the stages behind the table can show; 0 for all."""
    if isinstance(plan.table, Timechart):
        return 0
    first = plan.after[0] if plan.after else None
    if first is None:
        return plan.table.n if isinstance(plan.table, Top) else limits.TABLE_ROWS
    return first.n if isinstance(first, Limit) else 0
