"""Recognises a log record in a JSON object, by the names that loggers in use give to time, level and the rest."""

import re
from collections.abc import Callable

import msgspec

from debugterm_protocol.levels import SYSLOG, level_of, otel_level
from debugterm_protocol.lines.line import Line
from debugterm_protocol.times import parse_time

Object = dict[str, object]

_TIME = ("ts", "time", "timestamp", "@timestamp", "t", "@t", "datetime", "asctime", "eventTime")
_LEVEL = (
    *("level", "lvl", "severity", "severity_text", "severityText", "severity_number", "severityNumber"),
    *("log.level", "levelname", "loglevel", "log_level", "@l", "Level", "LEVEL"),
)
_MESSAGE = ("message", "msg", "body", "event", "log", "@m", "@mt", "Message", "MESSAGE", "short_message")
_SERVICE = ("service", "service.name", "service_name", "serviceName", "app", "application")
_HOST = ("host", "hostname", "host.name", "Host", "HOSTNAME")
_TRACE = ("trace_id", "traceId", "traceID", "trace.id", "TraceId", "otelTraceID", "@tr")
_SPAN = ("span_id", "spanId", "spanID", "span.id", "SpanId", "otelSpanID", "@sp")
_MERGED = ("attributes", "attrs", "fields", "resource")
_ALWAYS_TIME = frozenset({"ts", "timestamp", "@timestamp"})
_SMALLEST_EPOCH = 1e8
"""A smaller number under a name like `time` is a duration, not a moment before 1973."""
_OTEL_NUMBERS = frozenset({"severity_number", "severityNumber"})


def _text(value: object) -> str | None:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case _:
            return None


def _name(value: object) -> str | None:
    """A service or host: text, or the `name` of an object (Elastic writes `{"service":{"name":..}}`)."""
    if isinstance(value, dict):
        value = value.get("name")
    return _text(value) or None


def _identity(value: object) -> str | None:
    if isinstance(value, dict):
        value = value.get("id")
    return _text(value) or None


_READERS: tuple[tuple[str, tuple[str, ...], Callable[[object], object]], ...] = (
    ("ts", _TIME, parse_time),
    ("level", _LEVEL, level_of),
    ("message", _MESSAGE, _text),
    ("service", _SERVICE, _name),
    ("host", _HOST, _name),
    ("trace_id", (*_TRACE, "trace"), _identity),
    ("span_id", (*_SPAN, "span"), _identity),
)
_ROLE = {name: (role, read) for role, names, read in _READERS for name in names}
_ORDER = {name: i for i, name in enumerate(_ROLE)}
_KNOWN = frozenset(_ROLE)
_NESTED = frozenset(_MERGED)
_PRIORITIES = tuple("01234567")
_NAMED_ONLY_AS_OBJECT = frozenset({"trace", "span"})


def from_object(found: Object, *, offset: int = 0) -> Line:
    """The record that a decoded JSON object is. Takes the object over: what is left of it becomes `attrs`.

    The first name of a list that holds something usable wins; whatever was not used stays an attribute.
    `offset`: seconds east of UTC of times without zone.
    """
    if not _NESTED.isdisjoint(found):
        _merge(found)
    if "__REALTIME_TIMESTAMP" in found:
        _journal(found)
    line = Line("", attrs=found)
    slots: Object = {}
    for name in sorted(_KNOWN.intersection(found), key=_ORDER.__getitem__):
        role, read = _ROLE[name]
        value = found[name]
        if value is None:
            del found[name]
        elif role not in slots and (usable := _use(name, value, read, offset)) is not None:
            slots[role] = usable
            if not isinstance(value, dict):
                del found[name]
    for role, usable in slots.items():
        setattr(line, role, usable)
    if line.level is None:
        _late_level(line, found)
    return line


def into(line: Line, found: Object, *, offset: int = 0) -> None:
    """Fill a line whose head was read with the object that its message is; what the object itself says wins."""
    inner = from_object(found, offset=offset)
    line.message = inner.message
    for name in ("ts", "level", "service", "host", "trace_id", "span_id"):
        if (value := getattr(inner, name)) is not None:
            setattr(line, name, value)
    line.attrs.update(inner.attrs)


def _use(name: str, value: object, read: Callable[[object], object], offset: int) -> object:
    if read is parse_time:
        if name not in _ALWAYS_TIME and isinstance(value, int | float) and value < _SMALLEST_EPOCH:
            return None
        return parse_time(value, offset=offset)
    if name in _OTEL_NUMBERS:
        return otel_level(value)
    if name in _NAMED_ONLY_AS_OBJECT and not isinstance(value, dict):
        return None
    return read(value)


def _late_level(line: Line, found: Object) -> None:
    """Elastic's nested `log.level`."""
    log = found.get("log")
    if isinstance(log, dict):
        line.level = level_of(log.get("level"))


def _merge(found: Object) -> None:
    """Lift the contents of `attributes`, `attrs`, `fields` and `resource` beside them; a taken name keeps its prefix."""
    for name in _MERGED:
        inner = found.get(name)
        if not isinstance(inner, dict):
            continue
        del found[name]
        for key, value in inner.items():
            found[key if key not in found else f"{name}.{key}"] = value


def _journal(found: Object) -> None:
    """`journalctl -o json`: all values are text, priorities are syslog's."""
    found["ts"] = found.pop("__REALTIME_TIMESTAMP")
    priority = found.get("PRIORITY")
    if isinstance(priority, str) and priority in _PRIORITIES:
        found["level"] = SYSLOG[int(priority)]
        del found["PRIORITY"]
    for theirs, ours in (
        ("_HOSTNAME", "host"),
        ("SYSLOG_IDENTIFIER", "service"),
        ("_SYSTEMD_UNIT", "service"),
    ):
        if theirs in found and ours not in found:
            found[ours] = found.pop(theirs)


# A JSON text that only its string escapes or its NaN make illegal, as Python's json module writes it.
_MENDABLE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|NaN|-?Infinity', re.DOTALL)
_LONE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)


def decode(text: str) -> Object | None:
    """The JSON object that a text is, None when it is none.

    Lone surrogates become U+FFFD; NaN and infinities become null. Never raises.
    """
    for attempt in (text, None):
        try:
            found = _DECODER.decode(_mend(text) if attempt is None else attempt)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            continue
        return found
    return None


_DECODER = msgspec.json.Decoder(dict[str, object])


def _mend(text: str) -> str:
    def mend(found: re.Match[str]) -> str:
        piece = found[0]
        if piece[0] != '"':
            return "null"
        return _LONE.sub(lambda lone: "\\ufffd" if lone[1] else lone[0], piece)

    return _MENDABLE.sub(mend, text.encode("utf-8", "replace").decode())
