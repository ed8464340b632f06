"""Recognises loggers with a sign or date of their own: klog, Ruby, Apache errors, Valkey, `LEVEL: text`."""

import re

from debugterm_protocol.lines.levelwords import level_word
from debugterm_protocol.lines.line import Line
from debugterm_protocol.lines.stamped import recognise as recognise_stamped
from debugterm_protocol.times import assemble, month_number, yearless

_KLOG = re.compile(
    r"([IWEF])(\d\d)(\d\d) (\d\d:\d\d:\d\d)\.(\d{1,6})\s+(\d{1,10}) ([\w./-]{1,200}:\d{1,7})\] (.*)",
    re.ASCII | re.DOTALL,
)
_RUBY = re.compile(
    r"([DIWEFA]), \[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))? #(\d{1,10})\]\s+([A-Z]{3,5}) -- ([^:\n]{0,200}): (.*)",
    re.ASCII | re.DOTALL,
)
_APACHE = re.compile(
    r"\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))? (\d{4})\] "
    r"\[([\w:]{1,64})\] (?:\[pid (\d{1,10})(?::tid \d{1,20})?\] )?(?:\[client ([^\]\s]{1,100})\] )?(.*)",
    re.ASCII | re.DOTALL,
)
_VALKEY = re.compile(
    r"(\d{1,10}):([MSCX]) (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d)\.(\d{3}) ([.*#-]) (.*)",
    re.ASCII | re.DOTALL,
)
_VALKEY_LEVELS = {".": "debug", "-": "debug", "*": "info", "#": "warn"}
_LETTERS = {"D": "debug", "I": "info", "W": "warn", "E": "error", "F": "fatal", "A": "info"}
_FIRST = re.compile(r"\[([A-Za-z]{3,11})\] *:? *|([A-Z]{3,11})(?=[:\s])(?::| )\s*")
_PYTHON = re.compile(r"([A-Za-z_][\w.]{0,200}):(?=\S)")
_NAMED = re.compile(r"([a-z][\w-]{0,63}) (?=\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)", re.ASCII)
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def recognise(text: str, *, now: int, offset: int = 0) -> Line | None:
    """The record of such a line; None when it is none. Linear in the length."""
    first, second = text[:1], text[1:2]
    if first in "IWEF" and second.isdecimal():
        return _klog(text, now, offset)
    if first.isdecimal():
        return _valkey(text, offset)
    if second == ",":
        return _ruby(text, offset)
    return _apache(text, offset) or _level_first(text, offset) or _named(text, offset)


def _klog(text: str, now: int, offset: int) -> Line | None:
    found = _KLOG.fullmatch(text)
    if found is None or not 1 <= int(found[2]) <= 12:
        return None
    letter, month, day, clock, fraction, pid, place, message = found.groups()
    ts = yearless(_MONTH_NAMES[int(month) - 1], int(day), clock, now=now, offset=offset)
    ts = None if ts is None else ts + int(fraction.ljust(6, "0"))
    return Line(message, ts=ts, level=_LETTERS[letter], attrs={"pid": int(pid), "caller": place})


def _ruby(text: str, offset: int) -> Line | None:
    found = _RUBY.fullmatch(text)
    if found is None:
        return None
    letter, stamp, fraction, pid, _, program, message = found.groups()
    attrs: dict[str, object] = {"pid": int(pid), **({"logger": program.strip()} if program.strip() else {})}
    return Line(
        message, ts=assemble(stamp, fraction, None, offset=offset), level=_LETTERS[letter], attrs=attrs
    )


def _apache(text: str, offset: int) -> Line | None:
    found = _APACHE.fullmatch(text)
    if found is None or (number := month_number(found[1])) is None:
        return None
    _, day, clock, fraction, year, module, pid, client, message = found.groups()
    ts = assemble(f"{year}-{number:02d}-{day.replace(' ', '0')}T{clock}", fraction, None, offset=offset)
    attrs: dict[str, object] = {"module": module.partition(":")[0]} if ":" in module else {}
    if pid:
        attrs["pid"] = int(pid)
    if client:
        attrs["client_ip"] = client
    return Line(message, ts=ts, level=level_word(module, bracketed=True), attrs=attrs)


def _valkey(text: str, offset: int) -> Line | None:
    found = _VALKEY.fullmatch(text)
    if found is None or (number := month_number(found[4])) is None:
        return None
    pid, role, day, _, year, clock, fraction, sign, message = found.groups()
    ts = assemble(f"{year}-{number:02d}-{day}T{clock}", fraction, None, offset=offset)
    return Line(message, ts=ts, level=_VALKEY_LEVELS[sign], attrs={"pid": int(pid), "role": role})


def _level_first(text: str, offset: int) -> Line | None:
    """`ERROR: text`, `[warn] text`, `INFO 2026-11-23 17:20:11 text`, `WARNING:root:text`."""
    found = _FIRST.match(text)
    if found is None:
        return None
    level = level_word(found[1] or found[2], bracketed=found[1] is not None)
    if level is None:
        return None
    rest = text[found.end() :]
    line = recognise_stamped(rest, offset=offset)
    if line is not None:
        line.level = level
        return line
    line = Line(rest, level=level, attrs={})
    if (
        found[2]
        and (logger := _PYTHON.match(rest)) is not None
        and text[found.end(2) + 1 : found.end(2) + 2].strip()
    ):
        line.attrs["logger"] = logger[1]
        line.message = rest[logger.end() :]
    return line


def _named(text: str, offset: int) -> Line | None:
    """`update-alternatives 2026-11-23 17:20:11: run with ..`: who wrote it stands before the date."""
    found = _NAMED.match(text)
    line = recognise_stamped(text[found.end() :], offset=offset) if found is not None else None
    if found is not None and line is not None:
        line.service = found[1]
    return line
