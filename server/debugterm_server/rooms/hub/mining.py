"""Learns the templates of an environment as its rows pass, within a share of the loop, and tells what is new, up or gone.

It sees each entry once, before any frame is built, so that the first row of a new template can be kept when rows are
shed. When rows come faster than it can look, it looks at a fair part of them, says so, and marks none.
"""

import time
from collections.abc import Callable, Sequence

import msgspec
from debugterm_protocol.views import Pattern, Patterns

from debugterm_server.core.trends import BASELINE, STEP, WINDOW, Head, Trends, told
from debugterm_server.rooms.hub.batch import Read

WATCHED = 0.10
"""Share of the loop while somebody watches the environment."""
ALONE = 0.02
"""And while nobody does: a baseline must be there when somebody comes."""
SAVED_SECONDS = 0.1
"""Work that a quiet time saves up for a burst."""
PAST_ROWS = 500_000
"""Rows of the past that are learnt at a start; of each entry at most PAST_OF_ENTRY."""
PAST_OF_ENTRY = 250
WARM_SECONDS = 60
"""Before that, everything is new."""
FRESH_A_SECOND = 20
"""Rows kept as the first of their template; a flood of new texts must not undo the shedding."""
MANY = 500
"""With more templates than this, they are told every FEW_SECONDS only."""
FEW_SECONDS = 5

_KEPT_ANYWAY = frozenset({"error", "fatal"})
_heads = msgspec.json.Decoder(Head)


class Mining:
    """The miner of one environment."""

    def __init__(self, *, since: int, steady: Callable[[], float] = time.perf_counter) -> None:
        self._trends = Trends(since=since)
        self._steady = steady
        self._at = steady()
        self._left = SAVED_SECONDS
        self._cost = 5e-6
        """Seconds a row took of late."""
        self._behind_at = 0
        """The last second in which rows were passed over."""
        self._past_rows = 0
        self._fresh_left = FRESH_A_SECOND
        self._read: tuple[list[Pattern], int] = ([], 0)
        self._read_at = 0

    def take(self, read: Read, *, watched: bool) -> None:
        """Learn the next entry, or what can be afforded of it, and mark its first rows of new templates."""
        started = self._steady()
        self._left = min(SAVED_SECONDS, self._left + (started - self._at) * (WATCHED if watched else ALONE))
        self._at = started
        second = read.place[0] // 1000
        indexes = _some(read.entry.n, int(max(0.0, self._left) / self._cost))
        if len(indexes) < read.entry.n:
            self._behind_at = second
        rows = _heads_of(read, indexes)
        fresh = self._trends.take(rows, indexes, second=second, entry=read.entry.id, came=read.entry.n)
        if fresh and second > self._behind_at and second - self._trends.known_from >= WARM_SECONDS:
            self._mark(read, [index for index in fresh if rows[index].level not in _KEPT_ANYWAY])
        spent = self._steady() - started
        self._left -= spent
        if len(indexes) >= 20:
            self._cost = 0.9 * self._cost + 0.1 * spent / len(indexes)

    def _mark(self, read: Read, fresh: list[int]) -> None:
        kept = fresh[: self._fresh_left]
        self._fresh_left -= len(kept)
        if kept:
            read.fresh = frozenset(kept)

    def take_past(self, read: Read) -> None:
        """Learn an entry from before the start."""
        indexes = _some(read.entry.n, min(PAST_OF_ENTRY, PAST_ROWS - self._past_rows))
        self._past_rows += len(indexes)
        _ = self._trends.take(
            _heads_of(read, indexes),
            indexes,
            second=read.place[0] // 1000,
            entry=read.entry.id,
            came=read.entry.n,
        )

    def reached(self, second: int) -> None:
        """Everything from this second on was given, if it was still learnt."""
        if self._past_rows < PAST_ROWS:
            self._trends.since = second

    def second(self, now: int) -> None:
        """A second is over."""
        self._fresh_left = FRESH_A_SECOND
        if now % STEP == 0:
            self._trends.forget(now)

    def frame(self, ch: str, now: int) -> Patterns:
        """What is told of the templates to who watches a query; they are the environment's, not the query's."""
        few = len(self._trends.miner) <= MANY
        if now != self._read_at and (few or now >= self._read_at + FEW_SECONDS):
            self._read_at = now
            self._read = told(self._trends.read(now)), len(self._trends.miner)
        items, total = self._read
        return Patterns(
            ch=ch,
            window=WINDOW,
            baseline=BASELINE,
            items=items,
            total=total,
            behind=now - self._behind_at <= WINDOW,
        )


def _some(n: int, most: int) -> Sequence[int]:
    """All indexes, or evenly as many as can be afforded."""
    if most >= n:
        return range(n)
    return range(0, n, -(-n // most)) if most > 0 else ()


def _heads_of(read: Read, indexes: Sequence[int]) -> list[Head]:
    if read.columns.decoded:
        return [_head(read.rows[index]) for index in indexes]
    lines = read.lines if indexes else []
    return [_heads.decode(lines[index]) for index in indexes]


def _head(row: dict[str, object]) -> Head:
    return Head(str(row.get("level", "info")), str(row.get("service", "")), str(row.get("message", "")))
