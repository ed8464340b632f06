"""Everything the full screen shows, updated by one piece of news at a time; drawing only reads it."""

from dataclasses import dataclass, field

from debugterm_protocol.exits import Exit
from debugterm_protocol.frames import Presence, Welcome
from debugterm_protocol.sessions import (
    Created,
    Drove,
    Entered,
    Event,
    Filter,
    Left,
    Said,
    Snapshot,
    Titled,
    Viewed,
)

from debugterm_client.core import news
from debugterm_client.core.gauges import Gauges
from debugterm_client.core.refusals import refusal
from debugterm_client.core.stream import Stream

EVENT_SECONDS = 5.0
"""An event line is replaced, or fades, after this long."""


@dataclass(slots=True)
class Connection:
    """How the line stands: `connecting`, `up`, `reconnecting` or `offline`, and why."""

    state: str = "connecting"
    why: str = ""
    fix: str = ""
    attempt: int = 1
    retry_at: float = 0.0
    quiet: bool = False
    since: float = 0.0


@dataclass(slots=True)
class Scene:
    """The client's whole picture of a session; see the module. Times are seconds of one monotonic clock."""

    line: Connection = field(default_factory=Connection)
    welcome: Welcome | None = None
    snapshot: Snapshot | None = None
    presence: list[Presence] = field(default_factory=list)
    stream: Stream = field(default_factory=Stream)
    gauges: Gauges = field(default_factory=Gauges)
    private: bool = False
    hub_ahead: float | None = None
    event: str = ""
    event_kind: str = "note"
    event_at: float = -EVENT_SECONDS
    unread: int = 0
    exit: Exit | None = None

    def take(self, event: news.News, *, now: float, wall: float) -> None:
        """One piece of news; `now` is monotonic, `wall` seconds since 1970."""
        match event:
            case news.Watching(watch="log"):
                self.stream = Stream(event.query, event.table, event.start)
            case news.Measured(points=points):
                self.gauges.take(points)
            case news.SessionNow(snapshot=snapshot, event=happened):
                self._session(snapshot, happened, now)
            case news.Present(presence=presence):
                self.presence = presence
            case news.Complaint(problem=problem) | news.LookRefused(problem=problem):
                self.say(refusal(problem), now=now, kind="error")
            case news.WatchRefused(watch="log", problem=problem):
                self.stream.replaying = False
                self.say(refusal(problem), now=now, kind="error")
            case news.Did(command=Filter()):
                self.private = False
            case _:
                self._connection(event, now)
                self._streamed(event, now, wall)

    def _streamed(self, event: news.News, now: float, wall: float) -> None:
        if getattr(event, "watch", "log") != "log":
            return
        hub_now = wall + self.hub_ahead if self.hub_ahead is not None else None
        if text := self.stream.take(event, now=now, hub_now=hub_now):
            self.say(text, now=now)

    def _connection(self, event: news.News, now: float) -> None:
        match event:
            case news.Dialing(attempt=attempt):
                if self.welcome is None:
                    self.line = Connection(
                        "connecting", self.line.why, attempt=attempt, since=self.line.since or now
                    )
            case news.Up(welcome=welcome, again=again):
                self.line, self.welcome = Connection("up", since=now), welcome
                if again:
                    self.stream.begin_refill()
            case news.Lost(why=why, wait=wait, attempt=attempt):
                state = "reconnecting" if self.welcome else "connecting"
                since = self.line.since if self.line.state == state else now
                self.line = Connection(state, why, attempt=attempt, retry_at=now + wait, since=since)
                self.stream.pause_rates()
            case news.Ended(why=why, fix=fix, exit=code):
                self.line = Connection("offline", why, fix, since=now)
                self.exit = code
            case news.Quiet(on=on):
                self.line.quiet = on
            case news.HubTime(ahead=ahead):
                self.hub_ahead = ahead
            case _:
                """Not of the connection."""

    def say(self, text: str, *, now: float, kind: str = "note") -> None:
        """Show one line for a while; `kind` is `note` or `error`."""
        self.event, self.event_kind, self.event_at = text, kind, now

    def event_line(self, now: float) -> str:
        """The event line, empty when it is old; an error stays twice as long."""
        keep = EVENT_SECONDS * (2 if self.event_kind == "error" else 1)
        return self.event if now - self.event_at < keep else ""

    def _session(self, snapshot: Snapshot, happened: Event | None, now: float) -> None:
        self.snapshot = snapshot
        if happened is None:
            return
        if isinstance(happened, Said) and happened.line.human != self.me:
            self.unread += 1
        if text := told(happened):
            self.say(text, now=now)

    @property
    def me(self) -> str:
        """My human id."""
        return self.welcome.human if self.welcome else ""

    @property
    def driving(self) -> bool:
        """Whether I drive the shared view."""
        return bool(self.me) and self.snapshot is not None and self.snapshot.driver == self.me

    @property
    def driver_name(self) -> str:
        """Name of who drives, empty when nobody does."""
        if self.snapshot is None or not self.snapshot.driver:
            return ""
        member = self.snapshot.members.get(self.snapshot.driver)
        return member.name if member else self.snapshot.driver

    @property
    def read_only(self) -> bool:
        """Whether my role may look and talk but not drive."""
        return self.welcome is not None and self.welcome.role not in ("responder", "commander")

    @property
    def people(self) -> list[str]:
        """Names of who is here, the driver first, each once."""
        names = {each.human: each.name for each in self.presence}
        driver = self.snapshot.driver if self.snapshot else ""
        return [names[human] for human in sorted(names, key=lambda human: (human != driver, names[human]))]


def told(event: Event) -> str:
    """What happened, in one line; the text in it is as it came."""
    match event:
        case Entered(member):
            return f"{member.name} joined as {member.role}"
        case Left(_, name, _):
            return f"{name} left"
        case Titled(title, by):
            return f"{by} named the session: {title}"
        case Said(line):
            return f"{line.name}: {line.text}"
        case Viewed(view):
            return f"{view.by} set the shared filter: {view.query or '(everything)'}"
        case Drove(driver, name, _):
            return f"{name} drives now" if driver else f"{name} let go of the wheel"
        case Created():
            return ""
