"""The line that is typed as prompt-toolkit holds it: buffer, history, completion, and the keys that work in it."""

from collections.abc import Callable

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.layout.controls import BufferControl

from debugterm_client.core.desk import Desk, Mode
from debugterm_client.ui.entry import Entry


class Typist:
    """One line, in whatever mode the desk is; `entry` reads it. `focus` says whether the keys go to the line."""

    def __init__(self, desk: Desk, *, focus: Callable[[bool], None]) -> None:
        self._desk = desk
        self._focus = focus
        self._histories: dict[Mode, InMemoryHistory] = {}
        self._buffer = self._fresh("command")
        self.control = BufferControl(self._buffer, focusable=True)
        self.entry: Entry | None = None
        """Set before the first key: it begins lines, too."""

    @property
    def typing(self) -> bool:
        """Whether a line is being typed."""
        return self._desk.mode not in ("stream", "ask")

    def _fresh(self, mode: Mode) -> Buffer:
        history = self._histories.setdefault(mode, InMemoryHistory())
        return Buffer(
            history=history,
            multiline=False,
            on_text_changed=self._changed,
            on_cursor_position_changed=self._changed,
        )

    def _changed(self, buffer: Buffer) -> None:
        if self.entry is not None:
            self.entry.changed(buffer.text, buffer.cursor_position)

    def edit(self, mode: Mode, text: str) -> None:
        """Begin a line in a mode; `stream` and `ask` end it."""
        self._desk.mode = mode
        if self.typing:
            self._buffer = self._fresh(mode)
            self._buffer.insert_text(text)
            self.control.buffer = self._buffer
        self._focus(self.typing)

    def enter(self) -> None:
        """The line is done; it opens again when something is wrong with it."""
        entry = self.entry
        if entry is None:
            return
        mode, text, bar = self._desk.mode, self._buffer.text, self._desk.bar
        self.edit("stream", "")
        if entry.enter(mode, text):
            self._buffer.append_to_history()
        else:
            fault = entry.fault
            self.edit(mode, text)
            self._desk.bar, entry.fault = bar, fault

    def complete(self) -> None:
        """Accept the chosen completion; without one, ask for some."""
        if self._desk.mode != "filter" or self.entry is None:
            return
        if (accepted := self._desk.bar.accept()) is None:
            self.entry.ask_completions()
        else:
            self._buffer.document = Document(*accepted)

    def complete_here(self) -> None:
        """Show what could be typed."""
        if self._desk.mode == "filter" and self.entry is not None:
            self.entry.ask_completions()

    def choose(self, by: int) -> None:
        """Another completion; without a list, another line of the history."""
        if self._desk.mode == "filter" and self._desk.bar.open:
            self._desk.bar.choose(by)
        elif by < 0:
            self._buffer.auto_up()
        else:
            self._buffer.auto_down()

    def cancel(self) -> None:
        """Close the list; without one, the line."""
        if self._desk.mode == "filter" and self._desk.bar.close():
            return
        if self.entry is not None:
            self.entry.fault = None
        self.edit("stream", "")
