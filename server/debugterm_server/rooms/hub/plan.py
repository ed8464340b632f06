"""What a watch frame asks, checked whole before anything changes: its channel, its query, where it begins."""

from dataclasses import dataclass

from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Place, Watch
from debugterm_protocol.offsets import WHOLE_ENTRY, BadOffset, Offset, parse
from debugterm_protocol.query import BadQuery, Query
from debugterm_protocol.query import parse as parse_query
from debugterm_protocol.query.plan import regexes
from debugterm_protocol.spans import BadSpan, seconds_back

from debugterm_server.core import regex
from debugterm_server.core.refusal import Refusal
from debugterm_server.rooms.hub import points
from debugterm_server.rooms.hub.channel import name_of


@dataclass(frozen=True, slots=True)
class Start:
    """Where a watch begins: behind `at`. With an epoch it comes back to a place it had."""

    at: Offset
    epoch: str = ""
    newest: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked watch; `query` is None for metrics."""

    ch: str
    query: Query | None
    start: Start
    since: int = 0
    """Milliseconds since 1970 from which the past of metrics is wanted; 0 for none."""


def plan(env: str, frame: Watch, *, top: Offset, now: float) -> Plan:
    """The plan of a watch on a stream that stands at `top`; `now` in seconds. Raises Refusal (query, offset, span)."""
    if frame.kind == "met":
        back = frame.source if isinstance(frame.source, str) and frame.source != "now" else ""
        return Plan(points.name_of(env), None, Start(Offset(0, 0, 0)), _since(back, now) if back else 0)
    query = query_of(frame.query)
    return Plan(name_of(env, query), query, _start(frame, top=top, now=now))


def query_of(text: str) -> Query:
    """The parsed query. Raises Refusal with the column and a hint."""
    try:
        query = parse_query(text)
        for pattern in regexes(query):
            regex.searcher(pattern)
    except BadQuery as error:
        raise Refusal(Code.BAD_QUERY, error.why, fix=error.hint, column=error.column) from None
    if query.stages or query.times:
        raise Refusal(Code.BAD_QUERY, "times and stages come later", fix="the filter alone works now")
    return query


def _start(frame: Watch, *, top: Offset, now: float) -> Start:
    source = frame.source
    if isinstance(source, Place):
        try:
            return Start(min(parse(source.offset), top), source.epoch or "?")
        except BadOffset as error:
            raise Refusal(Code.BAD_OFFSET, str(error)) from None
    if source == "now":
        return Start(top)
    return Start(Offset(_since(source, now) - 1, 0, WHOLE_ENTRY), newest=frame.newest)


def _since(span: str, now: float) -> int:
    """Milliseconds since 1970 of a span back, at least 1. Raises Refusal."""
    try:
        return max(1, int((now - seconds_back(span)) * 1000))
    except BadSpan as error:
        raise Refusal(Code.BAD_OFFSET, str(error)) from None
