"""What one viewer is sent while it cannot take everything: its window, its floor, what was shed, how it keeps up.

The **window** bounds what was sent and not acknowledged, `limits.WRITE_BUFFER_BYTES` what its socket has not taken. How
full the fuller of the two is decides the **floor**, the lowest level that is still sent:

    full below 70 %   everything            (an honest viewer of 20,000 rows/s that acknowledges 4 times a second: 40 %)
    from 70 %         info and above
    from 80 %         warn and above
    from 90 %         error and above
    from 100 %        nothing
    15 s behind       error and above at the best, until it caught up: `summary`

The floor rises at once and falls 25 points later than it rose, so that it does not flutter. What is shed is counted
by level; nothing is ever shed and not counted. Times are seconds of any steady clock.
"""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from debugterm_protocol import limits
from debugterm_protocol.levels import LEVELS
from debugterm_protocol.offsets import Offset

State = Literal["live", "lagging", "summary"]

FLOORS = ("", "info", "warn", "error", "none")
"""The lowest level still sent, by floor; `none` when not even errors are."""
LOWEST = tuple(LEVELS.index(name) for name in ("trace", "info", "warn", "error"))
"""The rank of that level in LEVELS, for the four floors at which something is sent."""
ALL, ERRORS, NOTHING = 0, 3, 4
RISE = (0.0, 0.70, 0.80, 0.90, 1.0)
"""How full window or socket are when each floor begins."""
EASY_ROWS = RISE[1] * limits.WINDOW_ROWS
EASY_BYTES = RISE[1] * limits.WINDOW_BYTES
EASY_WAITING = RISE[1] * limits.WRITE_BUFFER_BYTES
HOLD = 0.25
PAST = 0.45
"""The past is sent only up to here: who goes over to live needs room for what is live."""
SUMMARY_SECONDS = 15.0
CAUGHT_UP_SECONDS = 1.0
"""Nothing unacknowledged is older than this: the viewer has caught up."""
CALM_SECONDS = 2.0
"""A viewer is called live again when nothing was shed for this long."""


@dataclass(slots=True)
class Missed:
    """Rows that were not sent: first and last place, and how many of each level."""

    first: Offset
    last: Offset
    by: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Sent:
    """A frame under way: its place, rows and bytes, and when it was sent; one object for all who got it together."""

    last: Offset
    rows: int
    size: int
    at: float


class Flow:
    """The flow of one watch of one viewer."""

    __slots__ = ("_bytes", "_floor", "_rows", "_sent", "_shed_at", "_summary", "missed")

    def __init__(self) -> None:
        self._sent: deque[Sent] = deque()
        self._rows = 0
        self._bytes = 0
        self._floor = ALL
        self._summary = False
        self._shed_at: float | None = None
        self.missed: Missed | None = None
        """Shed and not told yet; whatever is sent next comes after the gap that tells it."""

    def fill(self, waiting: int) -> float:
        """How full the window or the socket is, whichever is fuller; `waiting` in bytes."""
        return max(
            self._rows / limits.WINDOW_ROWS,
            self._bytes / limits.WINDOW_BYTES,
            waiting / limits.WRITE_BUFFER_BYTES,
        )

    def floor(self, waiting: int, now: float) -> int:
        """The floor for what comes next."""
        full = self.fill(waiting)
        if full < RISE[1] and not self._floor:
            return ALL
        floor = _begun(full)
        if floor < self._floor:
            floor = min(self._floor, _begun(full + HOLD))
        behind = self.behind(now)
        if self._summary:
            self._summary = behind >= CAUGHT_UP_SECONDS
        elif floor:
            self._summary = behind >= SUMMARY_SECONDS
        self._floor = max(floor, ERRORS) if self._summary else floor
        return self._floor

    def easy(self, waiting: int) -> bool:
        """Whether everything may be sent and nothing need be told before: what nearly every viewer answers each time."""
        return (
            self._rows < EASY_ROWS
            and self._bytes < EASY_BYTES
            and waiting < EASY_WAITING
            and not self._floor
            and self.missed is None
        )

    def sent(self, frame: Sent) -> None:
        """A frame went out."""
        self._sent.append(frame)
        self._rows += frame.rows
        self._bytes += frame.size

    def shed(self, now: float) -> None:
        """Rows were left out of a frame that told so itself."""
        self._shed_at = now

    def miss(self, first: Offset, last: Offset, *, by: Mapping[str, int], now: float) -> None:
        """Rows were shed and nothing of them was sent."""
        self._shed_at = now
        if self.missed is None:
            self.missed = Missed(first, last)
        self.missed.last = last
        self.missed.by.update(by)

    def acknowledge(self, offset: Offset) -> None:
        """The viewer has painted everything up to here."""
        while self._sent and self._sent[0].last <= offset:
            frame = self._sent.popleft()
            self._rows -= frame.rows
            self._bytes -= frame.size

    def behind(self, now: float) -> float:
        """Seconds since the oldest frame that is not acknowledged was sent."""
        return now - self._sent[0].at if self._sent else 0.0

    def state(self, waiting: int, now: float) -> tuple[State, str]:
        """How it keeps up, and the lowest level it is sent."""
        name = FLOORS[self.floor(waiting, now)]
        if self._summary:
            return "summary", name
        calm = self._shed_at is None or now - self._shed_at >= CALM_SECONDS
        return ("live", "") if calm and not self._floor and self.missed is None else ("lagging", name)


def _begun(full: float) -> int:
    """The highest floor that has begun."""
    floor = NOTHING
    while full < RISE[floor]:
        floor -= 1
    return floor
