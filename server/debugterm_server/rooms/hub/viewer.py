"""One watch of one connection: first it reads the past, then it is handed what is live, or told what it missed."""

from debugterm_protocol import limits
from debugterm_protocol.frames import Caught, Gap, Reset, ServerFrame
from debugterm_protocol.offsets import Offset
from debugterm_protocol.views import Aside
from debugterm_protocol.views import Flow as Told

from debugterm_server.core import flow
from debugterm_server.core.flow import Flow
from debugterm_server.core.resume import Resumed
from debugterm_server.rooms.hub.outlet import Nowhere, Outlet, Wrap
from debugterm_server.rooms.hub.shared import Flushed, Shared, message


class Viewer:
    """Its place in the stream is `at`: everything up to there was sent, told as a gap, or waits to be told as one.

    Up to `told` its client knows that it has everything: nothing behind that can have been painted.
    """

    def __init__(self, outlet: Outlet, *, ch: str, at: Offset, wrap: Wrap) -> None:
        self.at = at
        self.told = at
        self.live = False
        """Its past is through, and it is handed what comes."""
        self.ch = ch
        self.flow = Flow()
        self.aside = Aside(ch=ch)
        """What it wants to be told beside its rows."""
        self._outlet = outlet
        self._wrap = wrap
        self._state: flow.State = "live"
        self.ended = False
        self.before = at
        """What it was told of streams that are gone: acknowledgements of that may still be under way."""

    @property
    def ready(self) -> bool:
        """Whether it can take another piece of the past."""
        return self.flow.fill(self._outlet.waiting) < flow.PAST

    def offer(self, flushed: Flushed, now: float) -> None:
        """What is live: sent as far as it can be taken, and the rest counted as missed. Never waits."""
        if flushed.last <= self.at:
            return
        if not self.flow.easy(self._outlet.waiting):
            self._offer_part(flushed, now)
            return
        for data, sent in flushed.whole:
            self._outlet.write(data)
            self.flow.sent(sent)
        self.at = flushed.last
        self.told = max(self.told, self.at)

    def _offer_part(self, flushed: Flushed, now: float) -> None:
        floor = self.flow.floor(self._outlet.waiting, now)
        rendering = flushed.rendering(floor) if floor != flow.NOTHING else ()
        if rendering:
            self.tell_missed()
            for shared in rendering:
                self.send(shared, now)
        else:
            self.flow.miss(flushed.first, flushed.last, by=flushed.levels(), now=now)
            self.at = flushed.last
        if floor and self._state == "live":
            self._tell_state(now)

    def send(self, shared: Shared, now: float) -> None:
        """Hand a frame over; `at` moves behind it."""
        self._outlet.write(shared.message)
        self.flow.sent(shared.sent(now))
        if shared.shed:
            self.flow.shed(now)
        self.reach(shared.last)

    def reach(self, offset: Offset) -> None:
        """The client knows that there is nothing up to here that it has not got."""
        self.at = max(self.at, offset)
        self.told = max(self.told, offset)

    def tell_missed(self, *, wait: bool = True) -> None:
        """Say what is missing, in its place, if something is; `wait` for a socket that takes it."""
        missed = self.flow.missed
        if missed is None or (wait and not self._has_room):
            return
        self.flow.missed = None
        by = dict(missed.by)
        self.tell(Gap(ch=self.ch, start=str(missed.first), end=str(missed.last), n=sum(by.values()), by=by))
        self.reach(missed.last)

    def second(self, now: float) -> None:
        """Once a second: what is missing, and how it keeps up unless that is live as it was."""
        self.tell_missed()
        self._tell_state(now)

    def acknowledge(self, offset: Offset) -> bool:
        """The client painted up to here; False, and nothing counted, when that was never sent."""
        if offset > max(self.told, self.before):
            return False
        self.flow.acknowledge(offset)
        self.tell_missed()
        return True

    def caught(self, *, more: bool, back_to: str = "") -> None:
        """The past is through."""
        self.tell(Caught(ch=self.ch, o=str(self.at), more=more, back_to=back_to))
        self.reach(self.at)

    def reset(self, epoch: str, why: str, *, top: Offset) -> None:
        """The stream was replaced and goes on behind `top`; acknowledgements of what was before stay harmless."""
        self.tell_missed(wait=False)
        self.flow = Flow()
        self.before = max(self.before, self.told)
        self.at = self.told = min(self.at, top)
        self.tell(Reset(ch=self.ch, ep=epoch, why=why, o=str(self.at)))

    def end(self) -> None:
        """Nothing is told from now on, whatever still runs for it: a library may swallow the cancelling of a task."""
        self.ended = True
        self._outlet = Nowhere()

    def resumed(self, where: Resumed, epoch: str) -> None:
        """It came back: what it must know before any row. Its place is `where.at` already."""
        self.before = where.asked
        if where.why:
            self.tell(Reset(ch=self.ch, ep=epoch, why=where.why, o=str(where.begin)))
        if where.lost_from is not None:
            self._tell_trimmed(where.lost_from, where.at)

    def trimmed(self, gone: Offset) -> None:
        """Retention took what lay up to here; nobody knows how many of those rows matched."""
        if gone <= self.at:
            return
        self.tell_missed(wait=False)
        self._tell_trimmed(self.at, gone)

    def _tell_trimmed(self, start: Offset, end: Offset) -> None:
        self.tell(Gap(ch=self.ch, start=str(start), end=str(end), why="retention"))
        self.reach(end)

    def tell(self, frame: ServerFrame) -> None:
        """A frame for this viewer alone."""
        self._outlet.write(message(frame, self._wrap))

    def hear(self, told: bytes) -> bool:
        """A message that others get too and that the next one replaces; False when there is no room for it."""
        if not self._has_room:
            return False
        self._outlet.write(told)
        return True

    @property
    def _has_room(self) -> bool:
        return self._outlet.waiting < limits.WRITE_BUFFER_BYTES

    def _tell_state(self, now: float) -> None:
        state, floor = self.flow.state(self._outlet.waiting, now)
        if state == self._state == "live" or not self._has_room:
            return
        self._state = state
        self.tell(Told(ch=self.ch, state=state, behind_ms=int(self.flow.behind(now) * 1000), floor=floor))
