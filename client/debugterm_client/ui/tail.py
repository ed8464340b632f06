"""What `debugterm tail` prints of one watch, when it is done, and how it exits."""

import asyncio
from dataclasses import dataclass

import msgspec
from debugterm_protocol import codec
from debugterm_protocol.exits import Exit
from debugterm_protocol.frames import Gap, Problem
from debugterm_protocol.views import Flow, Table

from debugterm_client.core import news
from debugterm_client.core.asked import pointed
from debugterm_client.core.formats import Format
from debugterm_client.core.gaps import gap_text
from debugterm_client.core.refusals import exit_of, refusal
from debugterm_client.core.waits import next_try
from debugterm_client.ui.lines import Output
from debugterm_client.ui.tables import table_json, table_text


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `tail` was asked for."""

    query: str
    form: Format
    follow: bool
    table: bool = False
    """The query aggregates: without `follow` its first table is the answer."""
    most: int | None = None
    """Rows, or tables, after which it ends."""
    until_match: bool = False
    """Ends after the first match; without one it is exit 5."""
    meta: bool = False
    """Gaps and states as JSON lines among the rows."""


class Tail:
    """Prints one watch; `done` is its exit status."""

    def __init__(self, out: Output, wanted: Wanted, *, env: str, color: bool) -> None:
        self._out = out
        self._wanted = wanted
        self._env = env
        self._color = color
        self._left = 1 if wanted.until_match else wanted.most
        self._matched = False
        self._flow = "live"
        self._table: Table | None = None
        self.lost = False
        """Whether a gap was seen."""
        self.done: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()

    def take(self, event: news.News) -> None:
        """One thing that the link tells; nothing counts once it is done."""
        if self.done.done():
            return
        match event:
            case news.Batch(rows=rows):
                self._rows(rows)
            case news.Counted(frame=Table() as table):
                self._tabled(table)
            case news.Missed(gap=gap):
                self._gap(gap)
            case news.CaughtUp():
                self._caught_up(event)
            case news.WatchRefused(problem=problem):
                self._refused(problem)
            case news.Ended(why=why, fix=fix, exit=code):
                self._out.note(f"debugterm: {why}" + (f"; {fix}" if fix else ""))
                self._finish(code)
            case _:
                self._connection(event)

    def _connection(self, event: news.News) -> None:
        match event:
            case news.Up(welcome=welcome, again=again):
                self._env = welcome.env
                if again:
                    self._state("reconnected", "reconnected")
            case news.Resumed(recovered=False):
                self._state("unrecovered", "the place it stopped at is gone; rows before this may be missing")
            case news.Lost(why=why, wait=wait):
                self._state("reconnecting", f"{why}; {next_try(wait)}")
            case news.Restarted(why=why):
                self.lost = True
                self._state("reset", f"the stream was replaced ({why}); rows before this may be missing")
            case news.Quiet(on=True):
                self._state("quiet", "nothing heard from the hub for 25 s")
            case news.Counted(frame=Flow() as flow):
                self._flowed(flow)
            case news.Complaint(problem=problem):
                self._state("problem", refusal(problem))
            case _:
                """Sessions, metrics and rates are for the full screen."""

    def _refused(self, problem: Problem) -> None:
        words, *shown = pointed(self._wanted.query, refusal(problem), problem.column or 0)
        for line in (f"debugterm: {words}", *shown):
            self._out.note(line)
        self._finish(exit_of(problem))

    def _caught_up(self, event: news.CaughtUp) -> None:
        if event.more:
            self._state("older", "older rows match too; the search back stopped at its limit")
        if not (self._wanted.follow or self._wanted.table):
            self._finish(Exit.OK if self._matched or not self._wanted.until_match else Exit.NOT_FOUND)

    def fail(self, error: BaseException) -> None:
        """The link died of a fault of ours."""
        self._out.note(f"debugterm: internal error: {type(error).__name__}: {error}")
        self._finish(Exit.FAILED)

    def _finish(self, code: Exit) -> None:
        if not self.done.done():
            self.done.set_result(code)

    # -- what is printed -----------------------------------------------------------------------------------

    def _rows(self, rows: list[news.RowAt]) -> None:
        if self._left is not None:
            rows = rows[: self._left]
        form = self._wanted.form
        if form == "json":
            self._out.lines(
                codec.stored_row_json(row.raw, entry=row.offset.entry, index=row.offset.row, env=self._env)
                for row in rows
            )
        else:
            for row in rows:
                self._out.row(row.raw, form, color=self._color)
        self._count(len(rows))

    def _tabled(self, table: Table) -> None:
        """JSON has every refresh; for people a table that is as the last one is not said again."""
        if self._wanted.form == "json":
            self._out.lines([table_json(table)])
        elif self._table is None or table.rows != self._table.rows:
            for line in table_text(table):
                self._out.text(line)
            if self._wanted.follow:
                self._out.text("")
        self._table = table
        if not self._wanted.until_match or table.rows:
            self._count(1)
        if not self._wanted.follow:
            self._finish(Exit.OK if self._matched or not self._wanted.until_match else Exit.NOT_FOUND)

    def _count(self, n: int) -> None:
        self._matched = self._matched or n > 0
        if self._left is not None:
            self._left -= n
        if self._out.closed or (self._left is not None and self._left <= 0):
            self._finish(Exit.OK)

    def _gap(self, gap: Gap) -> None:
        self.lost = self.lost or gap.n != 0
        self._out.note(f"-- {gap_text(gap)} --")
        self._meta({"type": "gap"} | _plain(gap))

    def _flowed(self, flow: Flow) -> None:
        if flow.state == self._flow:
            return
        self._flow = flow.state
        below = f", rows below {flow.floor} are left out" if flow.floor else ""
        words = (
            f"{flow.state}: {flow.behind_ms / 1000:.0f} s behind{below}"
            if flow.state != "live"
            else "live again"
        )
        self._out.note(f"-- {words} --")
        self._meta({"type": flow.state, "behind_ms": flow.behind_ms, "floor": flow.floor})

    def _state(self, kind: str, text: str) -> None:
        self._out.note(f"-- {text} --")
        self._meta({"type": kind, "why": text})

    def _meta(self, line: dict[str, object]) -> None:
        if self._wanted.meta:
            self._out.lines([msgspec.json.encode(line)])


def _plain(gap: Gap) -> dict[str, object]:
    shown = {"shown": gap.shown} if gap.shown else {}
    return {"from": gap.start, "to": gap.end, "n": gap.n, "by": gap.by, **shown, "why": gap.why}
