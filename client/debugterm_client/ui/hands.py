"""What each key and typed line does: moves the desk, or asks the link and says what came of it."""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from debugterm_protocol.query import BadQuery, parse
from debugterm_protocol.sessions import Command, Filter

from debugterm_client.core import typed
from debugterm_client.core.desk import Desk, Mode
from debugterm_client.core.scene import Scene

BACK = "-15m"
"""How far a new filter looks back."""


class Refusal(Exception):
    """The hub or the line said no: one line of words, and the column in the query if there is one."""

    def __init__(self, why: str, column: int | None = None) -> None:
        super().__init__(why)
        self.column = column


class Hub(Protocol):
    """What the hands need of the link; every method raises Refusal."""

    async def watch(self, query: str, *, since: str) -> None:
        """Watch another query."""

    async def command(self, command: Command) -> None:
        """Do something in the session."""

    def here(self, *, typing: bool, query: str) -> None:
        """Tell the others what I look at."""

    def retry(self) -> None:
        """Connect now."""


class Hands:
    """Keys to actions; `do_NAME` is the action NAME of `core.keys`."""

    def __init__(
        self,
        desk: Desk,
        hub: Hub,
        *,
        clock: Callable[[], float],
        start: Callable[[Coroutine[Any, Any, None]], None],
        edit: Callable[[Mode, str], None],
        leave: Callable[[], None],
        redraw: Callable[[], None],
    ) -> None:
        self._desk = desk
        self._hub = hub
        self._clock = clock
        self._start = start
        self._edit = edit
        self._leave = leave
        self._redraw = redraw
        self._interrupted = -10.0
        self.error = ""
        self.column = 0
        """Where in the line that is being typed the error is; 0 when it has no place."""

    @property
    def _scene(self) -> Scene:
        return self._desk.scene

    def say(self, text: str, *, kind: str = "note") -> None:
        """Show one line for a while."""
        self._scene.say(text, now=self._clock(), kind=kind)

    # -- keys ------------------------------------------------------------------------------------------

    def do_filter(self) -> None:
        """Edit the filter."""
        self.open("filter", self._scene.query)

    def do_command(self) -> None:
        """Type a command."""
        self.open("command")

    def do_say(self) -> None:
        """Type a chat line."""
        self._hub.here(typing=True, query=self._scene.query)
        self.open("say")

    def do_find(self) -> None:
        """Type a text to find."""
        self.open("find", self._desk.find)

    def open(self, mode: Mode, text: str = "") -> None:
        """Begin to type a line."""
        self.error, self.column = "", 0
        self._edit(mode, text)

    def do_pause(self) -> None:
        """Pause or resume."""
        self._desk.pause()

    def do_live(self) -> None:
        """Go live."""
        self._desk.helping = False
        self._desk.view = self._desk.view.go_live()

    def do_follow(self) -> None:
        """Go live and follow the shared filter."""
        self.do_live()
        if self._scene.private:
            self._scene.private = False
            self.say("following the shared filter again")
        self.follow()

    def do_down(self) -> None:
        """Next row."""
        self._desk.move(1)

    def do_up(self) -> None:
        """Previous row."""
        self._desk.move(-1)

    def do_page_down(self) -> None:
        """One page down."""
        self._desk.move(max(1, self._desk.lines - 1))

    def do_page_up(self) -> None:
        """One page up."""
        self._desk.move(-max(1, self._desk.lines - 1))

    def do_half_down(self) -> None:
        """Half a page down."""
        self._desk.move(max(1, self._desk.lines // 2))

    def do_half_up(self) -> None:
        """Half a page up."""
        self._desk.move(-max(1, self._desk.lines // 2))

    def do_top(self) -> None:
        """Oldest row."""
        self._desk.top()

    def do_next_error(self) -> None:
        """Next error."""
        if not self._desk.next_error(back=False):
            self.say("no error below; E looks above")

    def do_previous_error(self) -> None:
        """Previous error."""
        if not self._desk.next_error(back=True):
            self.say("no error above")

    def do_find_next(self) -> None:
        """Next hit."""
        self._hit(back=False)

    def do_find_previous(self) -> None:
        """Previous hit."""
        self._hit(back=True)

    def _hit(self, *, back: bool) -> None:
        if not self._desk.find:
            self.say("nothing to find yet; Ctrl-F begins")
        elif not self._desk.next_hit(back=back):
            self.say(f"{self._desk.find!r} is not {'above' if back else 'below'}")

    def do_detail(self) -> None:
        """Open or close the row."""
        self._desk.toggle_detail()

    def do_wrap(self) -> None:
        """Wrap long rows."""
        self._desk.wrapped = not self._desk.wrapped

    def do_people(self) -> None:
        """Show or hide people and chat."""
        shown = self._desk.shows_people(self._desk.columns)
        self._desk.people = not shown
        self._scene.unread = 0

    def do_help(self) -> None:
        """Show or hide the keys."""
        self._desk.helping, self._desk.help_top = not self._desk.helping, 0

    def do_redraw(self) -> None:
        """Draw everything again."""
        self._redraw()

    def do_retry(self) -> None:
        """Connect now."""
        if self._scene.line.state in ("reconnecting", "connecting"):
            self._hub.retry()

    def do_back(self) -> None:
        """Close what is open."""
        self._desk.close_one()

    def do_quit(self) -> None:
        """Close what is open, or ask whether to leave."""
        if self._desk.helping or self._desk.opened:
            self._desk.close_one()
        elif self._scene.line.state == "offline":
            self._leave()
        else:
            self._edit("ask", "")

    def do_interrupt(self) -> None:
        """Leave on the second time within a second."""
        now = self._clock()
        if now - self._interrupted < 1.0:
            self._leave()
        else:
            self._interrupted = now
            self.say("Ctrl-C once more leaves")

    # -- typed lines -----------------------------------------------------------------------------------

    def check(self, mode: Mode, text: str) -> bool:
        """Whether the line can be entered; an error is kept with its column for the line below."""
        self.error, self.column = "", 0
        if mode == "filter":
            try:
                parse(text)
            except BadQuery as bad:
                self.error, self.column = bad.why + (f"; {bad.hint}" if bad.hint else ""), bad.column
        return not self.error

    def enter(self, mode: Mode, text: str) -> bool:
        """A line was entered; False keeps it open because something is wrong with it."""
        text = " ".join(text.split("\n")).strip()
        if not self.check(mode, text):
            return False
        match mode:
            case "filter" if self._scene.driving:
                self._do(self._command(Filter(text)))
            case "filter":
                self._start(self._filter(text))
            case "command":
                return self._typed(text)
            case "say":
                return self._said(text)
            case "find":
                self._desk.find = text
                if text and not (self._desk.next_hit(back=True) or self._desk.next_hit(back=False)):
                    self.say(f"{text!r} is not in the loaded rows")
            case _:
                pass
        return True

    def _said(self, text: str) -> bool:
        self._hub.here(typing=False, query=self._scene.query)
        if text:
            self._typed(f"say {text}")
        return True

    def _typed(self, text: str) -> bool:
        if not text:
            return True
        try:
            wish = typed.read(text)
        except typed.NotACommand as error:
            self.error = str(error)
            return False
        if isinstance(wish, typed.Local):
            {"live": self.do_follow, "help": self.do_help, "quit": self._leave}[wish.action]()
        else:
            self._do(self._command(wish))
        return True

    def _do(self, coro: Coroutine[Any, Any, None]) -> None:
        self._start(coro)

    async def _command(self, command: Command) -> None:
        try:
            await self._hub.command(command)
        except Refusal as refusal:
            self.say(str(refusal), kind="error")
            return
        if isinstance(command, Filter):
            self._scene.private = False

    async def _filter(self, text: str) -> None:
        shared = self._scene.snapshot.view.query if self._scene.snapshot else ""
        # Said before the hub answers: its backlog may be through first, and would look for the shared filter.
        before, self._scene.private = self._scene.private, text != shared
        try:
            await self._hub.watch(text, since=BACK)
        except Refusal as refusal:
            self._scene.private = before
            self.open("filter", text)
            self.error, self.column = str(refusal), refusal.column or 0
            self.say(str(refusal), kind="error")
            return
        self._hub.here(typing=False, query=text)

    def follow(self) -> None:
        """Watch the shared filter, unless this person looks at something else."""
        snapshot = self._scene.snapshot
        if snapshot is not None and not self._scene.private and snapshot.view.query != self._scene.query:
            self._start(self._filter(snapshot.view.query))
