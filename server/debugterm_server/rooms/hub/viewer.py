"""One watch of one connection: first it reads the past, then it is handed what is live, or told what it missed."""

from debugterm_protocol import limits
from debugterm_protocol.frames import Caught, Gap, Reset, ServerFrame
from debugterm_protocol.offsets import Offset
from debugterm_protocol.views import Aside

from debugterm_server.core.window import Window
from debugterm_server.rooms.hub.outlet import Outlet, Wrap
from debugterm_server.rooms.hub.shared import Shared, message


class Viewer:
    """Its place in the stream is `at`: everything up to there was sent or told as a gap."""

    def __init__(self, outlet: Outlet, *, ch: str, at: Offset, wrap: Wrap) -> None:
        self.at = at
        self.ch = ch
        self.window = Window()
        self.aside = Aside(ch=ch)
        """What it wants to be told beside its rows."""
        self._outlet = outlet
        self._wrap = wrap

    @property
    def ready(self) -> bool:
        """Whether it can take another frame now."""
        return self.window.open and self._outlet.waiting < limits.WRITE_BUFFER_BYTES

    def offer(self, shared: Shared) -> None:
        """A live frame: sent when it can be taken, else counted as missed. Never waits."""
        if shared.last <= self.at:
            return
        if self.ready:
            self.tell_missed()
            self.send(shared)
        else:
            self.window.miss(shared.first, shared.last, n=shared.n, by=shared.levels())
            self.at = shared.last

    def send(self, shared: Shared) -> None:
        """Hand a frame over; `at` moves behind it."""
        self._outlet.write(shared.message)
        self.window.sent(shared.last, rows=shared.n, size=len(shared.message))
        self.at = shared.last

    def tell_missed(self) -> None:
        """Say what is missing, in its place, if something is and there is room to say it."""
        missed = self.window.missed
        if missed is None or not self.ready:
            return
        self.window.missed = None
        self.tell(
            Gap(
                ch=self.ch,
                start=str(missed.first),
                end=str(missed.last),
                n=missed.n,
                by=dict(missed.by),
                why="slow",
            )
        )

    def acknowledge(self, offset: Offset) -> None:
        """The client painted up to here; what is beyond its place cannot have been painted and counts as it."""
        self.window.acknowledge(min(offset, self.at))
        self.tell_missed()

    def caught(self, *, more: bool) -> None:
        """The past is through."""
        self.tell(Caught(ch=self.ch, o=str(self.at), more=more))

    def reset(self, epoch: str, why: str) -> None:
        """The stream was replaced; nothing in flight counts any more."""
        self.window = Window()
        self.tell(Reset(ch=self.ch, ep=epoch, why=why))

    def tell(self, frame: ServerFrame) -> None:
        """A frame for this viewer alone."""
        self._outlet.write(message(frame, self._wrap))

    def hear(self, told: bytes) -> bool:
        """A message that others get too and that the next one replaces; False when there is no room for it."""
        if self._outlet.waiting >= limits.WRITE_BUFFER_BYTES:
            return False
        self._outlet.write(told)
        return True
