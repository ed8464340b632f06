"""The frames of `debugterm.v1`: one JSON object each, told apart by `t`.

`id` of a client frame is chosen by the client and comes back on its `ok` or `err`; for `cmd`, `join` and
`leave` it is also the idempotency key: a repeat gets the first answer. `ch` is a channel: `s_<id>/ctl` for
the ordered, lossless events of a session, `log:<env>:<digest>` for the rows of a query, `met:<env>` for
metric points. Offsets are strings (see `offsets.py`); session events count revisions.

Unknown frames and unknown fields are refused (`BAD_FRAME`).
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from debugterm_protocol import limits
from debugterm_protocol.frame import Frame
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import Command, Event, Snapshot
from debugterm_protocol.views import Aside, Facets, Flow, Histogram, Patterns, Probe, Table


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a client stopped: the epoch of the stream and the last row or event it has."""

    epoch: str
    offset: str


# -- client to hub -------------------------------------------------------------------------------------


class Hello(Frame, frozen=True, tag="hello"):
    """First frame: who connects. The token may instead stand in the Authorization header, never in the URL."""

    id: str
    env: str
    token: str | None = None
    client: str = ""
    """Name and version of the client, shown to others: `terminal/0.1.0`."""


class Refresh(Frame, frozen=True, tag="refresh"):
    """A newer access token for this connection, before the old one expires."""

    id: str
    token: str


class Join(Frame, frozen=True, tag="join"):
    """Enter a session and receive its events. `session` is an id (`s_…`), a slug, or `lobby`."""

    id: str
    session: str
    source: Place | None = field(name="from", default=None)
    """Where this client stopped, when it comes back: it then gets the missed events, not a snapshot."""


class Leave(Frame, frozen=True, tag="leave"):
    """Leave a session; a lost connection is not a leave."""

    id: str
    ch: str


class Cmd(Frame, frozen=True, tag="cmd"):
    """Do something in a session (`ch`), or create one (no `ch`)."""

    id: str
    p: Command
    ch: str = ""


class Here(Frame, frozen=True, tag="here"):
    """My presence in a session changed; best effort, never audited, at most 5 a second."""

    ch: str
    state: Literal["active", "idle", "typing"]
    query: str = ""
    """What this member looks at."""


class Watch(Frame, frozen=True, tag="watch"):
    """Stream the rows that match a query (`kind: log`) or the metric points of the environment (`met`).

    `from` is a Place to resume at, `now`, or a span back like `-15m`. With a span, `newest` asks for at most that
    many of its newest matching rows; 0 asks for all of them, as fast as this client acknowledges.
    """

    id: str
    query: str = ""
    kind: Literal["log", "met"] = "log"
    source: Place | str = field(name="from", default="now")
    newest: Annotated[int, Meta(ge=0, le=limits.NEWEST_ROWS)] = 0
    replaces: str = ""
    """The channel of the watch whose place this one takes: no row of it comes after the `ok`."""


class Fetch(Frame, frozen=True, tag="fetch"):
    """Rows of a watch from `from` to `to`, both included: fills a gap, or goes back. One at a time a connection.

    Newest first, cut to `limits.FETCH_ROWS`. Answered with `fetched` frames; they neither move the place of the watch
    nor want an `ack`. A `gap` with the reason `retention` comes first when a part of the range is not kept any more.
    """

    id: str
    ch: str
    start: str = field(name="from")
    end: str = field(name="to")


class Unwatch(Frame, frozen=True, tag="unwatch"):
    """Stop a watch."""

    id: str
    ch: str


class Ack(Frame, frozen=True, tag="ack"):
    """The last row painted: frees the in-flight window and is the resume point."""

    ch: str
    o: str


class Status(Frame, frozen=True, tag="status"):
    """What became of the command with this id: asked after a reconnect instead of sending it again."""

    id: str
    cmd: str


class Ping(Frame, frozen=True, tag="ping"):
    """Are you there? Either side may ask; the hub adds `hw`, the newest offset of each watch."""

    ts: str
    hw: dict[str, str] = field(default_factory=dict)


class Pong(Frame, frozen=True, tag="pong"):
    """Here; `ts` as it came."""

    ts: str


ClientFrame = (
    Hello
    | Refresh
    | Join
    | Leave
    | Cmd
    | Here
    | Watch
    | Aside
    | Fetch
    | Probe
    | Unwatch
    | Ack
    | Status
    | Ping
    | Pong
)


# -- hub to client -------------------------------------------------------------------------------------


class Welcome(Frame, frozen=True, tag="welcome"):
    """Answer to `hello`: who you are here and what this hub promises."""

    id: str
    conn: str
    human: str
    """Id of the person, equal across devices and tokens."""
    name: str
    env: str
    role: Role
    server: str
    epoch: str
    durability: str
    """Measured, not configured: `always`, `waitaof`, `everysec`, `none` or `unknown`."""
    heartbeat_ms: int
    limits: dict[str, int]


class Ok(Frame, frozen=True, tag="ok"):
    """The request with this id is done; `p` depends on the request."""

    id: str
    p: Raw = field(default_factory=lambda: Raw(b"{}"))  # not a plain default: a schema cannot hold a Raw


class Problem(Struct, frozen=True, omit_defaults=True):
    """What went wrong, in words for a person: `code` for programs, `fix` says what to do, `who` can help."""

    code: str
    why: str
    fix: str = ""
    who: str = ""
    retry_ms: int | None = None
    column: int | None = None
    """1-based column in the query, for BAD_QUERY."""


class Err(Frame, frozen=True, tag="err"):
    """The request with this id was refused, or (without id) the connection has a problem."""

    p: Problem
    id: str = ""


class Presence(Struct, frozen=True, omit_defaults=True):
    """One connection of a member: best effort, at most 30 s stale."""

    conn: str
    human: str
    name: str
    role: Role
    client: str
    state: Literal["active", "idle", "typing"]
    query: str = ""


class Joined(Frame, frozen=True, tag="joined"):
    """Answer to `join`.

    With `recovered` the missed events follow as `ev`, and there is no snapshot; otherwise `snapshot` is the
    whole truth and replaces what the client had.
    """

    id: str
    ch: str
    epoch: str
    o: str
    recovered: bool
    presence: list[Presence]
    snapshot: Snapshot | UnsetType = UNSET


class Ev(Frame, frozen=True, tag="ev"):
    """One thing that happened in a session: `p` says what (its `k` names the kind, see `sessions.py`)."""

    ch: str
    o: str
    """The revision of the session after it."""
    p: Event
    seq: int = 0
    """Number of its audit record."""


class Roster(Frame, frozen=True, tag="roster"):
    """Who is here now, whole: replaces the last one."""

    ch: str
    presence: list[Presence]


Why = Literal["slow", "retention", "reset", "sampled", "quota", "redacted"]


class Gap(Frame, frozen=True, tag="gap"):
    """Rows that are not shown, in their place: first and last offset, how many, and why.

    `n` is null when nobody can know it (retention and reset under a filter). Any row of the range that the
    client does have counts as shown, not as missing. A `slow` gap between rows that are sent comes inside their
    `rows` frame, so that no cut of the line can part them; one behind which nothing was sent comes by itself.
    """

    ch: str
    start: str = field(name="from")
    end: str = field(name="to")
    n: int | None = None
    by: dict[str, int] = field(default_factory=dict)
    """The missing rows by level."""
    shown: dict[str, int] = field(default_factory=dict)
    """Rows between `from` and `to` that were sent, by level."""
    why: Why = "slow"


class Group(Struct, frozen=True):
    """Rows of one stream entry: `i` are their indexes in it, so a row's id is `<e>-<i>`."""

    e: str
    i: list[int]
    rows: list[Raw]


class Rows(Frame, frozen=True, tag="rows"):
    """Rows of a watch, in offset order, each the bytes encoded once at ingest."""

    ch: str
    ep: str
    b: list[Group]
    gap: Gap | None = None
    """Rows of this stretch that were shed: the place of the client moves past both at once."""


class Point(Struct, frozen=True, omit_defaults=True):
    """One metric sample, named as OpenTelemetry does; `attrs` tell series apart."""

    ts: str
    metric: str
    value: float
    unit: str = ""
    service: str = ""
    host: str = ""
    attrs: dict[str, str | int | float | bool] = {}


class Points(Frame, frozen=True, tag="points"):
    """Metric points of a watch: at most one per series and second, the last wins."""

    ch: str
    ep: str
    o: str
    p: list[Point]


class Reset(Frame, frozen=True, tag="reset"):
    """The stream was replaced: offsets of the old epoch mean nothing any more. Comes before any new row."""

    ch: str
    ep: str
    why: str
    o: str = ""
    """Where the watch goes on in the new one: the place of a client that is cut off before it gets more."""


class Caught(Frame, frozen=True, tag="caught"):
    """The backlog of a watch is through; what follows is live."""

    ch: str
    o: str
    more: bool = False
    """The search back was cut short by its limits; older rows may match too."""
    back_to: str = ""
    """Where the search back ended: everything from this offset on was looked at. Empty when nothing was searched."""


class Fetched(Frame, frozen=True, tag="fetched"):
    """Rows that a `fetch` asked for, in offset order within the frame; frames come newest first."""

    id: str
    ch: str
    ep: str
    b: list[Group]
    done: bool = False
    """The last frame of this fetch."""
    back_to: str = ""
    """With `done`: everything from this offset on was looked at, ask again up to it; empty when that was all."""


class Rate(Frame, frozen=True, tag="rate"):
    """Rows of one second: `all` of the environment, `match` of this watch. Counted before shedding.

    A second to which rows were added late is told again; the last one counts.
    """

    ch: str
    all: int
    match: int
    s: int = 0
    """The unix second."""
    by: dict[str, int] = field(default_factory=dict)
    """`match` by level."""


class Bye(Frame, frozen=True, tag="bye"):
    """The close that follows, in words: proxies eat close reasons."""

    code: int
    reason: str
    reconnect_after_ms: int | None = None


ServerFrame = (
    Welcome
    | Ok
    | Err
    | Joined
    | Ev
    | Roster
    | Rows
    | Points
    | Gap
    | Reset
    | Caught
    | Fetched
    | Rate
    | Histogram
    | Facets
    | Patterns
    | Table
    | Flow
    | Ping
    | Pong
    | Bye
)
