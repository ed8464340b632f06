"""What one viewer may have in flight, and what it missed while it could not take more.

Rows that were sent and not acknowledged are bounded in number and bytes (decisions.md 5). Beyond that, or while
its socket swallows nothing, a viewer misses whole frames; they are counted exactly and told as one gap in their
place before the next row.
"""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from debugterm_protocol import limits
from debugterm_protocol.offsets import Offset


@dataclass(slots=True)
class Missed:
    """Rows that were not sent: first and last place, how many, by level."""

    first: Offset
    last: Offset
    n: int = 0
    by: Counter[str] = field(default_factory=Counter)


class Window:
    """The flow state of one watch of one viewer."""

    __slots__ = ("_bytes", "_rows", "_sent", "missed")

    def __init__(self) -> None:
        self._sent: deque[tuple[Offset, int, int]] = deque()
        self._rows = 0
        self._bytes = 0
        self.missed: Missed | None = None

    @property
    def open(self) -> bool:
        """Whether another frame may be sent; one may always be under way, whatever its size."""
        return self._rows < limits.WINDOW_ROWS and self._bytes < limits.WINDOW_BYTES

    def sent(self, last: Offset, *, rows: int, size: int) -> None:
        """A frame went out."""
        self._sent.append((last, rows, size))
        self._rows += rows
        self._bytes += size

    def acknowledge(self, offset: Offset) -> None:
        """The viewer has painted everything up to here."""
        while self._sent and self._sent[0][0] <= offset:
            _, rows, size = self._sent.popleft()
            self._rows -= rows
            self._bytes -= size

    def miss(self, first: Offset, last: Offset, *, n: int, by: Mapping[str, int]) -> None:
        """A frame could not be sent."""
        if self.missed is None:
            self.missed = Missed(first, last)
        self.missed.last = last
        self.missed.n += n
        self.missed.by.update(by)
