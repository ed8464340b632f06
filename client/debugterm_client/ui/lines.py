"""Rows and states as lines on stdout and stderr: what `tail`, `search` and plain mode print."""

import asyncio
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import BinaryIO, TextIO

import msgspec
from debugterm_protocol import codec
from debugterm_protocol.exits import Exit
from debugterm_protocol.frames import Gap

from debugterm_client.core import news
from debugterm_client.core.gaps import gap_text
from debugterm_client.core.refusals import exit_of, refusal
from debugterm_client.core.rows import Row, decode, one_line
from debugterm_client.core.sanitize import safe, safe_json
from debugterm_client.core.waits import next_try

COLORS = {"T": "90", "D": "90", "I": "", "W": "33", "E": "1;31", "F": "1;31"}


def colored_line(row: Row, *, today: str, color: bool) -> str:
    """One row as one line; colour only for what is not plain information."""
    text = one_line(row, today=today)
    code = COLORS.get(row.letter, "") if color else ""
    return f"\x1b[{code}m{text}\x1b[0m" if code else text


class Output:
    """Stdout as this command uses it: whole lines, flushed at once, and a closed pipe is a quiet end."""

    def __init__(self, out: BinaryIO, err: TextIO, *, terminal: bool) -> None:
        self._out = out
        self._err = err
        self.terminal = terminal
        self.closed = False

    def lines(self, lines: Iterable[bytes]) -> None:
        """Write lines; after the reader is gone (`| head`) nothing more is written."""
        data = b"".join(line + b"\n" for line in lines)
        if self.terminal:
            data = b"\n".join(
                safe_json(part).encode() for part in data.decode("utf-8", "replace").split("\n")
            )
        self._write(data)

    def text(self, text: str) -> None:
        """Write one line that is safe already."""
        self._write(text.encode("utf-8", "backslashreplace") + b"\n")

    def _write(self, data: bytes) -> None:
        if self.closed:
            return
        try:
            self._out.write(data)
            self._out.flush()
        except BrokenPipeError:
            self.closed = True
            # The interpreter flushes stdout once more at exit; that must not fail a second time.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def note(self, text: str) -> None:
        """Say something that is not data, on stderr."""
        print(safe(text), file=self._err, flush=True)


class Tail:
    """Prints the rows of one watch as they come, and knows when the command is done and how it exits."""

    def __init__(
        self, out: Output, *, env: str, as_json: bool, meta: bool, color: bool, most: int | None, follow: bool
    ) -> None:
        self._out = out
        self._env = env
        self._as_json = as_json
        self._meta = meta
        self._color = color
        self._left = most
        self._follow = follow
        self._connected = False
        self.lost = False
        """Whether a gap was seen."""
        self.done: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()

    def take(self, event: news.News) -> None:
        """One thing that the link tells."""
        match event:
            case news.Batch(rows=rows):
                self._rows(rows)
            case news.Missed(gap=gap):
                self._gap(gap)
            case news.CaughtUp(more=more):
                self._caught_up(more=more)
            case news.WatchRefused(problem=problem):
                self._out.note(f"debugterm: {refusal(problem)}")
                self._finish(exit_of(problem))
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
            case news.Lost(why=why, wait=wait):
                self._state("reconnecting", f"{why}; {next_try(wait)}")
            case news.Restarted(why=why):
                self.lost = True
                self._state("reset", f"the stream was replaced ({why}); rows before this may be missing")
            case news.Quiet(on=True):
                self._state("quiet", "nothing heard from the hub for 25 s")
            case news.Complaint(problem=problem):
                self._state("problem", refusal(problem))
            case _:
                """Sessions, metrics and rates are for the full screen."""

    def _caught_up(self, *, more: bool) -> None:
        if more:
            self._state("older", "older rows match too; the search back stopped at its limit")
        if not self._follow:
            self._finish(Exit.OK)

    def fail(self, error: BaseException) -> None:
        """The link died of a fault of ours."""
        self._out.note(f"debugterm: internal error: {type(error).__name__}: {error}")
        self._finish(Exit.FAILED)

    def _finish(self, code: Exit) -> None:
        if not self.done.done():
            self.done.set_result(code)

    def _rows(self, rows: list[news.RowAt]) -> None:
        if self._left is not None:
            rows, self._left = rows[: self._left], self._left - len(rows)
        if self._as_json:
            self._out.lines(
                codec.stored_row_json(row.raw, entry=row.offset.entry, index=row.offset.row, env=self._env)
                for row in rows
            )
        else:
            today = datetime.now(UTC).date().isoformat()
            for row in rows:
                self._out.text(colored_line(decode(row.raw), today=today, color=self._color))
        if self._out.closed or (self._left is not None and self._left <= 0):
            self._finish(Exit.OK)

    def _gap(self, gap: Gap) -> None:
        self.lost = self.lost or gap.n != 0
        self._out.note(f"-- {gap_text(gap)} --")
        if self._meta:
            self._out.lines([msgspec.json.encode({"type": "gap"} | _plain(gap))])

    def _state(self, kind: str, text: str) -> None:
        self._out.note(f"-- {text} --")
        if self._meta:
            self._out.lines([msgspec.json.encode({"type": kind, "why": text})])


def _plain(gap: Gap) -> dict[str, object]:
    return {"from": gap.start, "to": gap.end, "n": gap.n, "by": gap.by, "why": gap.why}
