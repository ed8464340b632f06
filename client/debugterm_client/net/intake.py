"""Frames of watches and of the session, in: what the client has already is dropped, the rest becomes news."""

from collections.abc import Callable

import msgspec
from debugterm_protocol import frames

from debugterm_client.core import news
from debugterm_client.core.resume import SessionPlace, WatchPlace

Stream = frames.Rows | frames.Gap | frames.Caught | frames.Reset | frames.Rate


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
        ch = msgspec.json.decode(answer).get("ch", "")
        resumed = place is self._watches.get(name) and not isinstance(place.source, str)
        place.ch = ch
        place.begin(self.epoch)
        self._by_ch[ch] = name
        self._watches[name] = place
        if not resumed:
            self._tell(news.Watching(name, place.query, ch))

    def stop(self, old: WatchPlace, *, unlike: str) -> bool:
        """Forget the channel of a replaced watch; whether the hub is still to be told (its successor has another)."""
        return old.ch != unlike and self._by_ch.pop(old.ch, None) is not None

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
                self._tell(news.CaughtUp(name, frame.more))
            case frames.Reset():
                place.restart(frame)
                self._tell(news.Restarted(name, frame.why))
            case frames.Rate():
                self._tell(news.Rated(name, frame.all, frame.match))
        return place

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
