"""The line that is typed: what it may be, what it wishes for when it is entered, and what came of that."""

from collections.abc import Callable
from dataclasses import dataclass

from debugterm_protocol.sessions import Filter

from debugterm_client.core import news, typed
from debugterm_client.core.bar import Bar, Fault, fault_of
from debugterm_client.core.desk import Desk, Mode
from debugterm_client.core.refusals import refusal
from debugterm_client.core.scene import Scene
from debugterm_client.core.wishes import Do, Here, Look, Probe, Wish


@dataclass(frozen=True, slots=True)
class Page:
    """What an entry may do with what it stands on: each is one call."""

    wish: Callable[[Wish], None]
    edit: Callable[[Mode, str], None]
    """Begin to type a line, or with `stream` end it."""
    leave: Callable[[], None]
    clock: Callable[[], float]


class Entry:
    """The line in each of its modes; `fault` is what is wrong with it now."""

    def __init__(
        self, desk: Desk, page: Page, *, follow: Callable[[], None], help_: Callable[[], None]
    ) -> None:
        self._desk = desk
        self._page = page
        self._local = {"live": follow, "help": help_, "quit": page.leave}
        self._before: bool | None = None
        """Whether the query was private before the one that is being asked for."""
        self.fault: Fault | None = None

    @property
    def _scene(self) -> Scene:
        return self._desk.scene

    @property
    def bar(self) -> Bar:
        """What is known of the filter being typed."""
        return self._desk.bar

    def open(self, mode: Mode, text: str = "") -> None:
        """Begin to type a line."""
        self.fault = None
        self._desk.bar = Bar()
        self._page.edit(mode, text)

    def changed(self, text: str, at: int) -> None:
        """The line changed, or the cursor moved in it."""
        if self._desk.mode != "filter":
            self.fault = None
        elif self.bar.typed(text, at):
            self.fault = self.bar.fault
            self._page.wish(Probe(text, at))

    def ask_completions(self) -> None:
        """Show what could be typed here."""
        self.bar.wanted = True
        self._page.wish(Probe(self.bar.text, self.bar.at))

    def take(self, event: news.News) -> None:
        """What came of a wish of this line."""
        match event:
            case news.Looked(text=text, at=at, answer=answer) if self._desk.mode == "filter":
                self.bar.answered(text, at, answer)
                self.fault = self.bar.fault
            case news.LookRefused(query=query, problem=problem):
                if self._before is not None:
                    self._scene.private = self._before
                if self._desk.mode == "stream":
                    self.open("filter", query)
                self.fault = Fault(refusal(problem), problem.column or 0)
            case news.Watching(watch="log"):
                self._before = None
            case _:
                """Not asked for by a line."""

    # -- entered -----------------------------------------------------------------------------------------

    def enter(self, mode: Mode, text: str) -> bool:
        """A line was entered; False keeps it open because something is wrong with it."""
        text = " ".join(text.split("\n")).strip()
        self.fault = fault_of(text) if mode == "filter" else None
        if self.fault is not None:
            return False
        match mode:
            case "filter":
                self.apply(text)
            case "command":
                return self._command(text)
            case "say":
                return self._say(text)
            case "find":
                self._find(text)
            case _:
                """Nothing is typed."""
        return True

    def apply(self, query: str) -> None:
        """Set a query: for everybody while this person drives, else for this screen."""
        if self._scene.driving:
            self._page.wish(Do(Filter(query)))
        else:
            self.look(query)

    def look(self, query: str) -> None:
        """Watch a query on this screen."""
        shared = self._scene.snapshot.view.query if self._scene.snapshot else ""
        # Said before the hub answers: its backlog may be through first, and would look for the shared filter.
        self._before, self._scene.private = self._scene.private, query != shared
        self._page.wish(Look(query))

    def _say(self, text: str) -> bool:
        self._page.wish(Here(self._scene.stream.query, typing=False))
        return self._command(f"say {text}") if text else True

    def _find(self, text: str) -> None:
        desk = self._desk
        desk.find = text
        if text and not (desk.next_hit(back=True) or desk.next_hit(back=False)):
            self._scene.say(f"{text!r} is not in the loaded rows", now=self._page.clock())

    def _command(self, text: str) -> bool:
        if not text:
            return True
        try:
            wish = typed.read(text)
        except typed.NotACommand as error:
            self.fault = Fault(str(error))
            return False
        if isinstance(wish, typed.Local):
            self._local[wish.action]()
        else:
            self._page.wish(Do(wish))
        return True
