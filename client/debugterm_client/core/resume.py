"""Where a client stopped, and what it has already: resume without loss, dedup by offset.

A place is (epoch, offset). Rows of a watch come in offset order, so "seen" is "not above the last one";
after a `reset` (new epoch) every offset is new again.
"""

from typing import Literal

from debugterm_protocol import limits
from debugterm_protocol.frames import Ev, Gap, Joined, Place, Reset, Rows
from debugterm_protocol.offsets import BadOffset, Offset, parse
from debugterm_protocol.sessions import Snapshot, apply_event
from msgspec import UNSET

from debugterm_client.core.news import RowAt
from debugterm_client.core.wishes import Aside


class WatchPlace:
    """One watch across connections: what is asked, and the last row that arrived."""

    def __init__(
        self,
        query: str,
        *,
        kind: Literal["log", "met"] = "log",
        since: str = "now",
        newest: int = 0,
        follows: bool = False,
    ) -> None:
        self.query = query
        self.follows = follows
        """Begins with the shared filter of the session, whatever it is by then."""
        self.kind = kind
        self.since = since
        self._newest = newest
        self.ch = ""
        self.aside = Aside()
        """What else to tell of it; asked for again after each cut."""
        self._epoch = ""
        self._last: Offset | None = None
        self._start = ""
        self._unacked_rows = 0
        self._unacked_bytes = 0
        self._acked: Offset | None = None

    @property
    def source(self) -> Place | str:
        """What `watch` says in `from`: the last row, else where the hub began, else how far back."""
        place = str(self._last) if self._last is not None else self._start
        return Place(self._epoch, place) if place and self._epoch else self.since

    @property
    def newest(self) -> int:
        """At most so many rows of a span; a place has no such bound: what it lacks is told as a gap."""
        return self._newest if isinstance(self.source, str) else 0

    def take(self, frame: Rows) -> list[RowAt]:
        """The rows of a frame that this client has not seen."""
        self.enter(frame.ep)
        fresh: list[RowAt] = []
        for group in frame.b:
            entry = parse(group.e)
            for index, raw in zip(group.i, group.rows, strict=True):
                offset = Offset(entry.ms, entry.seq, index)
                if self._last is None or offset > self._last:
                    self._last = offset
                    fresh.append(RowAt(offset, bytes(raw)))
                    self._unacked_bytes += len(fresh[-1].raw)
        self._unacked_rows += len(fresh)
        return fresh

    def begin(self, epoch: str, start: str = "") -> None:
        """Where a hub took up this watch, unless it has a place already: a place needs no row to be one."""
        self._epoch = self._epoch or epoch
        if self._last is None and self._epoch == epoch:
            self._start = start

    def enter(self, epoch: str) -> None:
        """The epoch of what comes now; another one than before makes every offset new."""
        if epoch != self._epoch:
            if self._epoch:
                self._forget()
            self._epoch = epoch

    def skip(self, gap: Gap) -> bool:
        """Rows that will not come count as passed; False when the gap is not news to this client."""
        return self.reach(gap.end)

    def reach(self, offset: str) -> bool:
        """Everything up to `offset` is through; False when it was already."""
        try:
            end = parse(offset)
        except BadOffset:
            return True
        if self._last is not None and end <= self._last:
            return False
        self._last = end
        return True

    def restart(self, frame: Reset) -> None:
        """The stream was replaced: nothing of the old place means anything; the hub says where it goes on."""
        self._forget()
        self._epoch, self._start = frame.ep, frame.o

    def _forget(self) -> None:
        self._last = self._acked = None
        self._start = ""

    @property
    def owes(self) -> bool:
        """Whether a quarter of the window is unacknowledged: acknowledge now, not at the next tick."""
        return self._unacked_rows * 4 >= limits.WINDOW_ROWS or self._unacked_bytes * 4 >= limits.WINDOW_BYTES

    def ack(self) -> str | None:
        """The offset to acknowledge, None when there is nothing new."""
        if self._last is None or self._last == self._acked:
            return None
        self._acked, self._unacked_rows, self._unacked_bytes = self._last, 0, 0
        return str(self._last)

    def forget_acks(self) -> None:
        """A new connection has its own window."""
        self._acked, self._unacked_rows, self._unacked_bytes = None, 0, 0


class SessionPlace:
    """One session across connections: its state and the last event that arrived."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.ch = ""
        self.snapshot: Snapshot | None = None
        self._epoch = ""

    @property
    def source(self) -> Place | None:
        """What `join` says in `from`: the last event, None when there is no state yet."""
        return Place(self._epoch, str(self.snapshot.rev)) if self.snapshot and self._epoch else None

    def join(self, frame: Joined) -> Snapshot | None:
        """The state after a `joined`: a snapshot replaces ours, a recovered session goes on from it."""
        self.ch, self._epoch = frame.ch, frame.epoch
        if frame.snapshot is not UNSET:
            self.snapshot = frame.snapshot
            # By its id from now on: a slug may be given to another session once this one is closed.
            self.session = frame.snapshot.id
        return self.snapshot

    def take(self, frame: Ev) -> Snapshot | None:
        """The state after an event, None when it is one that this client has already."""
        rev = int(frame.o) if frame.o.isdecimal() else 0
        if self.snapshot is None or not self._epoch or rev <= self.snapshot.rev:
            return None
        self.snapshot = apply_event(self.snapshot, frame.p, rev)
        return self.snapshot

    def lacks(self, frame: Ev) -> bool:
        """Whether events between ours and this one are missing: then join again for a snapshot."""
        if self.snapshot is None or not self._epoch or not frame.o.isdecimal():
            return False
        return int(frame.o) > self.snapshot.rev + 1

    def forget(self) -> None:
        """Start again from a snapshot; events before it comes are in it."""
        self._epoch = ""
