"""Search of what the stream holds: rows newest first as they are found, or one table; bounded in scanned rows and time."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

import msgspec
from debugterm_protocol import codec, limits
from debugterm_protocol.query import Query
from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.plan import plan
from debugterm_protocol.query.selection import select, trace_of
from debugterm_protocol.query.stages import Limit, Patterns, RowStage, Sort, Trace
from debugterm_protocol.times import SECOND
from debugterm_protocol.views import Table

from debugterm_server.core import matcher, regex
from debugterm_server.core.patterns import Miner
from debugterm_server.core.rowstages import TRACES
from debugterm_server.core.tabulation import Tabulation, compared, finished
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.choosing import Choosing
from debugterm_server.rooms.hub.reach import Reach, reach_of
from debugterm_server.rooms.hub.tables import fitted
from debugterm_server.rooms.hub.walking import Stream, Walk

SCANNED = 5_000_000
SECONDS = 30.0
SORTED_ROWS = 20_000
"""Rows that one search can put in another order; beyond it the newest are, and the end says so."""
SORTED_BYTES = 16 * 1024 * 1024
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class End:
    """How far a search came: `back_to` is a time in milliseconds; `truncated` when older rows may match too."""

    truncated: bool
    back_to: int


class Search:
    """One search of one environment, with the whole language."""

    def __init__(
        self, stream: Stream, env: str, query: Query, *, now: float, since_ms: int, limit: int
    ) -> None:
        """`now` in seconds; `since_ms` counts for a query without time terms; `limit` of rows."""
        self._env = env
        self._query = query
        self._plan = plan(query)
        self._now = int(now * SECOND)
        self._since_ms = since_ms
        self._limit = limit
        self._walk = Walk(stream, env, rows=SCANNED, seconds=SECONDS)
        self._full = False
        stages = self._plan.rows
        place = next((i for i, stage in enumerate(stages) if isinstance(stage, Sort | Limit)), len(stages))
        self._head = Query(query.filter, stages=stages[:place])
        self._tail: Sequence[RowStage] = stages[place:]
        self._matcher = matcher.compile(self._head)

    async def parts(self) -> AsyncIterator[list[bytes] | Table | End]:
        """Rows as `--json` shows them, some at a time, or a table; then one End. Raises BusDown, BadQuery."""
        reach = await reach_of(self._query.times, self._walk, now=self._now, since_ms=self._since_ms)
        choosing = Choosing(self._head, newest_first=True)
        if any(isinstance(stage, Trace) for stage in self._plan.rows):
            choosing.follow(await self._traces(reach))
        if self._plan.kind == "table":
            yield await self._table(reach, choosing)
        elif not self._tail or (len(self._tail) == 1 and isinstance(self._tail[0], Limit)):
            async for lines in self._rows(reach, choosing):
                yield lines
        else:
            yield await self._ordered(reach, choosing)
        yield End(truncated=self._walk.cut or self._full, back_to=self._walk.back_to)

    async def _traces(self, reach: Reach) -> list[str]:
        """The trace ids of the matches: a match brings rows that came before it, too."""
        found: dict[str, None] = {}
        async for read in self._walk.reads(reach.since_ms):
            if reach.overlaps(read):
                for index in reach.inside(read, read.pick(self._matcher)):
                    if (trace := trace_of(read.rows[index])) is not None:
                        found[trace] = None
            if len(found) >= TRACES:
                break
        return list(found)

    async def _rows(self, reach: Reach, choosing: Choosing) -> AsyncIterator[list[bytes]]:
        own = self._tail[0].n if self._tail and isinstance(self._tail[0], Limit) else self._limit
        left = min(own, self._limit)
        async for read in self._walk.reads(reach.since_ms):
            for picked in choosing.choose(read, self._indexes(reach, read)):
                rows = list(zip(picked.indexes, picked.lines, strict=True))[::-1][:left]
                left -= len(rows)
                entry = picked.read.entry.id
                if rows:
                    yield [
                        codec.stored_row_json(line, entry=entry, index=i, env=self._env) for i, line in rows
                    ]
            if left <= 0:
                self._full = own >= self._limit
                return

    def _indexes(self, reach: Reach, read: Read) -> Sequence[int]:
        if not reach.overlaps(read):
            return ()
        return reach.inside(read, read.pick(self._matcher))

    async def _ordered(self, reach: Reach, choosing: Choosing) -> list[bytes]:
        """All rows, then in another order and cut."""
        rows: list[Row] = []
        places: list[tuple[str, int]] = []
        size = 0
        async for read in self._walk.reads(reach.since_ms):
            for picked in choosing.choose(read, self._indexes(reach, read)):
                for index, line in reversed(list(zip(picked.indexes, picked.lines, strict=True))):
                    rows.append(msgspec.json.decode(line))
                    places.append((picked.read.entry.id, index))
                    size += len(line)
            if len(rows) >= SORTED_ROWS or size >= SORTED_BYTES:
                self._full = True
                break
        query = Query(stages=tuple(self._tail))
        # In a thread: sorting so many would hold up every viewer of this hub for a tenth of a second.
        chosen = await asyncio.to_thread(
            select, query, rows, newest_first=True, search=regex.found, groups=regex.groups
        )
        self._full = self._full or len(chosen) > self._limit
        return [
            codec.stored_row_json(_encoder.encode(row), entry=places[i][0], index=places[i][1], env=self._env)
            for i, row in chosen[: self._limit]
        ]

    async def _table(self, reach: Reach, choosing: Choosing) -> Table:
        stage = self._plan.table
        if isinstance(stage, Patterns) and stage.vs is not None:
            return await self._compared(stage, reach)
        start, end = reach.seconds
        made = Tabulation(self._plan, start=start, end=end)
        await self._tabulate(made, reach, choosing)
        return fitted("", made.result(), since=self._since(made))

    async def _tabulate(self, made: Tabulation, reach: Reach, choosing: Choosing) -> None:
        async for read in self._walk.reads(reach.since_ms):
            rows = choosing.rows(read, self._indexes(reach, read))
            made.take([(row, reach.second(of, index)) for of, index, row in rows])

    async def _compared(self, stage: Patterns, reach: Reach) -> Table:
        """Templates of two times; both are learnt by one miner, so that equal ones have equal texts."""
        assert stage.vs is not None, "the caller looked"  # noqa: S101 - tells mypy what the caller saw
        miner = Miner()
        all_of_them = replace(self._plan, table=replace(stage, n=limits.PATTERN_ROWS), after=())
        other = await reach_of([stage.vs], self._walk, now=self._now, since_ms=self._since_ms)
        tables = []
        for each in (other, reach):
            start, end = each.seconds
            made = Tabulation(all_of_them, start=start, end=end, miner=miner)
            await self._tabulate(made, each, Choosing(self._head, newest_first=True))
            tables.append(made)
        before, now = tables
        share = (now.end - now.since) / max(1, before.end - before.since)
        result = compared(now.result(), before.result(), share=share, most=stage.n)
        return fitted("", finished(self._plan, result), since=self._since(now))

    def _since(self, made: Tabulation) -> int:
        return max(made.since, self._walk.back_to // 1000) if self._walk.cut else made.since
