"""What the link tells its listener: connection states, and frames after duplicates are removed."""

from dataclasses import dataclass, field
from typing import NamedTuple

from debugterm_protocol.exits import Exit
from debugterm_protocol.frames import Gap, Point, Presence, Problem, Welcome
from debugterm_protocol.offsets import Offset
from debugterm_protocol.sessions import Command, Event, Snapshot
from debugterm_protocol.views import Facets, Flow, Histogram, Patterns, Probed, Table


class RowAt(NamedTuple):
    """One row of a watch: its place and the bytes encoded once at ingest."""

    offset: Offset
    raw: bytes


@dataclass(frozen=True, slots=True)
class Dialing:
    """A connection is being made; `attempt` counts from 1 since the last good one."""

    url: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Up:
    """The hub said welcome; `again` when this client was connected before."""

    welcome: Welcome
    url: str
    again: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is gone and will be tried again in `wait` seconds."""

    why: str
    wait: float
    attempt: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The connection is gone for good: why in words, what to do, and what a command exits with."""

    why: str
    fix: str
    exit: Exit


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing was heard for longer than the heartbeat allows (`on`), or is heard again."""

    on: bool


@dataclass(frozen=True, slots=True)
class HubTime:
    """The hub's clock minus ours, in seconds."""

    ahead: float


@dataclass(frozen=True, slots=True)
class Watching:
    """A watch took effect for the first time or with a new query; what was shown for it is outdated."""

    watch: str
    query: str
    ch: str
    table: bool = False
    """The query aggregates: tables come instead of rows."""
    start: str = ""
    """The offset behind which it delivers, when the hub says so."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """A watch goes on after a cut; not `recovered` when the hub has lost the place where it stopped."""

    watch: str
    recovered: bool


@dataclass(frozen=True, slots=True)
class WatchRefused:
    """The hub does not take a watch that was wanted before the connection stood."""

    watch: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Batch:
    """New rows of a watch, in order, none of them seen before."""

    watch: str
    rows: list[RowAt]


@dataclass(frozen=True, slots=True)
class Missed:
    """Rows of a watch that will not come, in their place."""

    watch: str
    gap: Gap


@dataclass(frozen=True, slots=True)
class Restarted:
    """The stream of a watch was replaced."""

    watch: str
    why: str


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """The backlog of a watch is through; `more` when older rows may match too, before `back_to`."""

    watch: str
    more: bool
    back_to: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """Rows of the last second: of the environment, and of this watch."""

    watch: str
    all: int
    match: int
    second: int = 0
    """Unix second that was counted."""
    by: dict[str, int] = field(default_factory=dict)
    """`match` by level."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the hub tells of a watch beside its rows; each replaces the last of its kind."""

    watch: str
    frame: Histogram | Facets | Patterns | Table | Flow


@dataclass(frozen=True, slots=True)
class Fetched:
    """Rows that were asked for, in order, possibly known already; frames come newest first."""

    rows: list[RowAt]
    done: bool = False
    back_to: str = ""
    """With `done`: everything behind this offset was looked at; empty at the start of the stream."""


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """What was asked for will not come."""

    why: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What the hub says of a query that is being typed, and the cursor it was asked for."""

    text: str
    at: int
    answer: Probed


@dataclass(frozen=True, slots=True)
class LookRefused:
    """A query was not taken; the old one goes on."""

    query: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Did:
    """A command of this person took effect."""

    command: Command


@dataclass(frozen=True, slots=True)
class Measured:
    """Metric points."""

    points: list[Point]


@dataclass(frozen=True, slots=True)
class SessionNow:
    """The session as it is now; `event` is what changed it, None after a join."""

    snapshot: Snapshot
    event: Event | None


@dataclass(frozen=True, slots=True)
class Present:
    """Who is here now, whole."""

    presence: list[Presence]


@dataclass(frozen=True, slots=True)
class Complaint:
    """The hub has a problem with this connection, not with one request."""

    problem: Problem


News = (
    Dialing
    | Up
    | Lost
    | Ended
    | Quiet
    | HubTime
    | Watching
    | Resumed
    | WatchRefused
    | Batch
    | Missed
    | Restarted
    | CaughtUp
    | Rated
    | Counted
    | Fetched
    | FetchFailed
    | Looked
    | LookRefused
    | Did
    | Measured
    | SessionNow
    | Present
    | Complaint
)
