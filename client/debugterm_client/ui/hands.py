"""What each key does: moves the desk, or wishes for something; `do_NAME` is the action NAME of `core.keys`."""

from collections.abc import Callable

from debugterm_client.core import news
from debugterm_client.core.desk import Desk
from debugterm_client.core.gaps import Hole
from debugterm_client.core.layout import Side
from debugterm_client.core.scene import Scene
from debugterm_client.core.timeline import Older
from debugterm_client.core.wishes import Aside, Here, Retry
from debugterm_client.ui.entry import Entry, Page
from debugterm_client.ui.reach import Reach

QUIT_SECONDS = 1.0
"""Ctrl-C twice within this time leaves."""


class Hands:
    """The keys of the stream and its panes; the line that is typed is its `entry`."""

    def __init__(self, desk: Desk, page: Page, *, redraw: Callable[[], None]) -> None:
        self._desk = desk
        self._page = page
        self._redraw = redraw
        self._interrupted = -QUIT_SECONDS
        self._aside = Aside()
        self.entry = Entry(desk, page, follow=self.do_follow, help_=self.do_help)
        self._reach = Reach(desk, page, apply=self.entry.apply, say=self.say)

    @property
    def _scene(self) -> Scene:
        return self._desk.scene

    def say(self, text: str, *, kind: str = "note") -> None:
        """Show one line for a while."""
        self._scene.say(text, now=self._page.clock(), kind=kind)

    def take(self, event: news.News) -> None:
        """News after the scene has it: what a wish came to, and what follows from it."""
        self._desk.follow_shifts()
        self.entry.take(event)
        match event:
            case news.CaughtUp(watch="log"):
                self._desk.caught_up()
                self.follow()
            case news.SessionNow() if not self._scene.stream.replaying:
                # While the backlog comes the link is still setting up: `CaughtUp` looks again.
                self.follow()
            case _:
                """Nothing follows."""

    def settle(self) -> None:
        """Ask the hub for what is on screen beside the rows, when that changed."""
        if self._desk.aside != self._aside and self._scene.welcome is not None:
            self._aside = self._desk.aside
            self._page.wish(self._aside)

    def follow(self) -> None:
        """Watch the shared filter, unless this person looks at something else."""
        snapshot = self._scene.snapshot
        if (
            snapshot is not None
            and not self._scene.private
            and snapshot.view.query != self._scene.stream.query
        ):
            self.entry.look(snapshot.view.query)

    # -- lines -------------------------------------------------------------------------------------------

    def do_filter(self) -> None:
        """Edit the filter."""
        self.entry.open("filter", self._scene.stream.query)

    def do_command(self) -> None:
        """Type a command."""
        self.entry.open("command")

    def do_say(self) -> None:
        """Type a chat line."""
        self._page.wish(Here(self._scene.stream.query, typing=True))
        self.entry.open("say")

    def do_find(self) -> None:
        """Type a text to find."""
        self.entry.open("find", self._desk.find)

    # -- moves -------------------------------------------------------------------------------------------

    def do_pause(self) -> None:
        """Pause or resume."""
        self._desk.pause()

    def do_live(self) -> None:
        """Go live."""
        self._desk.helping = False
        self._desk.go_live()

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
        """Previous row; at the top, older ones."""
        self._up(1)

    def do_page_down(self) -> None:
        """One page down."""
        self._desk.move(max(1, self._desk.lines - 1))

    def do_page_up(self) -> None:
        """One page up; at the top, older rows."""
        self._up(max(1, self._desk.lines - 1))

    def do_half_down(self) -> None:
        """Half a page down."""
        self._desk.move(max(1, self._desk.lines // 2))

    def do_half_up(self) -> None:
        """Half a page up."""
        self._up(max(1, self._desk.lines // 2))

    def _up(self, by: int) -> None:
        if by > 1 and self._desk.at_top and not (self._desk.focus or self._desk.helping):
            self._reach.fetch()
        else:
            self._desk.move(-by)

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

    # -- the selected thing --------------------------------------------------------------------------------

    def do_detail(self) -> None:
        """Open or close the row; fill the gap; include the facet or the pattern."""
        if self._desk.focus in ("facets", "patterns"):
            self._reach.narrow("include")
        elif isinstance(self._desk.selected, Hole | Older):
            self._reach.fetch()
        else:
            self._desk.toggle_detail()

    def do_include(self) -> None:
        """Narrow the query to the selected value."""
        self._reach.narrow("include")

    def do_exclude(self) -> None:
        """Leave the selected value out."""
        self._reach.narrow("exclude")

    def do_only(self) -> None:
        """Only the selected value of this field."""
        self._reach.narrow("only")

    # -- panes and the way out -----------------------------------------------------------------------------

    def do_wrap(self) -> None:
        """Wrap long rows."""
        self._desk.wrapped = not self._desk.wrapped

    def do_stream(self) -> None:
        """The stream alone."""
        self._show("")

    def do_patterns(self) -> None:
        """The patterns."""
        self._show("patterns")

    def do_facets(self) -> None:
        """The facets."""
        self._show("facets")

    def do_people(self) -> None:
        """People and chat."""
        self._show("people")

    def _show(self, side: Side) -> None:
        self._desk.helping = False
        self._desk.show(side)
        self.settle()

    def do_pane(self) -> None:
        """The next pane."""
        self._desk.tab()
        self.settle()

    def do_help(self) -> None:
        """Show or hide the keys."""
        self._desk.helping, self._desk.help_top = not self._desk.helping, 0

    def do_redraw(self) -> None:
        """Draw everything again."""
        self._redraw()

    def do_retry(self) -> None:
        """Connect now."""
        if self._scene.line.state != "up":
            self._page.wish(Retry())

    def do_back(self) -> None:
        """Close what is open."""
        self._desk.close_one()
        self.settle()

    def do_quit(self) -> None:
        """Close what is open, or ask whether to leave."""
        if self._desk.helping or self._desk.opened or self._desk.side:
            self.do_back()
        elif self._scene.line.state == "offline":
            self._page.leave()
        else:
            self._page.edit("ask", "")

    def do_interrupt(self) -> None:
        """Leave on the second time within a second."""
        now = self._page.clock()
        if now - self._interrupted < QUIT_SECONDS:
            self._page.leave()
        else:
            self._interrupted = now
            self.say("Ctrl-C once more leaves")
