"""The stream as this client has it: rows and gaps, rates, what the hub counted, and how it keeps up."""

from dataclasses import dataclass, field, replace

from debugterm_protocol.frames import Gap, Why
from debugterm_protocol.offsets import BadOffset, Offset, parse
from debugterm_protocol.views import Facets, Flow, Patterns, Table

from debugterm_client.core import news
from debugterm_client.core.gaps import WORDS, Hole, fill, hole_of
from debugterm_client.core.histogram import Histogram
from debugterm_client.core.timeline import Chrome, Older, Shift, Timeline
from debugterm_client.core.wishes import Fetch
from debugterm_client.core.words import counted

FROM_THE_START = "0-0-0"


@dataclass(slots=True)
class Fetching:
    """What is being fetched: a hole by its first offset, or older rows than all."""

    hole: Offset | None
    fresh: int = 0


@dataclass(slots=True)
class Stream:
    """One watch of rows or of a table; see the module. A new query begins a new one."""

    query: str = ""
    table_wanted: bool = False
    """The query aggregates."""
    start: str = ""
    timeline: Timeline = field(default_factory=Timeline)
    replaying: bool = True
    all_rate: int = 0
    match_rate: int = 0
    lag: float | None = None
    last_row_at: float | None = None
    flow: Flow | None = None
    histogram: Histogram = field(default_factory=Histogram)
    facets: Facets | None = None
    patterns: Patterns | None = None
    table: Table | None = None
    lost: dict[Why, int] = field(default_factory=dict)
    """Rows that were not sent and not filled, by reason."""
    lost_unknown: bool = False
    shifts: list[Shift] = field(default_factory=list)
    """How items moved since the view last looked."""
    fetching: Fetching | None = None
    _refilled: int = 0
    _lost_before: int = 0
    _refilling: bool = False

    @property
    def lost_rows(self) -> int:
        """Rows that are known to be missing."""
        return sum(self.lost.values())

    @property
    def lost_words(self) -> str:
        """`lost 0`, or how many and why: `lost 1,204 (slow 1,200, quota 4)`."""
        why = ", ".join(f"{WORDS[why]} {n:,}" for why, n in self.lost.items() if n)
        unknown = "+?" if self.lost_unknown else ""
        return f"lost {self.lost_rows:,}{unknown}" + (f" ({why})" if why else "")

    def take(self, event: news.News, *, now: float, hub_now: float | None) -> str:
        """One piece of news of this watch; a line worth saying, if any. `hub_now`: unix seconds by the hub's clock."""
        match event:
            case news.Batch(rows=rows):
                self.timeline.add(rows)
                self._refilled += len(rows)
                self.last_row_at = now
                if hub_now is not None and not self.replaying:
                    self.lag = max(0.0, hub_now - rows[-1].offset.ms / 1000)
            case news.Missed(gap=gap):
                self._missed(gap)
            case news.Restarted(why=why):
                self.timeline.restart(
                    Chrome("gap", f"the stream was replaced ({why}); rows before may be missing")
                )
                self.lost_unknown = True
            case news.Resumed(recovered=False):
                return "the place you stopped at is gone; rows before this may be missing"
            case news.CaughtUp():
                self._caught_up(event)
            case news.Rated():
                self.all_rate, self.match_rate = event.all, event.match
                self.histogram.add(event.second, event.by)
            case news.Counted():
                self._counted(event)
            case _:
                return self._asked(event)
        return ""

    def _asked(self, event: news.News) -> str:
        match event:
            case news.Fetched():
                return self._fetched(event)
            case news.FetchFailed(why=why):
                self._stop_fetching()
                return f"not fetched: {why}"
            case _:
                return ""

    def _counted(self, event: news.Counted) -> None:
        match event.frame:
            case Flow() as flow:
                self.flow = flow
            case Facets() as facets:
                self.facets = facets
            case Patterns() as patterns:
                self.patterns = patterns
            case Table() as table:
                self.table, self.replaying = table, False
            case frame:
                self.histogram.take(frame)

    # -- gaps and cuts ---------------------------------------------------------------------------------

    def _missed(self, gap: Gap) -> None:
        try:
            self.shifts.append(self.timeline.put_hole(hole_of(gap)))
        except BadOffset:
            self.timeline.add([Chrome("gap", "gap: rows are missing here")])
        self.lost[gap.why] = self.lost.get(gap.why, 0) + (gap.n or 0)
        self.lost_unknown = self.lost_unknown or gap.n is None

    def pause_rates(self) -> None:
        """The line is cut: nothing flows, and nobody says how this viewer keeps up."""
        self.all_rate = self.match_rate = 0
        self.flow = None

    def begin_refill(self) -> None:
        """The line is back: what comes until it caught up fills the cut."""
        self.replaying = True
        self._refilling, self._refilled, self._lost_before = True, 0, self.lost_rows
        self._stop_fetching()

    def _caught_up(self, event: news.CaughtUp) -> None:
        self.replaying = False
        if self._refilling:
            lost = self.lost_rows - self._lost_before
            note = f"reconnected, {counted(self._refilled, 'row')} filled, {lost:,} lost"
            self.timeline.add([Chrome("note", note)])
            self._refilling = False
            return
        back_to = event.back_to or self.start
        if back_to and self.timeline.older is None:
            self.timeline.put_older(Older(parse(back_to)))
        if self._refilled:
            self.timeline.add([Chrome("note", "live from here")])

    # -- fetching ----------------------------------------------------------------------------------------

    def fetch(self, number: int) -> Fetch | None:
        """What to ask for when this item is to be filled; None when there is nothing to ask."""
        if self.fetching is not None or not self.timeline.first <= number < self.timeline.end:
            return None
        match self.timeline[number]:
            case Hole(state="open") as hole if self.timeline.reaches(number):
                self.timeline.put(number, replace(hole, state="fetching"))
                self.fetching = Fetching(hole.start)
                return Fetch(str(hole.start), str(hole.end))
            case Older(back_to=Offset() as back_to):
                self.timeline.put(number, Older(back_to, fetching=True))
                self.fetching = Fetching(None)
                return Fetch(FROM_THE_START, str(back_to))
            case _:
                return None

    def _fetched(self, event: news.Fetched) -> str:
        if self.fetching is None:
            return ""
        shift, fresh = self.timeline.merge(event.rows)
        self.shifts.append(shift)
        self.fetching.fresh += fresh
        words = self._filled(event, fresh) if self.fetching.hole else self._went_back(event)
        if event.done:
            self.fetching = None
        return words

    def _filled(self, event: news.Fetched, fresh: int) -> str:
        number = self._fetching_at()
        if number is None:
            return ""
        hole = self.timeline[number]
        assert isinstance(hole, Hole)  # noqa: S101 - _fetching_at looked
        filled = fill(hole, fresh, done=event.done, back_to=event.back_to)
        self.timeline.put(number, filled)
        self.lost[hole.gap.why] = max(0, self.lost.get(hole.gap.why, 0) - fresh)
        return f"{filled.text} {filled.action}".rstrip() if event.done else ""

    def _went_back(self, event: news.Fetched) -> str:
        if not event.done or self.fetching is None:
            return ""
        self.timeline.put_older(Older(parse(event.back_to) if event.back_to else None))
        found = counted(self.fetching.fresh, "older row")
        return f"{found} found" + ("" if event.back_to else "; that is all the stream holds")

    def _fetching_at(self) -> int | None:
        for number in range(self.timeline.end - 1, self.timeline.first - 1, -1):
            item = self.timeline[number]
            if isinstance(item, Hole) and item.state == "fetching":
                return number
        return None

    def _stop_fetching(self) -> None:
        self.fetching = None
        older = self.timeline.older
        if older is not None and older.fetching:
            self.timeline.put_older(Older(older.back_to))
        number = self._fetching_at()
        if number is not None:
            hole = self.timeline[number]
            assert isinstance(hole, Hole)  # noqa: S101 - _fetching_at looked
            self.timeline.put(number, replace(hole, state="open"))
