"""What this person looks at: mode, viewport, open rows, find; and how each key moves it. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from debugterm_client.core.news import RowAt
from debugterm_client.core.rows import decode, one_line
from debugterm_client.core.scene import Scene
from debugterm_client.core.viewport import Viewport

Mode = Literal["stream", "filter", "command", "say", "find", "ask"]
WIDE = 120
"""From this many columns people and chat stand beside the stream."""


@dataclass(slots=True)
class Desk:
    """The private half of the screen; the shared half is the scene."""

    scene: Scene
    mode: Mode = "stream"
    view: Viewport = field(default_factory=Viewport)
    opened: set[int] = field(default_factory=set)
    wrapped: bool = False
    find: str = ""
    people: bool | None = None
    """Whether the pane is wanted; None follows the width of the screen."""
    helping: bool = False
    help_top: int = 0
    lines: int = 20
    """Lines of the stream pane, as last drawn."""
    columns: int = 80
    """Columns of the screen, as last drawn."""

    def shows_people(self, columns: int) -> bool:
        """Whether people and chat are on screen."""
        return columns >= WIDE if self.people is None else self.people

    def restart(self) -> None:
        """The timeline was replaced: numbers of the old one mean nothing."""
        self.view = Viewport()
        self.opened.clear()

    @property
    def _bounds(self) -> tuple[int, int]:
        return self.scene.timeline.first, self.scene.timeline.end

    def move(self, by: int) -> None:
        """Move the selection; in the help pane, scroll."""
        if self.helping:
            self.help_top = max(0, self.help_top + by)
            return
        first, end = self._bounds
        self.view = self.view.move(by, first=first, end=end)

    def top(self) -> None:
        """Select the oldest row."""
        first, end = self._bounds
        self.view = self.view.select(first, first=first, end=end)

    def pause(self) -> None:
        """Pause, or go live again."""
        self.view = self.view.pause(self.scene.timeline.end) if self.view.live else self.view.go_live()

    def toggle_detail(self) -> None:
        """Open or close the selected row."""
        if self.scene.timeline.end > self.scene.timeline.first:
            self.opened ^= {self.view.cursor}
            self.view = self.view.pause(self.scene.timeline.end)

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
            item = self.scene.timeline[number]
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
        elif not self.view.live:
            self.view = self.view.go_live()
        else:
            return False
        return True
