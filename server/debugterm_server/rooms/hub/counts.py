"""What is counted for one query, of all its rows and before anything is shed; told once a second."""

from collections.abc import Collection, Iterable, Sequence

from debugterm_protocol import limits
from debugterm_protocol.frames import Rate
from debugterm_protocol.views import Histogram as Told

from debugterm_server.core.histogram import Histogram
from debugterm_server.core.matcher import Matcher
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.census import Census
from debugterm_server.rooms.hub.facets import Facets
from debugterm_server.rooms.hub.outlet import Wrap
from debugterm_server.rooms.hub.recount import Place
from debugterm_server.rooms.hub.shared import message
from debugterm_server.rooms.hub.viewer import Viewer

RATES = 5
"""Seconds that are told one by one; when more have changed, whoever has a histogram gets it whole."""


class Counts:
    """The counts of one channel. `viewer.aside` says what each viewer wants to be told beside the rate."""

    def __init__(self, ch: str, matcher: Matcher, *, census: Census, wrap: Wrap) -> None:
        self._ch = ch
        self._matcher = matcher
        self._census = census
        self._wrap = wrap
        self._own: Histogram | None = None
        self._past: _Past | None = None
        self._facets = Facets(ch, matcher, census)
        self._viewers: Collection[Viewer] = ()
        self._end = 0
        """The first second that was not told yet."""
        self._changed: set[int] = set()
        self._exact_from = 0
        """What the last histogram said."""
        self._owed: set[Viewer] = set()
        """Viewers whose histogram is not whole: a rate was dropped, or they ask for it time and again."""
        self._answered: set[Viewer] = set()
        """Viewers who asked and were told in this second."""
        self._told = (_Last(), _Last())
        """Facets and patterns."""

    def begin(self, viewers: Collection[Viewer]) -> None:
        """Count for these from the present top of the stream on, and anew when the stream was replaced."""
        self.close()
        self._viewers = viewers
        self._end = self._census.now()
        self._changed.clear()
        self._facets = Facets(self._ch, self._matcher, self._census)
        self._owed.update(viewers)
        if self._matcher.matches_all:
            return
        place = self._census.top()
        self._own = Histogram(exact_from=place[0] // 1000 + 1)
        self._past = _Past(self, self._own, self._matcher, before=(place[0], place[1] + 1))
        self._census.recount.add(self._past)

    @property
    def bars(self) -> Histogram:
        """Rows by second and level: of a query that takes everything it is the environment's."""
        return self._own or self._census.everything

    @property
    def wanted(self) -> bool:
        """Whether somebody looks at the histogram."""
        return any(viewer.aside.histogram for viewer in self._viewers)

    def take(self, read: Read, indexes: Sequence[int]) -> None:
        """The rows of an entry that match, live."""
        second = read.place[0] // 1000
        if self._own is not None:
            self._own.add(second, read.levels(indexes))
        self._changed.add(second)
        if self._facets.asked:
            self._facets.take([read.rows[index] for index in indexes], second=second)

    def asked(self, viewer: Viewer) -> None:
        """A viewer said what it wants, or came: its histogram is told at once, but not twice a second."""
        self._census.recount.wake()
        self._facets.ask(viewer.aside.facets for viewer in self._viewers)
        if viewer in self._answered:
            self._owed.add(viewer)
        elif viewer.aside.histogram:
            self._answered.add(viewer)
            self._tell_whole((viewer,))

    def second(self, now: int) -> None:
        """Tell the seconds before `now`: the last one, and those to which rows were added late."""
        self.bars.advance(now - 1)
        due = sorted({second for second in self._changed if second < now} | {now - 1})
        self._changed.difference_update(due)
        self._end = now
        self._answered.clear()
        self._owed.intersection_update(self._viewers)
        rates = [message(self._rate(second), self._wrap) for second in due[-RATES:]]
        for viewer in self._viewers:
            heard = [viewer.hear(rate) for rate in rates]
            if not all(heard) or len(due) > RATES:
                self._owed.add(viewer)
        changed = self.bars.exact_from != self._exact_from
        self._tell_whole(self._viewers if changed else self._owed & set(self._viewers))
        self._tell_facets(now, self._told[0])
        self._tell_patterns(now, self._told[1])

    def _rate(self, second: int) -> Rate:
        by = self.bars.at(second)
        everything = sum(self._census.everything.at(second).values())
        return Rate(ch=self._ch, all=everything, match=sum(by.values()), s=second, by=by)

    def _tell_whole(self, viewers: Collection[Viewer]) -> None:
        """The histogram, the same bytes for all of these who want it."""
        wanting = [viewer for viewer in viewers if viewer.aside.histogram]
        if not wanting:
            return
        bars = self.bars.read(end=self._end)
        self._exact_from = self.bars.exact_from
        told = message(
            Told(
                ch=self._ch,
                start=bars.start,
                by=bars.by,
                seconds=limits.HISTOGRAM_SECONDS,
                exact_from=bars.exact_from,
            ),
            self._wrap,
        )
        for viewer in wanting:
            (self._owed.discard if viewer.hear(told) else self._owed.add)(viewer)

    def _tell_facets(self, now: int, last: "_Last") -> None:
        """To each who wants some; viewers with the same wish get the same bytes."""
        wishes: dict[tuple[str, ...], list[Viewer]] = {}
        for viewer in self._viewers:
            if viewer.aside.facets:
                wishes.setdefault(tuple(viewer.aside.facets), []).append(viewer)
        self._facets.ask(wishes)
        last.keep(self._viewers)
        for wish, viewers in wishes.items():
            last.tell(viewers, message(self._facets.read(wish, now), self._wrap))

    def _tell_patterns(self, now: int, last: "_Last") -> None:
        last.keep(self._viewers)
        wanting = [viewer for viewer in self._viewers if viewer.aside.patterns]
        if wanting:
            last.tell(wanting, message(self._census.mining.frame(self._ch, now), self._wrap))

    def close(self) -> None:
        """Nobody watches any more."""
        if self._past is not None:
            self._census.recount.drop(self._past)
        self._facets.close()


class _Last:
    """What each viewer was told last of one kind: the same is not told again."""

    def __init__(self) -> None:
        self._heard: dict[Viewer, bytes] = {}

    def tell(self, viewers: Iterable[Viewer], told: bytes) -> None:
        """Tell it to those who have something else, and room."""
        for viewer in viewers:
            if self._heard.get(viewer) != told and viewer.hear(told):
                self._heard[viewer] = told

    def keep(self, viewers: Collection[Viewer]) -> None:
        """Forget who is gone."""
        self._heard = {viewer: told for viewer, told in self._heard.items() if viewer in viewers}


class _Past:
    """The histogram of a query before it was watched."""

    def __init__(self, counts: Counts, bars: Histogram, matcher: Matcher, *, before: Place) -> None:
        self.before = before
        self._counts = counts
        self._bars = bars
        self._matcher = matcher

    def back_to(self) -> int | None:
        return self._bars.oldest if self._counts.wanted else None

    def take(self, read: Read) -> None:
        indexes = read.pick(self._matcher)
        self._bars.add(read.place[0] // 1000, read.levels(indexes))

    def reached(self, second: int) -> None:
        self._bars.exact_from = second
