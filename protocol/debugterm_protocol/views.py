"""What is asked and told of a watch beside its rows: histogram, facets, patterns, tables, and how it keeps up.

All of it is counted before anything is shed, so it is exact even for a viewer that cannot take the rows. All of it
is whole: each frame replaces the last of its kind.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from debugterm_protocol import limits
from debugterm_protocol.frame import Frame

Cell = str | int | float | bool | None
"""One value of a table."""
Levels = dict[str, int]
"""Rows by level; a level without rows is left out."""


class Aside(Frame, frozen=True, tag="aside"):
    """What else to tell of a watch, once a second; the last one counts. Without it: rows and `rate` only."""

    ch: str
    histogram: bool = False
    facets: Annotated[list[str], Meta(max_length=limits.FACETS)] = field(default_factory=list)
    """Fields to count; `*` alone lets the hub choose the most frequent."""
    patterns: bool = False


class Probe(Frame, frozen=True, tag="probe"):
    """What would this query show, and what could be typed at `at`? Answered with `ok` (`views.Probed`).

    Costs the hub a look at the last minute; at most `limits.PROBES_A_SECOND`, never audited.
    """

    id: str
    query: str
    at: Annotated[int, Meta(ge=0)] | None = None
    """Characters before the cursor; without it nothing is suggested."""


class Histogram(Frame, frozen=True, tag="histogram"):
    """Matching rows by second of receipt and level, oldest first; `rate` adds the seconds that follow, or tells one anew."""

    ch: str
    start: int
    """Unix second of the first number."""
    by: dict[str, list[int]]
    """Per level as many numbers as seconds; a level without rows is left out."""
    seconds: int
    exact_from: int
    """Unix second from which on the numbers are complete: the past before it was not counted (yet)."""


class FacetValue(Struct, frozen=True):
    """A value of a field and the matching rows that have it."""

    value: Cell
    n: int


class Facet(Struct, frozen=True):
    """The most frequent values of one field; `other` rows have another value, `missing` rows have none."""

    field: str
    values: list[FacetValue]
    other: int
    missing: int


class Facets(Frame, frozen=True, tag="facets"):
    """The fields of the matching rows since a unix second, at most once a second."""

    ch: str
    since: int
    fields: list[Facet]


class Pattern(Struct, frozen=True, omit_defaults=True):
    """One log template of the environment and how often it came in the window, and before in the baseline."""

    id: str
    """`p:` and digits of its text: equal on every hub that learnt the same template."""
    text: str
    """The template; what varies is `<*>`, `<...>` at the end, or `<num>` and its kin (`time uuid ip hex id`) by form."""
    level: str
    service: str
    n: int
    before: float
    """Rows in a stretch of the baseline as long as the window."""
    mark: Literal["", "new", "up", "gone"] = ""
    sample: str = ""
    """Id of its newest row."""


class Patterns(Frame, frozen=True, tag="patterns"):
    """The templates of the environment's rows: marked ones first, then by number."""

    ch: str
    window: int
    """Seconds."""
    baseline: int
    """Seconds."""
    items: list[Pattern]
    total: int
    """Templates known, listed or not."""
    behind: bool = False
    """Rows came faster than templates can be learnt: the numbers are of a sample."""


class Table(Frame, frozen=True, tag="table"):
    """The result of an aggregating query over its window, once a second."""

    ch: str
    columns: list[str]
    rows: list[list[Cell]]
    since: int
    """Unix second from which on the rows were counted; the window may begin earlier than the stream holds."""
    groups: int
    """Groups before `limit`; those beyond `limits.GROUPS` are in one called `other`."""
    other: bool = False


class Flow(Frame, frozen=True, tag="flow"):
    """How this viewer keeps up; told when it changes and once a second while it is not `live`."""

    ch: str
    state: Literal["live", "lagging", "summary"]
    """`lagging`: rows below `floor` are shed. `summary`: more than 15 s behind, errors and counts only."""
    behind_ms: int = 0
    floor: str = ""
    """The lowest level still sent; empty for all."""


class Suggestion(Struct, frozen=True, omit_defaults=True):
    """One completion: `text` replaces the characters from `start` to `end` (0-based) of the query."""

    text: str
    start: int
    end: int
    kind: Literal["field", "value", "operator", "stage", "function", "time", "recent"]
    help: str = ""
    n: int | None = None
    """Rows of the last minutes that have it, when counted."""


class Probed(Struct, frozen=True, omit_defaults=True):
    """Answer to `probe`: what is wrong with the query, or what it would show; and what could be typed next."""

    suggestions: list[Suggestion]
    match: int = 0
    all: int = 0
    seconds: int = 0
    """`match` of `all` rows of the last so many seconds."""
    why: str = ""
    """What is wrong; empty when nothing is."""
    column: int = 0
    """1-based, where it is wrong."""
    hint: str = ""
    near: list[str] = []
    """Field names of the stream near to one that no row has."""
    sampled: bool = False
    """`match` is an estimate: rows came faster than they can be looked at while somebody types."""


class Watched(Struct, frozen=True, omit_defaults=True):
    """Answer to `watch`: its channel, and the place from which on it delivers."""

    ch: str
    ep: str = ""
    o: str = ""
    """Where a client that loses this connection at once must resume; empty for metrics."""
    kind: Literal["rows", "table", "met"] = "rows"
    recovered: bool = True
    """False when the place it asked for is not there any more: a `reset` or `gap` follows before any row."""
    query: str = ""
    """The canonical text of the query."""
