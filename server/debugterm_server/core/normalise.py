"""Turns one line of a sender into the bytes of a stored row, or of a metric point; whatever the bytes are, never raises.

JSON is decoded once and encoded once. Everything that a limit cuts is marked on the row, never dropped in silence.
"""

import msgspec
from debugterm_protocol import frames, limits
from debugterm_protocol.lines import Line, recognise
from debugterm_protocol.lines.objects import Object, from_object
from debugterm_protocol.lines.recognise import from_json
from debugterm_protocol.times import SECOND, print_time
from msgspec import Struct

from debugterm_server.core.trim import clean, cut, fit, json_text, shallow, tidy

AHEAD = 600 * SECOND
"""A time this far ahead of its receipt is the sender's mistake."""
LATE = 60 * SECOND
"""A time this far before its receipt: the row stands among newer ones in the live stream."""
YEAR_2000 = 946_684_800 * SECOND
WHOLE_JSON_BYTES = 16 * limits.ROW_BYTES
"""A JSON line up to this size is read whole and its fields are cut; a longer line is cut before it is read."""
_BACKSLASH = ord("\\")
NAME_CHARS = 256
"""Of a service, a host, a trace id, a metric: they become keys of tables."""
LARGEST = 1.7e308
"""A larger integer has no float."""


class Row(Struct, frozen=True):
    """A stored row: its JSON bytes, and what a batch must know without decoding them (`ts` in microseconds)."""

    data: bytes
    ts: int
    level: str
    parse_error: bool


class Point(Struct, frozen=True):
    """A metric point: the JSON bytes of a `frames.Point` and its time in microseconds."""

    data: bytes
    ts: int


class _Stored(Struct, kw_only=True, omit_defaults=True):
    """The members of a stored row in their order; `ts` is first, so that readers can splice in front of it."""

    ts: str
    level: str
    service: str
    host: str
    message: str
    trace_id: str | None = None
    span_id: str | None = None
    attrs: Object
    parse_error: bool = False
    truncated: bool = False
    ts_skewed: bool = False
    late: bool = False


_objects: msgspec.json.Decoder[Object] = msgspec.json.Decoder(Object)
_encoder = msgspec.json.Encoder()


def normalise(line: bytes, *, received: int, service: str, host: str) -> Row | Point:
    """The row or point that one line (or one joined record) is.

    `received` is microseconds since 1970: the time of a line that has none, and what a skew is measured by.
    `service` and `host` stand where the line names none. Times without zone are UTC.
    """
    truncated = False
    if line[:1] == b"{" and len(line) <= WHOLE_JSON_BYTES:
        try:
            found = _objects.decode(line)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            pass
        else:
            if "metric" in found and (point := _point(found, received, service, host)) is not None:
                return point
            parsed = from_json(found, now=received)
            return _row(parsed, line, received=received, service=service, host=host, truncated=False)
    if len(line) > limits.ROW_BYTES:
        line, truncated = line[: limits.ROW_BYTES], True
    line = line.replace(b"\0", "\ufffd".encode())
    parsed = recognise(line.decode("utf-8", "ignore" if truncated else "replace"), now=received)
    return _row(parsed, line, received=received, service=service, host=host, truncated=truncated)


def _row(line: Line, raw: bytes, *, received: int, service: str, host: str, truncated: bool) -> Row:
    ts = received if line.ts is None else line.ts
    level = line.level or "info"
    skewed = not YEAR_2000 <= ts <= received + AHEAD
    stored = _Stored(
        ts=print_time(ts),
        level=level,
        service=line.service or service,
        host=line.host or host,
        message=line.message,
        trace_id=line.trace_id,
        span_id=line.span_id,
        attrs=line.attrs,
        parse_error=line.parse_error,
        truncated=truncated,
        ts_skewed=skewed,
        late=not skewed and ts < received - LATE,
    )
    data = _encode(stored, raw)
    return Row(data, ts, level, line.parse_error)


def _encode(stored: _Stored, raw: bytes) -> bytes:
    """The bytes of a row inside all limits; `raw` tells cheaply that most rows need no look at them."""
    # An escaped brace can hide a nested object in a text that is JSON itself.
    if raw.count(b"{") + raw.count(b"[") > limits.ROW_DEPTH or _has(raw, b"\\u00"):
        stored.attrs = {key: shallow(value, limits.ROW_DEPTH - 1) for key, value in stored.attrs.items()}
    if len(raw) > NAME_CHARS or len(stored.service) > NAME_CHARS or len(stored.host) > NAME_CHARS:
        _bound(stored, raw)
    data = _encoder.encode(stored)
    if _has(data, b"\\u0000"):
        _clean(stored)
        data = _encoder.encode(stored)
    if len(data) > limits.ROW_BYTES:
        spare = limits.ROW_BYTES - (len(data) - len(_encoder.encode(stored.attrs))) - len(',"truncated":true')
        stored.attrs, stored.truncated = fit(stored.attrs, spare), True
        data = _encoder.encode(stored)
    return data


def _has(data: bytes, escape: bytes) -> bool:
    # Most rows have no backslash, and one byte is found twenty times as fast as several.
    return _BACKSLASH in data and escape in data


def _bound(stored: _Stored, raw: bytes) -> None:
    for name in ("service", "host", "trace_id", "span_id"):
        value = getattr(stored, name)
        if value is not None and len(value) > NAME_CHARS:
            setattr(stored, name, value[:NAME_CHARS])
            stored.truncated = True
    # A byte becomes at most six in JSON, as a control character.
    if len(raw) * 6 > limits.ROW_MESSAGE_BYTES:
        message = cut(stored.message, limits.ROW_MESSAGE_BYTES)
        stored.truncated = stored.truncated or len(message) < len(stored.message)
        stored.message = message
    if len(stored.attrs) > limits.ROW_ATTRS:
        stored.attrs = dict(list(stored.attrs.items())[: limits.ROW_ATTRS])
        stored.truncated = True


def _clean(stored: _Stored) -> None:
    for name in ("service", "host", "message", "trace_id", "span_id", "attrs"):
        setattr(stored, name, tidy(getattr(stored, name)))


def _point(found: Object, received: int, service: str, host: str) -> Point | None:
    """The point of an object with a `metric` name and a numeric `value`; None when it is a row after all."""
    metric, value, unit = found["metric"], found.get("value"), found.get("unit") or ""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > LARGEST:
        return None
    if not isinstance(metric, str) or not 0 < len(metric) <= NAME_CHARS or not isinstance(unit, str):
        return None
    rest = from_object({key: each for key, each in found.items() if key not in ("metric", "value", "unit")})
    ts = received if rest.ts is None else rest.ts
    point = frames.Point(
        ts=print_time(ts),
        metric=clean(metric),
        value=float(value),
        unit=clean(unit)[:NAME_CHARS],
        service=clean(rest.service or service)[:NAME_CHARS],
        host=clean(rest.host or host)[:NAME_CHARS],
        attrs={clean(key): _scalar(each) for key, each in list(rest.attrs.items())[: limits.ROW_ATTRS]},
    )
    data = _encoder.encode(point)
    return Point(data, ts) if len(data) <= limits.ROW_BYTES else None


def _scalar(value: object) -> str | int | float | bool:
    match value:
        case str():
            return clean(value)[:NAME_CHARS]
        case bool() | int() | float():
            return value
        case _:
            return json_text(value)[:NAME_CHARS]
