"""Which panes stand where at a width: the right ones fold first, then the left one; below, a pane takes the whole."""

from dataclasses import dataclass
from typing import Literal

Side = Literal["", "facets", "patterns", "people"]
SIDES: tuple[Side, ...] = ("", "facets", "patterns", "people")
WIDE = 120
"""From this many columns a pane stands beside the stream."""
WIDEST = 150
"""From this many columns the facets stand at the left, patterns and people at the right."""


@dataclass(frozen=True, slots=True)
class Panes:
    """What is on screen besides the stream."""

    whole: Side = ""
    """A pane in the place of the stream."""
    left: Side = ""
    right: tuple[Side, ...] = ()
    """From top to bottom."""

    def shows(self, side: Side) -> bool:
        """Whether a pane is on screen."""
        return side in (self.whole, self.left, *self.right)


def arrange(columns: int, side: Side, *, folded: bool) -> Panes:
    """The panes for a width, when `side` is wanted; `folded`: nothing beside the stream unless it is."""
    if columns < WIDE:
        return Panes(whole=side)
    if folded and not side:
        return Panes()
    if columns >= WIDEST:
        return Panes(left="facets", right=("patterns", "people"))
    return Panes(right=(side,)) if side in ("patterns", "people") else Panes(left="facets")


def next_side(columns: int, focus: Side) -> Side:
    """Where Tab goes: from the stream through the panes and back."""
    order = SIDES if columns < WIDEST else SIDES[:-1]
    return order[(order.index(focus) + 1) % len(order)] if focus in order else ""
