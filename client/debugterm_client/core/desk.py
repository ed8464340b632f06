"""What this person looks at: mode, viewport, panes, open rows, find; and how each key moves it. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from debugterm_protocol.offsets import Offset

from debugterm_client.core.bar import Bar
from debugterm_client.core.layout import Panes, Side, arrange, next_side
from debugterm_client.core.news import RowAt
from debugterm_client.core.picks import Picks
from debugterm_client.core.rows import decode, one_line
from debugterm_client.core.scene import Scene
from debugterm_client.core.stream import Stream
from debugterm_client.core.timeline import Item, Older, Timeline
from debugterm_client.core.viewport import Viewport
from debugterm_client.core.wishes import Aside

Mode = Literal["stream", "filter", "command", "say", "find", "ask"]


@dataclass(slots=True)
class Desk:
    """The private half of the screen; the shared half is the scene."""

    scene: Scene
    mode: Mode = "stream"
    bar: Bar = field(default_factory=Bar)
    view: Viewport = field(default_factory=Viewport)
    opened: set[int] = field(default_factory=set)
    wrapped: bool = False
    find: str = ""
    side: Side = ""
    """The pane that is wanted."""
    focus: Side = ""
    """The pane that the keys move; empty for the stream."""
    folded: bool = False
    """Whether a wide screen shows the stream alone."""
    picks: Picks = field(default_factory=Picks)
    helping: bool = False
    help_top: int = 0
    table_top: int = 0
    """First row of the table on screen."""
    lines: int = 20
    """Lines of the stream pane, as last drawn."""
    columns: int = 80
    """Columns of the screen, as last drawn."""
    _anchor: Offset | None = None
    """Where a paused view stood when the query changed."""

    # -- panes -------------------------------------------------------------------------------------------

    @property
    def panes(self) -> Panes:
        """What stands beside the stream, or in its place."""
        return arrange(self.columns, self.side, folded=self.folded)

    def show(self, side: Side) -> None:
        """Look at a pane; again, and the stream is back. The stream itself folds everything else."""
        if self.focus == side:
            self.folded, side = side == "", ""
        self.side = self.focus = side
        self._settle_focus()

    def tab(self) -> None:
        """The next pane; unread chat goes first."""
        unread = self.scene.unread and not self.panes.shows("people")
        self.side = self.focus = "people" if unread else next_side(self.columns, self.focus)
        self._settle_focus()

    def _settle_focus(self) -> None:
        self.folded = self.folded and not self.side
        if self.panes.shows("people"):
            self.scene.unread = 0

    @property
    def aside(self) -> Aside:
        """What the hub is to tell beside the rows: what is on screen."""
        panes = self.panes
        return Aside(histogram=True, facets=panes.shows("facets"), patterns=panes.shows("patterns"))

    # -- the stream --------------------------------------------------------------------------------------

    @property
    def _timeline(self) -> Timeline:
        return self.scene.stream.timeline

    def restart(self, old: Stream) -> None:
        """The query changed: a view that stood still finds its place again among the new rows."""
        if not self.view.live and old.timeline.first <= self.view.cursor < old.timeline.end:
            self._anchor = old.timeline.offset(self.view.cursor)
        self.view, self.table_top = Viewport(), 0
        self.opened.clear()

    def caught_up(self) -> None:
        """The rows of the new query are there: stand where the old ones stood."""
        anchor, self._anchor = self._anchor, None
        first, end = self._bounds
        if anchor is None:
            return
        nearest = self._timeline.nearest(anchor) if end > first else end
        back = range(nearest, first - 1, -1)
        for number in (*back, *range(nearest + 1, end)):
            if number < end and isinstance(self._timeline[number], RowAt):
                self.view = self.view.select(number, first=first, end=end)
                return

    def follow_shifts(self) -> None:
        """Items were merged in: the same ones stay selected, open and on screen."""
        for shift in self.scene.stream.shifts:
            self.view = self.view.shifted(shift)
            self.opened = {shift(number) for number in self.opened}
        self.scene.stream.shifts.clear()

    @property
    def _bounds(self) -> tuple[int, int]:
        return self._timeline.first, self._timeline.end

    def move(self, by: int) -> None:
        """Move the selection of the pane that has the keys; the help scrolls."""
        match self.focus:
            case _ if self.helping:
                self.help_top = max(0, self.help_top + by)
            case "facets":
                self.picks.move_facet(by, self.scene.stream.facets)
            case "patterns":
                self.picks.move_pattern(by, self.scene.stream.patterns)
            case _ if self.scene.stream.table_wanted:
                self.table_top = max(0, self.table_top + by)
            case _:
                self._move_row(by)

    def _move_row(self, by: int) -> None:
        first, end = self._bounds
        self.view = self.view.move(by, first=first, end=end)

    def top(self) -> None:
        """Select the oldest row."""
        first, end = self._bounds
        self.view = self.view.select(first, first=first, end=end)

    def pause(self) -> None:
        """Pause, or go live again."""
        if self.view.live:
            self.view = self.view.pause(self._timeline.end)
        else:
            self.go_live()

    def go_live(self) -> None:
        """Follow the end; what was fetched by hand may go again when room is short."""
        self.view = self.view.go_live()
        self._timeline.relax()

    @property
    def at_top(self) -> bool:
        """Whether the oldest line is selected."""
        first, end = self._bounds
        return end > first and not self.view.live and self.view.cursor == first

    @property
    def selected(self) -> Item | None:
        """The selected item; None while live, or when there is none."""
        first, end = self._bounds
        if self.view.live or not first <= self.view.cursor < end:
            return None
        return self._timeline[self.view.cursor]

    def step_off(self, number: int) -> None:
        """Select the item below the first line: what is fetched above it must not carry the view away."""
        first, end = self._bounds
        if number == first and isinstance(self._timeline[number], Older) and end > first + 1:
            self.view = self.view.select(first + 1, first=first, end=end)

    def toggle_detail(self) -> None:
        """Open or close the selected row."""
        if self._timeline.end > self._timeline.first:
            self.opened ^= {self.view.cursor}
            self.view = self.view.pause(self._timeline.end)

    def next_error(self, *, back: bool) -> bool:
        """Select the next or previous error; False when there is none."""
        return self._seek(
            lambda row: (b'"error"' in row.raw or b'"fatal"' in row.raw) and decode(row.raw).bad, back=back
        )

    def next_hit(self, *, back: bool) -> bool:
        """Select the next or previous row that shows the text looked for."""
        needle = self.find.casefold()
        return bool(needle) and self._seek(
            lambda row: needle in one_line(decode(row.raw), today="").casefold(), back=back
        )

    def _seek(self, good: Callable[[RowAt], bool], *, back: bool) -> bool:
        first, end = self._bounds
        for number in self._numbers(back=back):
            item = self._timeline[number]
            if isinstance(item, RowAt) and good(item):
                self.view = self.view.select(number, first=first, end=end)
                return True
        return False

    def _numbers(self, *, back: bool) -> Iterator[int]:
        first, end = self._bounds
        start = min(max(self.view.cursor, first), end)
        if back:
            # While live the last row itself is news: the first "previous" may be the newest.
            yield from range(start if self.view.live else start - 1, first - 1, -1)
        else:
            yield from range(start + 1, end)

    def close_one(self) -> bool:
        """Close what is open, innermost first; False when nothing is."""
        if self.helping:
            self.helping = False
        elif self.opened:
            self.opened.clear()
        elif self.find:
            self.find = ""
        elif self.focus or self.side:
            self.focus = self.side = ""
        elif not self.view.live:
            self.go_live()
        else:
            return False
        return True
