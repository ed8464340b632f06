"""The session line by line: no cursor moves, states as text; for screen readers and dumb terminals.

A typed line that begins with `/` is a private filter, with `:` a command; anything else is said to everybody.
"""

import asyncio
import concurrent.futures
import contextlib
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from debugterm_protocol.exits import Exit
from debugterm_protocol.views import Table

from debugterm_client.core import news
from debugterm_client.core.desk import Desk, Mode
from debugterm_client.core.gaps import gap_text
from debugterm_client.core.keys import COMMANDS
from debugterm_client.core.rows import decode
from debugterm_client.core.sanitize import safe
from debugterm_client.core.scene import Scene, told
from debugterm_client.core.waits import next_try
from debugterm_client.core.wishes import Wish
from debugterm_client.ui.entry import Page
from debugterm_client.ui.hands import Hands
from debugterm_client.ui.lines import Output, colored_line
from debugterm_client.ui.tables import table_text


class Plain:
    """Prints what happens and does what is typed; `run` returns when the person leaves."""

    def __init__(
        self,
        wish: Callable[[Wish], None],
        out: Output,
        *,
        start: Callable[[Coroutine[Any, Any, None]], None],
        color: bool,
    ) -> None:
        self.scene = Scene()
        self._out = out
        self._start = start
        self._color = color
        self._done: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
        self._desk = Desk(self.scene)
        page = Page(wish, self._edit, self._leave, time.monotonic)
        self.hands = Hands(self._desk, page, redraw=lambda: None)
        self._said = ""
        self._table: Table | None = None
        self._welcome = ""
        self._settled = asyncio.Event()
        """Whether it is known how the first connection went: input that ends before does not end the command."""

    async def run(self) -> Exit:
        """Read stdin until its end or `:quit`; the exit status."""
        lines: asyncio.Queue[str | None] = asyncio.Queue(100)
        loop = asyncio.get_running_loop()
        # A thread of its own, because a read of a terminal cannot be cancelled; it dies with the process.
        threading.Thread(target=_read, args=(loop, lines), name="stdin", daemon=True).start()
        self._start(self._listen(lines))
        return await self._done

    async def _listen(self, lines: "asyncio.Queue[str | None]") -> None:
        while (line := await lines.get()) is not None:
            self._typed(line)
        await self._settled.wait()
        self._finish(self.scene.exit or (Exit.OK if self.scene.welcome else Exit.CONNECTION_LOST))

    def take(self, event: news.News) -> None:
        """One piece of news."""
        self.scene.take(event, now=time.monotonic(), wall=time.time())
        self._settle(event)
        match event:
            case news.Batch(watch="log", rows=rows):
                today = datetime.now(UTC).date().isoformat()
                for row in rows:
                    self._out.text(colored_line(decode(row.raw), today=today, color=self._color))
            case news.Counted(frame=Table() as table):
                self._tabled(table)
            case news.Missed(gap=gap):
                self._state(gap_text(gap))
            case news.Up(welcome=welcome):
                self._welcome = f"live in {welcome.env} as {welcome.name} ({welcome.role})"
            case news.Lost(why=why, wait=wait):
                self._state(f"reconnecting: {why}; {next_try(wait)}")
            case news.Ended(why=why, fix=fix, exit=code):
                self._state(f"offline: {why}" + (f"; {fix}" if fix else ""))
                self._finish(code)
            case news.SessionNow(event=happened):
                if happened is not None and (text := told(happened)):
                    self._state(text)
                # The scene says it too, for the full screen: here it is said once.
                self._said = self.scene.event_line(time.monotonic())
            case _:
                self._tell_event()
        self.hands.take(event)

    def _tabled(self, table: Table) -> None:
        """A table that is as the last one is not read out again."""
        if self._table is None or table.rows != self._table.rows:
            for line in table_text(table):
                self._out.text(line)
        self._table = table

    def _settle(self, event: news.News) -> None:
        """Say that it is live once more than the welcome came: a join that is refused ends in one line."""
        if isinstance(event, news.Up | news.Dialing):
            return
        if self._welcome and not isinstance(event, news.Ended | news.Lost):
            self._state(self._welcome)
        self._welcome = ""
        if isinstance(event, news.SessionNow | news.CaughtUp | news.Lost | news.Ended):
            self._settled.set()

    def fail(self, error: BaseException) -> None:
        """A task of ours died."""
        self._state(f"internal error: {type(error).__name__}: {error}")
        self._finish(Exit.FAILED)

    def _tell_event(self) -> None:
        text = self.scene.event_line(time.monotonic())
        if text and text != self._said:
            self._state(text)
        self._said = text

    def _state(self, text: str) -> None:
        self._out.text(f"-- {safe(text)} --")
        if self._out.closed:
            self._finish(Exit.OK)

    def _edit(self, mode: Mode, text: str) -> None:
        """Nothing is edited in place."""

    def _typed(self, line: str) -> None:
        text = line.strip()
        if text == ":help":
            for name, does in (("/QUERY", "private filter"), *COMMANDS, ("TEXT", "say it to everybody here")):
                self._out.text(f"{name}  {does}")
            return
        mode: Mode = "filter" if text.startswith("/") else "command" if text.startswith(":") else "say"
        entry = self.hands.entry
        if not entry.enter(mode, text[1:] if mode != "say" else text) and entry.fault is not None:
            self._state(entry.fault.why)
        self._tell_event()

    def _leave(self) -> None:
        self._finish(self.scene.exit or Exit.OK)

    def _finish(self, code: Exit) -> None:
        if not self._done.done():
            self._done.set_result(code)


def _read(loop: asyncio.AbstractEventLoop, lines: "asyncio.Queue[str | None]") -> None:
    # The loop may be gone when the last line comes: then nobody wants it.
    with contextlib.suppress(RuntimeError, concurrent.futures.CancelledError):
        for line in sys.stdin:
            asyncio.run_coroutine_threadsafe(lines.put(line), loop).result()
        asyncio.run_coroutine_threadsafe(lines.put(None), loop).result()
