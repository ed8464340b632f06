"""What is counted of a whole environment, whoever watches what: its rows by second, a sample of them, their templates."""

from collections.abc import Callable

from debugterm_server.core.catalog import MINUTES as CATALOG_MINUTES
from debugterm_server.core.histogram import Histogram
from debugterm_server.kit.clock import Clock
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.mining import Mining
from debugterm_server.rooms.hub.recount import Place, Recount, Stream
from debugterm_server.rooms.hub.sample import Sample

PAST_SECONDS = 20 * 60
"""Counted back at the start: the window and the baseline of the patterns."""


class Census:
    """The counts of one environment. Every entry passes once; its past is counted at the start."""

    def __init__(self, env: str, stream: Stream, *, top: Callable[[], Place], clock: Clock) -> None:
        self.top = top
        """The newest entry that was handed on."""
        self._clock = clock
        self.recount = Recount(env, stream)
        self.everything = Histogram(exact_from=0)
        self.sample = Sample()
        self.mining = Mining(since=self.now())
        self._past: _Past | None = None

    def now(self) -> int:
        """The unix second that runs."""
        return int(self._clock())

    def begin(self) -> None:
        """Count from the present top on, and what lies before it: at the start, and when the stream was replaced."""
        if self._past is not None:
            self.recount.drop(self._past)
        place = self.top()
        self.everything = Histogram(exact_from=place[0] // 1000 + 1)
        # What was learnt of the rows stays true when the stream is replaced; learnt again it would count twice.
        self._past = _Past(self, before=(place[0], place[1] + 1), learn=self._past is None)
        self.recount.add(self._past)

    def take(self, read: Read, *, watched: bool) -> None:
        """The next entry, live, before anybody is told of it; `watched` by at least one viewer."""
        self.everything.add(read.place[0] // 1000, read.entry.levels)
        self.mining.take(read, watched=watched)
        self.sample.take(read)

    def take_past(self, read: Read, *, learn: bool) -> None:
        """An entry from before the start; `learn` its templates, too."""
        second = read.place[0] // 1000
        self.everything.add(second, read.entry.levels)
        if learn:
            self.mining.take_past(read)
        if second > self.now() - 60 * CATALOG_MINUTES:
            self.sample.take(read)

    def second(self, now: int) -> None:
        """A second is over."""
        self.everything.advance(now - 1)
        self.mining.second(now)
        self.sample.second(now)

    def choices(self, most: int) -> list[str]:
        """The attributes whose values are most worth counting."""
        return self.sample.catalog.choices(most)


class _Past:
    """What came before the start."""

    def __init__(self, census: Census, *, before: Place, learn: bool) -> None:
        self.before = before
        self._census = census
        self._learn = learn

    def back_to(self) -> int | None:
        return self._census.now() - PAST_SECONDS

    def take(self, read: Read) -> None:
        self._census.take_past(read, learn=self._learn)

    def reached(self, second: int) -> None:
        self._census.everything.exact_from = second
        if self._learn:
            self._census.mining.reached(second)
