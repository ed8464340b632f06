"""Frames of watches and of the session, in: what the client has already is dropped, the rest becomes news."""

from collections.abc import Callable, Mapping

import msgspec
from debugterm_protocol import frames
from debugterm_protocol.offsets import Offset, parse
from debugterm_protocol.views import Facets, Flow, Histogram, Patterns, Table, Watched

from debugterm_client.core import news
from debugterm_client.core.resume import SessionPlace, WatchPlace

Counted = Histogram | Facets | Patterns | Table | Flow
Stream = frames.Rows | frames.Gap | frames.Caught | frames.Reset | frames.Rate | Counted


class Intake:
    """Of one socket; `watches` and `session` are the link's and outlive it."""

    def __init__(
        self, tell: Callable[[news.News], None], watches: dict[str, WatchPlace], session: SessionPlace | None
    ) -> None:
        self._tell = tell
        self._watches = watches
        self._session = session
        self._by_ch: dict[str, str] = {}
        self.epoch = ""
        """Of the stream, as the hub's welcome says."""

    def start(self, name: str, place: WatchPlace, answer: bytes) -> None:
        """The hub took a watch; `answer` is the `p` of its ok."""
        watched = msgspec.json.decode(answer, type=Watched)
        old = self._watches.get(name)
        resumed = place is old and not isinstance(place.source, str)
        if old is not None and old is not place:
            self._by_ch.pop(old.ch, None)
        place.ch = watched.ch
        place.begin(watched.ep or self.epoch, watched.o)
        self._by_ch[watched.ch] = name
        self._watches[name] = place
        if resumed:
            self._tell(news.Resumed(name, watched.recovered))
        else:
            table = watched.kind == "table"
            self._tell(news.Watching(name, place.query, watched.ch, table=table, start=watched.o))

    def stream(self, frame: Stream) -> WatchPlace | None:
        """A frame of a watch; the watch it belongs to, None when it was stopped."""
        name = self._by_ch.get(frame.ch)
        if name is None:
            return None
        place = self._watches[name]
        match frame:
            case frames.Rows():
                if rows := place.take(frame):
                    self._tell(news.Batch(name, rows))
                # In one frame with its rows, so it is news whenever one of them is.
                if frame.gap is not None and (place.skip(frame.gap) or rows):
                    self._tell(news.Missed(name, frame.gap))
            case frames.Gap():
                if place.skip(frame):
                    self._tell(news.Missed(name, frame))
            case frames.Caught():
                place.reach(frame.o)
                self._tell(news.CaughtUp(name, frame.more, frame.back_to))
            case frames.Reset():
                place.restart(frame)
                self._tell(news.Restarted(name, frame.why))
            case frames.Rate():
                self._tell(news.Rated(name, frame.all, frame.match, frame.s, frame.by))
            case _:
                self._tell(news.Counted(name, frame))
        return place

    def heights(self, hw: Mapping[str, str]) -> None:
        """How far the hub is with each watch: a quiet one comes back to there, not to its last row of yesterday."""
        for ch, offset in hw.items():
            if (name := self._by_ch.get(ch)) is not None:
                self._watches[name].reach(offset)

    def fetched(self, frame: frames.Fetched) -> None:
        """Rows that were asked for: they do not move the place of the watch. Those of a replaced one are dropped."""
        if frame.ch not in self._by_ch:
            return
        rows = []
        for group in frame.b:
            entry = parse(group.e)
            rows += [
                news.RowAt(Offset(entry.ms, entry.seq, index), bytes(raw))
                for index, raw in zip(group.i, group.rows, strict=True)
            ]
        self._tell(news.Fetched(rows, frame.done, frame.back_to))

    def joined(self, frame: frames.Joined) -> None:
        """The session answered a join."""
        if self._session is None:
            return
        if (snapshot := self._session.join(frame)) is not None:
            self._tell(news.SessionNow(snapshot, None))
        self._tell(news.Present(frame.presence))

    def session_frame(self, frame: frames.Ev | frames.Roster) -> bool:
        """Something of the session; whether events before it are missing, so that a new join is due."""
        session = self._session
        if session is None or frame.ch != session.ch:
            return False
        if isinstance(frame, frames.Roster):
            self._tell(news.Present(frame.presence))
        elif session.lacks(frame):
            session.forget()
            return True
        elif (snapshot := session.take(frame)) is not None:
            self._tell(news.SessionNow(snapshot, frame.p))
        return False
