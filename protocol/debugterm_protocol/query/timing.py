"""Reads time terms: `last:15m`, `from:18:30 to:18:45`, `around:18:42:01~2m`, `deploy:v412~15m`, `ts>=18:30`."""

import re
from datetime import UTC

from debugterm_protocol import limits
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.moments import FORMS, moment
from debugterm_protocol.query.reader import WORD, Reader
from debugterm_protocol.query.stages import Around, Deploy, From, Last, Time, To
from debugterm_protocol.query.syntax import TIME_TERMS
from debugterm_protocol.query.terms import Value, canonical
from debugterm_protocol.query.vocabulary import TIMES
from debugterm_protocol.spans import BadSpan, seconds_back

_EQUAL = frozenset({":", "=", "==", "!=", ":!="})
_ORDER = frozenset({">", ">=", "<", "<="})
_TAIL = re.compile(r'~[^\s()"|]+')
_DAY_AND_CLOCK = re.compile(r"(\d{4}[-/]\d\d[-/]\d\d)[ \t]+(\d\d?:\d\d(?::\d\d)?)(?=\s|\||$)")
_NAMED = re.compile(r"([a-z]+)(:|=)")
_KINDS = (Last, From, To, Around, Deploy)
_AROUND_SECONDS = 60
_DEPLOY_SECONDS = 900
_NOON = 1_800_000_000_000_000
"""Any moment will do to ask whether a text is one."""


def is_time(name: str, cmp: str) -> bool:
    """Whether `name cmp ..` is a time term; `last>5` and `from~bob` are of attributes."""
    return name in TIME_TERMS and cmp in _EQUAL


def read_time(reader: Reader, name: str, cmp: str, start: int) -> None:
    """Take the time term whose value begins here; `start` is where its name does. Raises BadQuery."""
    reader.want("time", field=name, tight=True)
    _stands_alone(reader, name, cmp, start)
    time = _named(name, _value(reader, name))
    if any(isinstance(other, type(time)) for other, _ in reader.times):
        raise BadQuery(f"'{name}:' stands twice", start + 1, "keep one of them")
    reader.count()
    reader.times.append((time, start + 1))


def read_vs(reader: Reader) -> Time | None:
    """The time term that begins here (behind `vs`), None when none does. Raises BadQuery."""
    start = reader.at
    reader.want("time", words=tuple(TIMES))
    found = _NAMED.match(reader.text, start)
    if found is None or found[1] not in TIME_TERMS:
        return None
    reader.at = found.end()
    reader.want("time", field=found[1], tight=True)
    return _named(found[1], _value(reader, found[1]))


def time_of_ts(reader: Reader, name: str, cmp: str, value: Value, start: int) -> bool:
    """Take `ts>=value` as `from:` and `ts<value` as `to:`; False when it is no such comparison. Raises BadQuery."""
    op = cmp.removeprefix(":")
    if op not in _ORDER or canonical(name) != "ts" or reader.table:
        return False
    _stands_alone(reader, "ts", cmp, start)
    kind = From if op in (">", ">=") else To
    if any(isinstance(other, kind) for other, _ in reader.times):
        raise BadQuery(f"'ts{op}' and a time before it say the same", start + 1, "keep one of them")
    reader.times.append((kind(_moment(value)), start + 1))
    return True


def times_of(reader: Reader) -> tuple[Time, ...]:
    """What was met, in one order: two queries with the same times are equal."""
    return tuple(sorted((time for time, _ in reader.times), key=lambda time: _KINDS.index(type(time))))


def seconds(value: Value) -> int:
    """Whole seconds of a typed span, 1 or more. Raises BadQuery."""
    try:
        found = seconds_back(value.text)
    except BadSpan:
        raise BadQuery(
            f"{value.text[:40]!r} is not a span of time", value.column, "one looks like 30s, 15m, 1h30m or 2d"
        ) from None
    if found < 1 or found != int(found) or value.text.startswith("-"):
        raise BadQuery("a span is whole seconds, at least 1s", value.column, "15m, 1h30m or 2d")
    if found > limits.SPAN_SECONDS:
        raise BadQuery(f"a span is at most {limits.SPAN_SECONDS // 86_400} days", value.column)
    return int(found)


def _stands_alone(reader: Reader, name: str, cmp: str, start: int) -> None:
    term = f"{name}{cmp}"
    attribute = "" if name == "ts" else f"; for an attribute write attrs.{name}{cmp}value"
    if reader.stage:
        raise BadQuery(
            f"a time ('{term}') stands before the first '|'", start + 1, f"move it there{attribute}"
        )
    if reader.inside or "!" in cmp:
        raise BadQuery(
            f"a time ('{term}') holds for the whole query, not inside (), NOT or OR",
            start + 1,
            f"put it beside them: (a OR b) last:15m{attribute}",
        )


def _value(reader: Reader, name: str) -> Value:
    if reader.peek() == '"':
        value = reader.quoted()
        tail = _TAIL.match(reader.text, reader.at)
        if tail is None:
            return value
        reader.at = tail.end()
        return Value(value.text + tail[0], value.column, wild=False)
    if WORD.match(reader.text, reader.at) is None:
        raise reader.bad(
            f"'{name}:' needs a time",
            f"like {'15m' if name == 'last' else 'v412~15m' if name == 'deploy' else '18:30'}",
        )
    value = reader.word(WORD)
    if clock := _DAY_AND_CLOCK.match(reader.text, value.column - 1):
        raise BadQuery(
            "the clock of a day stands right behind a 'T'",
            clock.start(2) + 1,
            f"{name}:{clock[1]}T{clock[2]}",
        )
    return value


def _named(name: str, value: Value) -> Time:
    """The time that `name:value` means. Raises BadQuery."""
    try:
        return _time_of(name, value)
    except BadQuery as bad:
        raise BadQuery(bad.why, bad.column, f"{bad.hint}; for an attribute write attrs.{name}:..") from None


def _time_of(name: str, value: Value) -> Time:
    match name:
        case "last":
            return Last(seconds(value))
        case "from":
            return From(_moment(value))
        case "to":
            return To(_moment(value))
        case "around":
            text, span = _split(value, _AROUND_SECONDS)
            return Around(_moment(text), span)
        case _:
            text, span = _split(value, _DEPLOY_SECONDS)
            if not text.text:
                raise BadQuery("'deploy:' needs a version", value.column, "deploy:v412~15m")
            return Deploy(text.text, span)


def _split(value: Value, default: int) -> tuple[Value, int]:
    """What stands before the last `~`, and the seconds behind it."""
    text, tilde, span = value.text.rpartition("~")
    if not tilde:
        return value, default
    column = value.column + len(text) + 1
    return Value(text, value.column, wild=value.wild), seconds(Value(span, column, wild=True))


def _moment(value: Value) -> str:
    if moment(value.text, now=_NOON, zone=UTC) is None:
        raise BadQuery(f"{value.text[:40]!r} is not a time", value.column, f"times are {FORMS}")
    return value.text
