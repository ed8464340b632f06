"""Which rolling table a table stage needs, and what all of them can do."""

from collections.abc import Iterator, Sequence
from typing import Protocol, assert_never

from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.plan import Plan
from debugterm_protocol.query.stages import Patterns, Rate, Stats, Timechart, Top
from debugterm_protocol.views import Cell

from debugterm_server.core.chart import Chart
from debugterm_server.core.mined import Mined
from debugterm_server.core.rollup import Rollup


class Rolling(Protocol):
    """A table over the last `seconds`. All times are unix seconds; rows come in stream order."""

    seconds: int

    @property
    def columns(self) -> list[str]:
        """Their names."""

    @property
    def since(self) -> int:
        """Every row from this second on is counted."""

    @property
    def groups(self) -> int:
        """How many rows it has."""

    @property
    def other(self) -> bool:
        """Whether some values had to share one."""

    def take(self, rows: Sequence[Row], second: int) -> None:
        """Rows that came in one second; later calls bring later ones."""

    def earlier(self, rows: Sequence[Row], second: int) -> None:
        """Rows that came in one second, all before those that are counted already."""

    def reached(self, second: int) -> None:
        """From this second on everything was given."""

    def sliding(self, now: int) -> Iterator[None]:
        """Move the window on, some groups at a time: it ends before the second `now`. Only `take` may come between."""

    def rows(self) -> Iterator[list[Cell]]:
        """The table; nothing but `take` may come between the first row and the last."""


def of(plan: Plan, *, now: int) -> Rolling:
    """An empty table for the table stage of a plan, counting from `now` on."""
    match plan.table:
        case Stats() | Top() | Rate():
            return Rollup(plan.table, now=now)
        case Timechart():
            return Chart(plan.table, now=now)
        case Patterns():
            return Mined(plan.table, now=now)
        case None:
            raise TypeError("a query of rows has no table")
        case _:
            assert_never(plan.table)
