"""The table of a search: all rows of a stretch of time at once, fed newest first so that an early end keeps the newest.

Defined by `debugterm_protocol.query.tables`, like the rolling ones, and made of the same parts.
"""

from collections.abc import Sequence
from dataclasses import replace

from debugterm_protocol import limits
from debugterm_protocol.query import tables
from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.plan import Plan
from debugterm_protocol.query.stages import Agg, Function, Patterns, Rate, Stats, Timechart, Top
from debugterm_protocol.query.tables import Result
from debugterm_protocol.times import SECOND, parse_time
from debugterm_protocol.views import Cell

from debugterm_server.core import regex
from debugterm_server.core.chart import Chart
from debugterm_server.core.mined import Mined
from debugterm_server.core.patterns import Miner
from debugterm_server.core.rollup import Rollup

TURNED: dict[Function, Function] = {"first": "last", "last": "first"}
"""What is first is the last that comes."""


class Tabulation:
    """The table of rows between two unix seconds, the end not included; batches come newest first.

    Without a start it begins with its oldest row. A chart has at most `limits.TABLE_ROWS` steps, the newest.
    """

    def __init__(self, plan: Plan, *, start: int | None, end: int, miner: Miner | None = None) -> None:
        self._plan = plan
        self._start = start
        self.end = end
        self._oldest = end
        stage = plan.table
        self._made: Rollup | Chart | Mined
        match stage:
            case Stats():
                self._made = Rollup(replace(stage, aggs=tuple(map(_turned, stage.aggs))), now=0)
            case Top() | Rate():
                self._made = Rollup(stage, now=0)
            case Timechart():
                self._made = Chart(replace(stage, agg=_turned(stage.agg)), now=0)
            case Patterns():
                self._made = Mined(stage, now=0, miner=miner)
            case None:
                raise TypeError("a query of rows has no table")
        self._made.seconds = end

    @property
    def since(self) -> int:
        """The unix second from which on rows are in it."""
        made, since = self._made, self._oldest if self._start is None else self._start
        return max(since, self.end - limits.TABLE_ROWS * made.step) if isinstance(made, Chart) else since

    def take(self, rows: Sequence[tuple[Row, int]]) -> None:
        """Rows with their unix seconds, newest first, all older than those before."""
        made = self._made
        self._oldest = min([self._oldest, *(second for _, second in rows)])
        if isinstance(made, Chart):
            by_step: dict[int, list[Row]] = {}
            step, first = made.step, self.end - limits.TABLE_ROWS * made.step
            for row, second in rows:
                if second >= first:
                    by_step.setdefault(second // step * step, []).append(row)
            for at, several in by_step.items():
                made.add(several, at)
            return
        if isinstance(self._plan.table, Rate):
            first = self.end - self._plan.table.per
            rows = [(row, second) for row, second in rows if second >= first]
        made.add([row for row, _ in rows], self.end - 1)

    def result(self, *, most: int = limits.TABLE_ROWS) -> Result:
        """The table after all its stages."""
        self._made.seconds = self.end - self.since
        self._made.slide(self.end)
        made = Result(self._made.columns, list(self._made.rows()), self._made.groups, self._made.other)
        return finished(self._plan, made, most=most)


def compared(now: Result, before: Result, *, share: float, most: int) -> Result:
    """Templates of one time beside those of another; `share` is how much longer the first is than the second."""
    then = {(text, level): n for text, level, n in before.rows}
    rows: list[list[Cell]] = []
    for text, level, n in now.rows[:most]:
        was = then.get((text, level))
        rows.append([text, level, n, round(was * share, 1) if isinstance(was, int) else 0])
    return Result([*now.columns, "before"], rows, now.groups)


def finished(plan: Plan, made: Result, *, most: int = limits.TABLE_ROWS) -> Result:
    """The table after all its stages; of `top` its first rows."""
    if isinstance(plan.table, Top):
        made = replace(made, rows=made.rows[: plan.table.n])
    after = tables.finish(plan.after, made, search=regex.found)
    return replace(after, rows=after.rows[:most])


def second_of(row: Row) -> int:
    """The unix second of a row's own time; 0 when it has none."""
    micros = parse_time(row.get("ts"))
    return 0 if micros is None else micros // SECOND


def _turned(agg: Agg) -> Agg:
    return replace(agg, function=TURNED.get(agg.function, agg.function))
