"""Which part of the timeline is on screen: live at the end, or standing still while rows arrive below.

Numbers are those of the timeline. Heights differ (wrapped rows, open details), so every move asks how many
lines an item takes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

Height = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Viewport:
    """`cursor` is the selected item, `top` the first one shown; both follow the end while `live`."""

    live: bool = True
    cursor: int = 0
    top: int = 0
    frozen_end: int = 0
    """End of the timeline when it was paused: what came after counts as new."""

    def new(self, end: int) -> int:
        """Rows that arrived since the pause."""
        return 0 if self.live else max(0, end - self.frozen_end)

    def pause(self, end: int) -> "Viewport":
        """Stand still."""
        return replace(self, live=False, frozen_end=end) if self.live else self

    def go_live(self) -> "Viewport":
        """Follow the end again."""
        return Viewport()

    def move(self, by: int, *, first: int, end: int) -> "Viewport":
        """Select the item `by` further down; moving up pauses, moving beyond the end goes live."""
        if self.live and by >= 0:
            return self
        target = self.cursor + by
        if by > 0 and self.cursor >= end - 1:
            return self.go_live()
        return self.select(target, first=first, end=end)

    def select(self, target: int, *, first: int, end: int) -> "Viewport":
        """Select one item, paused; one that came after the pause brings the others that came."""
        view = self.pause(end)
        cursor = max(first, min(target, end - 1))
        return replace(view, cursor=cursor, frozen_end=view.frozen_end if cursor < view.frozen_end else end)

    def shifted(self, to: Callable[[int], int]) -> "Viewport":
        """The same view after items were merged in above or between."""
        return replace(self, cursor=to(self.cursor), top=to(self.top), frozen_end=to(self.frozen_end))

    def settle(self, *, first: int, end: int, lines: int, height: Height) -> "Viewport":
        """The same view after rows came or went and the pane changed size: the cursor is kept on screen."""
        if end <= first:
            return replace(self, cursor=first, top=first)
        if self.live:
            return replace(self, cursor=end - 1, top=_top_for(end - 1, first, lines, height))
        if self.frozen_end <= first:
            # Everything that was on screen has been dropped meanwhile.
            return replace(self, frozen_end=end).settle(first=first, end=end, lines=lines, height=height)
        cursor = max(first, min(self.cursor, end - 1))
        lowest = _top_for(cursor, first, lines, height)
        return replace(self, cursor=cursor, top=max(lowest, min(max(self.top, first), cursor)))

    def shown(self, *, end: int, lines: int, height: Height) -> list[int]:
        """The items that are at least partly on screen, from the top."""
        numbers: list[int] = []
        used = 0
        end = end if self.live else min(end, self.frozen_end)
        while used < lines and self.top + len(numbers) < end:
            numbers.append(self.top + len(numbers))
            used += height(numbers[-1])
        return numbers


def _top_for(bottom: int, first: int, lines: int, height: Height) -> int:
    """The first item such that everything down to `bottom` fits; `bottom` itself may be taller than the pane."""
    top, used = bottom, height(bottom)
    while top > first and used + height(top - 1) <= lines:
        top -= 1
        used += height(top)
    return top
