"""Recognises syslog lines: RFC 5424, RFC 3164 with and without priority, and rsyslog's files with RFC 3339 times.

What real senders do is accepted: Heroku leaves the structured data out, rsyslog puts a blank before the message,
some put a BOM there; a message that is JSON (also behind `@cee:`) or logfmt becomes fields.
"""

import re

from debugterm_protocol.levels import SYSLOG
from debugterm_protocol.lines import logfmt, objects
from debugterm_protocol.lines.line import Line
from debugterm_protocol.times import parse_time, yearless

_5424 = re.compile(r"<(\d{1,3})>[1-9]\d? (\S+) (\S+) (\S+) (\S+) (\S+)(?: (.*))?", re.ASCII | re.DOTALL)
_3164 = re.compile(r"(?:<(\d{1,3})>)?([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d) (.*)", re.ASCII | re.DOTALL)
_RSYSLOG = re.compile(
    r"(?:<(\d{1,3})>)?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(?:Z|[+-]\d\d:\d\d)) (.*)", re.ASCII | re.DOTALL
)
_PRI_ONLY = re.compile(r"<(\d{1,3})>(.*)", re.ASCII | re.DOTALL)
_HOST = re.compile(r"([\w.:-]{1,255}) +")
_TAG = re.compile(r"([^\s:\[\]<>{}\"]{1,64})(?:\[([^\]\s]{1,64})\])?:(?: |$)")
_ELEMENT = re.compile(r'\[([^\s=\]"]{1,64})((?: [^\s=\]"]{1,64}="[^"\\\]]*(?:\\.[^"\\\]]*)*")*) ?\]')
_PARAM = re.compile(r' ([^\s=\]"]{1,64})="([^"\\\]]*(?:\\.[^"\\\]]*)*)"')
_SAYS_LEVEL = re.compile(r"(error|fatal|warning|critical|panic): ", re.IGNORECASE)
_FACILITIES = (
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
    "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
)  # fmt: skip


def recognise(text: str, *, now: int, offset: int = 0) -> Line | None:
    """The record of a syslog line; None when it is none.

    `now` (microseconds) gives RFC 3164 its year, `offset` (seconds east) its zone. Linear in the length.
    """
    if text[:1] == "<":
        found = _5424.fullmatch(text)
        if found is not None and (found[2] == "-" or parse_time(found[2]) is not None):
            return _modern(found)
    line = _old(text, now=now, offset=offset)
    if line is None and (bare := _PRI_ONLY.fullmatch(text)) is not None and int(bare[1]) <= 191:
        line = Line("", attrs={})
        _describe(line, bare[2])
        _priority(line, bare[1])
    return line


def _old(text: str, *, now: int, offset: int) -> Line | None:
    if (found := _3164.fullmatch(text)) is not None:
        ts = yearless(found[2], int(found[3]), found[4], now=now, offset=offset)
        rest = found[5]
    elif (found := _RSYSLOG.fullmatch(text)) is not None:
        ts = parse_time(found[2])
        rest = found[3]
        host = _HOST.match(rest)
        if host is None or _TAG.match(rest, host.end()) is None:
            return None
    else:
        return None
    if ts is None:
        return None
    line = Line("", ts=ts, attrs={})
    host = _HOST.match(rest)
    # "Mmm dd hh:mm:ss tag: text" of util-linux's logger and Python has no host.
    if host is not None and not host[1].endswith(":"):
        line.host = host[1]
        rest = rest[host.end() :]
    _describe(line, rest)
    if found[1]:
        _priority(line, found[1])
    return line


def _modern(found: re.Match[str]) -> Line:
    pri, stamp, host, app, process, kind, rest = found.groups(default="")
    line = Line("", ts=parse_time(stamp), attrs={})
    line.host = None if host == "-" else host
    line.service = None if app == "-" else app
    if process != "-":
        line.attrs["pid" if _is_pid(process) else "procid"] = int(process) if _is_pid(process) else process
    if kind != "-":
        line.attrs["msgid"] = kind
    rest = rest.removeprefix("- ") if rest != "-" else ""
    place = 0
    while (element := _ELEMENT.match(rest, place)) is not None:
        place = element.end()
        # A sender's own key of the intake: never kept.
        if not element[1].startswith("token@"):
            params = {
                name: re.sub(r'\\(["\\\]])', r"\1", value) for name, value in _PARAM.findall(element[2])
            }
            line.attrs[element[1]] = params
    _message(line, rest[place:])
    _priority(line, pri)
    return line


def _describe(line: Line, rest: str) -> None:
    """Tag, process and message of RFC 3164; without a colon there is no tag."""
    tag = _TAG.match(rest)
    if tag is not None:
        line.service = tag[1]
        if tag[2]:
            line.attrs["pid"] = int(tag[2]) if _is_pid(tag[2]) else tag[2]
        rest = rest[tag.end() :]
    _message(line, rest)


def _is_pid(text: str) -> bool:
    return text.isdecimal() and len(text) < 16


def _message(line: Line, text: str) -> None:
    text = text.strip(" ").removeprefix("\ufeff")
    found = (
        objects.decode(text.removeprefix("@cee:").strip()) if text[:1] == "{" or text[:5] == "@cee:" else None
    )
    found = found if found is not None else logfmt.pairs(text)
    if found is None:
        line.message = text
        if (says := _SAYS_LEVEL.match(text)) is not None:
            line.level = {"warning": "warn", "error": "error"}.get(says[1].lower(), "fatal")
        return
    objects.into(line, found)


def _priority(line: Line, pri: str) -> None:
    number = int(pri)
    if number <= 191:
        line.level = line.level or SYSLOG[number & 7]
        line.attrs["facility"] = _FACILITIES[number >> 3]
