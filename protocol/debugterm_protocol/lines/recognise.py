"""Recognises one log line of any known format; the first character decides what is tried, so a line costs little."""

import re

from debugterm_protocol.lines import access, logfmt, objects, signed, stamped, syslog
from debugterm_protocol.lines.line import Line

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
_CONTAINER_KEYS = frozenset({"log", "stream", "time"})
_MONTH_STARTS = frozenset("JFMASOND")


def recognise(text: str, *, now: int, offset: int = 0) -> Line:
    """The record that a line (or a joined multi-line record) is; a line of no known format is its own message.

    `now` is microseconds since 1970 and gives year-less times their year; `offset` is seconds east of UTC for
    times without a zone. Never raises; linear in the length of the text.
    """
    text = strip_colours(text).removeprefix("\ufeff").rstrip("\r\n")
    if text.lstrip()[:1] == "{":
        found = objects.decode(text)
        return (
            Line(text, attrs={}, parse_error=True)
            if found is None
            else from_json(found, now=now, offset=offset)
        )
    return _by_first_character(text, now=now, offset=offset) or Line(text, attrs={})


def strip_colours(text: str) -> str:
    """The text without terminal sequences: colours are decoration, and what they hide must show."""
    return _ANSI.sub("", text) if "\x1b" in text else text


def from_json(found: objects.Object, *, now: int, offset: int = 0) -> Line:
    """The record of a decoded JSON object, which is taken over."""
    if (
        "stream" in found
        and _CONTAINER_KEYS.issuperset(found)
        and isinstance(inside := found.get("log"), str)
    ):
        return _container(found, inside, now=now, offset=offset)
    line = objects.from_object(found, offset=offset)
    if "\x1b" in line.message:
        line.message = strip_colours(line.message)
    return line


def _container(found: objects.Object, inside: str, *, now: int, offset: int) -> Line:
    """Docker's `{"log","stream","time"}` around a line of the program; the program's own words win."""
    del found["log"]
    outer = objects.from_object(found, offset=offset)
    line = _inner(inside, now=now, offset=offset)
    line.ts = line.ts if line.ts is not None else outer.ts
    line.attrs = {**outer.attrs, **line.attrs}
    return line


def _inner(text: str, *, now: int, offset: int) -> Line:
    """As `recognise`, but an object in an object in an object .. is opened once: nobody can make us recurse."""
    text = strip_colours(text).rstrip("\r\n")
    if text.lstrip()[:1] == "{":
        found = objects.decode(text)
        return (
            Line(text, attrs={}, parse_error=True)
            if found is None
            else objects.from_object(found, offset=offset)
        )
    return _by_first_character(text, now=now, offset=offset) or Line(text, attrs={})


def _by_first_character(text: str, *, now: int, offset: int) -> Line | None:
    first = text[:1]
    line: Line | None = None
    if first == "<" or first in _MONTH_STARTS:
        line = syslog.recognise(text, now=now, offset=offset)
    elif first == "[" or first.isdigit():
        if "T" in text[10:12]:
            line = syslog.recognise(text, now=now, offset=offset)
        line = line or stamped.recognise(text, offset=offset)
    if line is None and '] "' in text[:2048]:
        line = access.recognise(text)
    if line is None:
        line = signed.recognise(text, now=now, offset=offset)
    if line is None and "=" in text[:128] and (pairs := logfmt.pairs(text)) is not None:
        line = objects.from_object(pairs, offset=offset)
    return line
