"""The full screen: windows, the line that is typed, keys from the table, redraws at a bounded rate."""

import asyncio
import gc
import signal
import time
from collections.abc import Callable
from dataclasses import replace

from debugterm_protocol.exits import Exit
from prompt_toolkit.application import Application
from prompt_toolkit.filters import Condition
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import ConditionalContainer, HSplit, Layout, VSplit, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.styles import Style

from debugterm_client.core import news
from debugterm_client.core.desk import Desk
from debugterm_client.core.keys import KEYS
from debugterm_client.core.scene import Scene
from debugterm_client.core.wishes import Wish
from debugterm_client.ui import header, prompt
from debugterm_client.ui.body import Body
from debugterm_client.ui.counts import histogram_lines
from debugterm_client.ui.entry import Page
from debugterm_client.ui.fit import Fragment
from debugterm_client.ui.hands import Hands
from debugterm_client.ui.header import Moment
from debugterm_client.ui.theme import ASCII, COLORS, PLAIN, Signs
from debugterm_client.ui.typist import Typist

REDRAW_SECONDS = 0.033
SLOW_REDRAW_SECONDS = 0.1
SLOW_FRAME_SECONDS = 0.010
COLLECT = (20_000, 20, 50)
"""Collections are rarer than by default: rows and lines are dropped by count, cycles are few."""
TALL = 30
"""From this many rows the histogram has its second line and a rule parts the head from the stream."""


class Screen:
    """One full screen session; `run` returns when the person leaves."""

    def __init__(
        self,
        wish: Callable[[Wish], None],
        *,
        color: bool,
        ascii_only: bool,
        output: Output | None = None,
        source: Input | None = None,
    ) -> None:
        self.scene = Scene()
        self.desk = Desk(self.scene)
        self._signs = replace(ASCII if ascii_only else Signs(), letters=not color)
        self._typist = Typist(self.desk, focus=self._focus)
        page = Page(wish, self._typist.edit, self._leave, time.monotonic)
        self.hands = Hands(self.desk, page, redraw=self._redraw)
        self._typist.entry = self.hands.entry
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
        # What was imported stays for good: without it a collection costs six frames.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT)
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._leave)
        try:
            return await self.app.run_async(handle_sigint=False)
        finally:
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.remove_signal_handler(number)

    def take(self, event: news.News) -> None:
        """One piece of news: into the scene, and the screen is drawn again when its turn comes."""
        before = self.scene.stream
        self.scene.take(event, now=time.monotonic(), wall=time.time())
        if self.scene.stream is not before:
            self.desk.restart(before)
        self.hands.take(event)
        if self.desk.panes.shows("people"):
            self.scene.unread = 0
        self.app.invalidate()

    def fail(self, error: BaseException) -> None:
        """A task of ours died: say so and stay."""
        self.hands.say(f"internal error: {type(error).__name__}: {error}", kind="error")
        self.app.invalidate()

    def _focus(self, line: bool) -> None:  # noqa: FBT001 - what the typist calls it with
        self.app.layout.focus(self._typist.control if line else self._body)
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
        self.hands.settle()
        slow = time.perf_counter() - self._drawn_at > SLOW_FRAME_SECONDS
        self.app.min_redraw_interval = SLOW_REDRAW_SECONDS if slow else REDRAW_SECONDS

    # -- keys ----------------------------------------------------------------------------------------------

    def _keys(self) -> KeyBindings:
        keys, typist = KeyBindings(), self._typist
        streaming = Condition(lambda: self.desk.mode == "stream")
        typing = Condition(lambda: self._typist.typing)
        asking = Condition(lambda: self.desk.mode == "ask")
        for binding in KEYS:
            act: Callable[[], None] = getattr(self.hands, f"do_{binding.action}")
            for key in binding.keys:
                keys.add(key, filter=streaming)(_pressed(act))
        typed: dict[str, Callable[[], None]] = {
            "enter": typist.enter,
            "tab": typist.complete,
            "c-space": typist.complete_here,
            "up": lambda: typist.choose(-1),
            "down": lambda: typist.choose(1),
            "escape": typist.cancel,
            "c-c": typist.cancel,
        }
        for key, action in typed.items():
            keys.add(key, filter=typing, eager=key == "c-c")(_pressed(action))
        keys.add(Keys.Any, filter=asking)(self._answered)
        keys.add("c-c", filter=asking)(_pressed(self._leave))
        return keys

    def _answered(self, event: KeyPressEvent) -> None:
        self._typist.edit("stream", "")
        if event.data in ("y", "Y", "q"):
            self._leave()

    # -- windows -------------------------------------------------------------------------------------------

    def _layout(self) -> Layout:
        def row(draw: Callable[[int], list[Fragment]], least: int = 0) -> ConditionalContainer:
            control = FormattedTextControl(lambda: [*draw(self._columns)])
            window = Window(control, height=1, wrap_lines=False, always_hide_cursor=True)
            return ConditionalContainer(window, Condition(lambda: self._rows >= least))

        typing = Condition(lambda: self._typist.typing)
        prefix = FormattedTextControl(lambda: [("class:prompt", prompt.PROMPTS[self.desk.mode])])
        entry = VSplit(
            [Window(prefix, dont_extend_width=True), Window(self._typist.control, wrap_lines=False)], height=1
        )
        completing = Condition(lambda: self.desk.mode == "filter" and self.desk.bar.open)
        return Layout(
            HSplit(
                [
                    row(
                        lambda columns: header.session_line(
                            self.scene, self.desk.view, columns, self._moment()
                        )
                    ),
                    row(lambda columns: header.query_line(self.scene, columns), 8),
                    row(lambda columns: self._counts(columns, 0), 12),
                    row(lambda columns: self._counts(columns, 1), TALL),
                    row(lambda columns: header.gauge_line(self.scene, columns, self._signs), 16),
                    row(lambda columns: [("class:rule", self._signs.rule * columns)], TALL),
                    Window(self._body, wrap_lines=False, always_hide_cursor=True),
                    ConditionalContainer(row(self._status, 14), ~completing),
                    ConditionalContainer(row(self._event), ~completing),
                    ConditionalContainer(entry, typing),
                    ConditionalContainer(
                        row(lambda columns: prompt.idle_line(self.desk, columns), 12), ~typing
                    ),
                    row(self._under, 10),
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
        if self._typist.typing and self.hands.entry.fault is not None and self._rows < 10:
            return self._under(columns)
        return header.event_line(self.scene, columns, self._moment())

    def _under(self, columns: int) -> list[Fragment]:
        return prompt.under_line(self.desk, self.hands.entry.fault, columns)

    def _counts(self, columns: int, number: int) -> list[Fragment]:
        lines = histogram_lines(self.scene.stream.histogram, columns, self._signs, marks=self._rows >= TALL)
        return lines[number]


def _pressed(action: Callable[[], None]) -> Callable[[KeyPressEvent], None]:
    def pressed(_event: KeyPressEvent) -> None:
        action()

    return pressed
