"""What a watch frame asks, checked whole before anything changes: its channel, its query, where it begins."""

from dataclasses import dataclass, replace
from typing import Literal

from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Place, Watch
from debugterm_protocol.offsets import WHOLE_ENTRY, BadOffset, Offset, parse
from debugterm_protocol.query import BadQuery, Query, resolve
from debugterm_protocol.query import parse as parse_query
from debugterm_protocol.query.plan import plan, regexes
from debugterm_protocol.spans import BadSpan, seconds_back
from debugterm_protocol.times import SECOND

from debugterm_server.core import regex
from debugterm_server.core.refusal import Refusal
from debugterm_server.core.resume import Resumed
from debugterm_server.rooms.hub import points
from debugterm_server.rooms.hub.channel import name_of


@dataclass(frozen=True, slots=True)
class Now:
    """From now on, or from where the replaced watch stands."""


@dataclass(frozen=True, slots=True)
class Back:
    """From a time in milliseconds since 1970; with `newest` only so many of the newest rows since then."""

    since_ms: int
    newest: int = 0

    @property
    def at(self) -> Offset:
        """The place before it."""
        return Offset(self.since_ms - 1, 0, WHOLE_ENTRY)


Start = Now | Back | Resumed


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked watch; `query` is None for metrics."""

    ch: str
    query: Query | None
    start: Start

    @property
    def tells(self) -> Literal["rows", "table", "met"]:
        """What the watch brings."""
        return "met" if self.query is None else plan(self.query).kind


def query_of(text: str) -> Query:
    """The parsed query. Raises Refusal with the column and a hint."""
    try:
        query = parse_query(text)
        for pattern in regexes(query):
            regex.searcher(pattern)
    except BadQuery as error:
        raise Refusal(Code.BAD_QUERY, error.why, fix=error.hint, column=error.column) from None
    return query


def live(query: Query) -> Query:
    """The query, when it can run on a stream without an end; times only say where it begins. Raises Refusal."""
    why = plan(query).not_live
    if why:
        raise Refusal(Code.BAD_QUERY, why)
    return replace(query, times=())


def channel_of(env: str, frame: Watch) -> tuple[str, Query | None]:
    """The channel and the query that a frame asks for. Raises Refusal."""
    if frame.kind == "met":
        return points.name_of(env), None
    query = live(query_of(frame.query))
    return name_of(env, query), query


def begin_of(frame: Watch, *, now: float) -> Now | Back:
    """Where a watch begins that comes back to no place: at the times of its query, else at its span. Raises Refusal."""
    times = query_of(frame.query).times if frame.kind == "log" else ()
    if not times or not isinstance(frame.source, str):
        return span_of(str(frame.source), frame.newest, now=now)
    try:
        start, _ = resolve(times, now=round(now * SECOND))
    except BadQuery as error:
        raise Refusal(Code.BAD_QUERY, error.why, fix=error.hint) from None
    return Back(max(1, (start or 0) // 1000), frame.newest)


def place_of(place: Place) -> Offset:
    """The offset of a place. Raises Refusal."""
    try:
        return parse(place.offset)
    except BadOffset as error:
        raise Refusal(Code.BAD_OFFSET, str(error)) from None


def span_of(source: str, newest: int, *, now: float) -> Now | Back:
    """`now`, or a span back from `now` in seconds. Raises Refusal."""
    if source == "now":
        return Now()
    try:
        return Back(max(1, int((now - seconds_back(source)) * 1000)), newest)
    except BadSpan as error:
        raise Refusal(Code.BAD_OFFSET, str(error)) from None
