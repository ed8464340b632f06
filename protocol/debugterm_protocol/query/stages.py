"""A whole query as a value: its filter, its time terms, and what stands behind its pipes.

Row stages let rows through or change them (`where fields hide dedup context trace extract`); the first table stage
(`stats timechart top rate patterns`) makes a table of groups, and what follows works on its columns (`where fields
hide sort limit`). `sort` and `limit` on rows order and cut a search; a live stream refuses them.
All names are as typed, all durations are seconds, all numbers have lost their unit.
"""

from dataclasses import dataclass
from typing import Literal

from debugterm_protocol.query.syntax import EVERYTHING, Term

Function = Literal["count", "sum", "avg", "min", "max", "p50", "p90", "p95", "p99", "uniq", "first", "last"]


@dataclass(frozen=True, slots=True)
class Where:
    """Keeps what the filter matches: rows, or behind a table stage groups by their columns."""

    filter: Term


@dataclass(frozen=True, slots=True)
class Fields:
    """Keeps these fields (`ts` and the id always)."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hide:
    """Leaves these fields out."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """Orders by these columns; each with whether the largest comes first."""

    by: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many, 1 or more."""

    n: int


@dataclass(frozen=True, slots=True)
class Dedup:
    """Of rows that are equal in these fields, the first."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """Also the rows around each match, whatever they are: so many before and after, in stream order."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Trace:
    """Also all rows that share a trace id with a match."""


@dataclass(frozen=True, slots=True)
class Extract:
    """Named groups of the regular expression, found in the message, become attributes."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Agg:
    """One column of a table. `field` is empty only for `count` of rows; `name` is the column's."""

    function: Function
    field: str
    name: str


@dataclass(frozen=True, slots=True)
class Stats:
    """One row a group: the values of `by`, then the aggregates; over the last `over` seconds when live."""

    aggs: tuple[Agg, ...]
    by: tuple[str, ...] = ()
    over: int | None = None


@dataclass(frozen=True, slots=True)
class Timechart:
    """One row a step of time (`time` first), one column a value of `by`."""

    step: int
    agg: Agg
    by: str = ""


@dataclass(frozen=True, slots=True)
class Top:
    """The most frequent values of a field with their count."""

    n: int
    field: str


@dataclass(frozen=True, slots=True)
class Rate:
    """Rows in the last `per` seconds, divided by `per`: rows a second, in the column `rate`."""

    per: int
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patterns:
    """The templates of the rows with their count; against those of another time when `vs` is given."""

    n: int = 20
    vs: "Time | None" = None


@dataclass(frozen=True, slots=True)
class Last:
    """`last:15m`: rows whose `ts` is not older than so many seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class From:
    """`from:18:30`: rows whose `ts` is at or behind this time, as typed (`times.py` knows the forms)."""

    text: str


@dataclass(frozen=True, slots=True)
class To:
    """`to:18:45`: rows whose `ts` is before this time."""

    text: str


@dataclass(frozen=True, slots=True)
class Around:
    """`around:18:42:01~2m`: rows whose `ts` is at most so many seconds from this time."""

    text: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Deploy:
    """`deploy:v412~15m`: rows at most so many seconds behind the first row whose `version` is this."""

    version: str
    seconds: int


Time = Last | From | To | Around | Deploy
RowStage = Where | Fields | Hide | Sort | Limit | Dedup | Context | Trace | Extract
TableStage = Stats | Timechart | Top | Rate | Patterns
Stage = RowStage | TableStage


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query. All three parts must hold: what is asked of a row, when, and what is made of the rows."""

    filter: Term = EVERYTHING
    times: tuple[Time, ...] = ()
    stages: tuple[Stage, ...] = ()
