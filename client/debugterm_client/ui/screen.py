"""The full screen: windows, the line that is typed, keys from the table, redraws at a bounded rate."""

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine
from typing import Any

from debugterm_protocol.exits import Exit
from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import ConditionalContainer, HSplit, Layout, VSplit, Window
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.styles import Style

from debugterm_client.core import news
from debugterm_client.core.desk import Desk, Mode
from debugterm_client.core.keys import KEYS, hints
from debugterm_client.core.scene import Scene
from debugterm_client.ui import header
from debugterm_client.ui.body import Body
from debugterm_client.ui.fit import Fragment, cut, width
from debugterm_client.ui.hands import Hands, Hub
from debugterm_client.ui.header import Moment
from debugterm_client.ui.theme import ASCII, COLORS, PLAIN, Signs

REDRAW_SECONDS = 0.033
SLOW_REDRAW_SECONDS = 0.1
SLOW_FRAME_SECONDS = 0.010
PROMPTS: dict[Mode, str] = {
    "filter": "/ ",
    "command": ": ",
    "say": "say ",
    "find": "find ",
    "stream": "",
    "ask": "",
}


class Screen:
    """One full screen session; `run` returns when the person leaves."""

    def __init__(
        self,
        hub: Hub,
        *,
        start: Callable[[Coroutine[Any, Any, None]], None],
        color: bool,
        ascii_only: bool,
        output: Output | None = None,
        source: Input | None = None,
    ) -> None:
        self.scene = Scene()
        self.desk = Desk(self.scene)
        self._signs = ASCII if ascii_only else Signs()
        self.hands = Hands(
            self.desk,
            hub,
            clock=time.monotonic,
            start=start,
            edit=self._edit,
            leave=self._leave,
            redraw=self._redraw,
        )
        self._histories: dict[Mode, InMemoryHistory] = {}
        self._buffer = self._fresh_buffer("command")
        self._input = BufferControl(self._buffer, focusable=True)
        self._body = Body(self.desk, self._signs, self._moment)
        self._drawn_at = 0.0
        self.app: Application[Exit] = Application(
            layout=self._layout(),
            key_bindings=self._keys(),
            style=Style.from_dict(COLORS if color else PLAIN),
            color_depth=ColorDepth.DEPTH_4_BIT if color else ColorDepth.DEPTH_1_BIT,
            full_screen=True,
            min_redraw_interval=REDRAW_SECONDS,
            refresh_interval=1.0,
            before_render=lambda _: self._before(),
            after_render=lambda _: self._after(),
            output=output,
            input=source,
        )
        # Esc is a key of its own here; the default would wait half a second for the rest of a sequence.
        self.app.ttimeoutlen = 0.05
        self.app.timeoutlen = 0.1

    async def run(self) -> Exit:
        """Draw until the person leaves; the exit status."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._leave)
        try:
            return await self.app.run_async(handle_sigint=False)
        finally:
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.remove_signal_handler(number)

    def take(self, event: news.News) -> None:
        """One piece of news: into the scene, and the screen is drawn again when its turn comes."""
        timeline = self.scene.timeline
        self.scene.take(event, now=time.monotonic(), wall=time.time())
        if self.scene.timeline is not timeline:
            self.desk.restart()
        if isinstance(event, news.SessionNow | news.CaughtUp):
            # While the backlog comes the link is still setting up: `CaughtUp` looks again.
            if not self.scene.replaying:
                self.hands.follow()
            if self.desk.shows_people(self.desk.columns):
                self.scene.unread = 0
        self.app.invalidate()

    def fail(self, error: BaseException) -> None:
        """A task of ours died: say so and stay."""
        self.hands.say(f"internal error: {type(error).__name__}: {error}", kind="error")
        self.app.invalidate()

    def _redraw(self) -> None:
        self.app.renderer.clear()

    def _leave(self) -> None:
        if self.app.is_running and not self.app.is_done:
            self.app.exit(result=self.scene.exit or Exit.OK)

    @staticmethod
    def _moment() -> Moment:
        return Moment(time.monotonic(), time.time())

    def _before(self) -> None:
        self._drawn_at = time.perf_counter()

    def _after(self) -> None:
        slow = time.perf_counter() - self._drawn_at > SLOW_FRAME_SECONDS
        self.app.min_redraw_interval = SLOW_REDRAW_SECONDS if slow else REDRAW_SECONDS

    # -- the line that is typed --------------------------------------------------------------------------

    def _fresh_buffer(self, mode: Mode) -> Buffer:
        history = self._histories.setdefault(mode, InMemoryHistory())
        return Buffer(
            history=history, multiline=False, on_text_changed=lambda buffer: self._changed(buffer.text)
        )

    def _changed(self, text: str) -> None:
        if self.desk.mode == "filter":
            self.hands.check("filter", text)
        else:
            self.hands.error = ""

    def _edit(self, mode: Mode, text: str) -> None:
        self.desk.mode = mode
        if mode in ("stream", "ask"):
            self.app.layout.focus(self._body)
        else:
            self._buffer = self._fresh_buffer(mode)
            self._buffer.insert_text(text)
            self._input.buffer = self._buffer
            self.app.layout.focus(self._input)
        self.app.invalidate()

    def _enter(self) -> None:
        mode, text = self.desk.mode, self._buffer.text
        self._edit("stream", "")
        if self.hands.enter(mode, text):
            self._buffer.append_to_history()
        else:
            error, column = self.hands.error, self.hands.column
            self._edit(mode, text)
            self.hands.error, self.hands.column = error, column

    # -- keys ----------------------------------------------------------------------------------------------

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        streaming = Condition(lambda: self.desk.mode == "stream")
        typing = Condition(lambda: self.desk.mode not in ("stream", "ask"))
        asking = Condition(lambda: self.desk.mode == "ask")
        for binding in KEYS:
            action: Callable[[], None] = getattr(self.hands, f"do_{binding.action}")
            for key in binding.keys:
                keys.add(key, filter=streaming)(_pressed(action))
        keys.add("enter", filter=typing)(_pressed(self._enter))
        for key in ("escape", "c-c"):
            keys.add(key, filter=typing, eager=key == "c-c")(_pressed(self._cancel))
        keys.add(Keys.Any, filter=asking)(self._answered)
        keys.add("c-c", filter=asking)(_pressed(self._leave))
        return keys

    def _cancel(self) -> None:
        self.hands.error = ""
        self._edit("stream", "")

    def _answered(self, event: KeyPressEvent) -> None:
        self._edit("stream", "")
        if event.data in ("y", "Y", "q"):
            self._leave()

    # -- windows -------------------------------------------------------------------------------------------

    def _layout(self) -> Layout:
        def row(draw: Callable[[int], list[Fragment]], least: int = 0) -> ConditionalContainer:
            control = FormattedTextControl(lambda: [*draw(self._columns)])
            window = Window(control, height=1, wrap_lines=False, always_hide_cursor=True)
            return ConditionalContainer(window, Condition(lambda: self._rows >= least))

        typing = Condition(lambda: self.desk.mode not in ("stream", "ask"))
        prefix = FormattedTextControl(lambda: [("class:prompt", PROMPTS[self.desk.mode])])
        entry = VSplit(
            [Window(prefix, dont_extend_width=True), Window(self._input, wrap_lines=False)], height=1
        )
        return Layout(
            HSplit(
                [
                    row(
                        lambda columns: header.session_line(
                            self.scene, self.desk.view, columns, self._moment()
                        )
                    ),
                    row(lambda columns: header.query_line(self.scene, columns), 8),
                    row(lambda columns: header.gauge_line(self.scene, columns, self._signs), 12),
                    row(lambda columns: [("class:rule", self._signs.rule * columns)], 16),
                    Window(self._body, wrap_lines=False, always_hide_cursor=True),
                    row(self._status, 14),
                    row(self._event),
                    ConditionalContainer(entry, typing),
                    ConditionalContainer(row(self._idle_prompt, 12), ~typing),
                    row(self._hints, 10),
                ]
            ),
            focused_element=self._body,
        )

    @property
    def _columns(self) -> int:
        return self.app.output.get_size().columns

    @property
    def _rows(self) -> int:
        return self.app.output.get_size().rows

    def _status(self, columns: int) -> list[Fragment]:
        return header.status_line(
            self.scene, self.desk.view, columns, wrapped=self.desk.wrapped, find=self.desk.find
        )

    def _event(self, columns: int) -> list[Fragment]:
        # Under 10 rows there is no line below the one that is typed: its error takes this one.
        if self.desk.mode not in ("stream", "ask") and self.hands.error and self._rows < 10:
            return self._hints(columns)
        return header.event_line(self.scene, columns, self._moment())

    def _idle_prompt(self, columns: int) -> list[Fragment]:
        if self.desk.mode == "ask":
            return [("class:prompt", cut("Leave the session? y = leave, any other key stays", columns))]
        if self.scene.unread and not self.desk.shows_people(columns):
            word = "line" if self.scene.unread == 1 else "lines"
            return [
                ("class:prompt", ":"),
                ("class:event", f"  {self.scene.unread} new chat {word}, Tab reads"),
            ]
        return [("class:prompt", ":"), ("class:dim", " read-only" if self.scene.read_only else "")]

    def _pointed(self, mode: Mode, columns: int) -> str:
        hands = self.hands
        if not hands.column:
            return cut(f"  {hands.error}", columns)
        return under(hands.error, len(PROMPTS[mode]) + hands.column, columns)

    def _hints(self, columns: int) -> list[Fragment]:
        hands = self.hands
        match self.desk.mode:
            case "ask":
                return [("", "")]
            case "stream":
                return [("class:dim", hints(columns))]
            case mode if hands.error:
                return [("class:error", self._pointed(mode, columns))]
            case "filter":
                whose = "for everybody: you drive" if self.scene.driving else "only for you"
                return [("class:dim", cut(f"  Enter apply ({whose})  Esc keep the old one", columns))]
            case "say":
                return [
                    (
                        "class:dim",
                        cut("  Enter says it to everybody here, it is recorded  Esc cancel", columns),
                    )
                ]
            case "command":
                return [
                    (
                        "class:dim",
                        cut("  :filter :drive :say :title :live :help :quit  Enter run  Esc cancel", columns),
                    )
                ]
            case _:
                return [("class:dim", cut("  Enter find  n next  N previous  Esc cancel", columns))]


def under(error: str, cell: int, columns: int) -> str:
    """An error with a caret under its place (1-based cell) in one line; its hint goes first when room is short."""
    cell = max(1, min(cell, columns))
    for words in (error, error.partition("; ")[0]):
        after = f"{' ' * (cell - 1)}^ {words}"
        if width(after) <= columns:
            return after
        before = f"{words} ^"
        if width(before) <= cell:
            return " " * (cell - width(before)) + before
    if cell <= columns // 2:
        return cut(f"{' ' * (cell - 1)}^ {error}", columns)
    shown = cut(error, cell - 2)
    return f"{' ' * (cell - 2 - width(shown))}{shown} ^"


def _pressed(action: Callable[[], None]) -> Callable[[KeyPressEvent], None]:
    def pressed(_event: KeyPressEvent) -> None:
        action()

    return pressed
