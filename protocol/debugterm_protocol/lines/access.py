"""Recognises web access logs: Apache and nginx, common and combined format, with a virtual host before or more behind."""

import re

from debugterm_protocol.lines.line import Line
from debugterm_protocol.times import assemble, month_number

_QUOTED = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
_ACCESS = re.compile(
    r"(?:([\w.-]{1,255}:\d{1,5}) )?(\S+) (\S+) (\S+(?: [^\s\[]\S*)?) "
    r"\[(\d\d)/(\w{3})/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})\] "
    rf"{_QUOTED} (\d{{3}}) (\d{{1,18}}|-)(?: {_QUOTED} {_QUOTED})?(?: (.*))?",
    re.ASCII | re.DOTALL,
)
_REQUEST = re.compile(r"([A-Z_-]{1,32}) (\S+)(?: (HTTP/[\d.]{1,5}))?", re.ASCII)


def level_of_status(status: int) -> str:
    """5xx is an error, 4xx a warning, everything else info."""
    return "error" if status >= 500 else "warn" if status >= 400 else "info"


def recognise(text: str) -> Line | None:
    """The record of an access log line; None when it is none. Linear in the length of the text."""
    found = _ACCESS.fullmatch(text)
    if found is None:
        return None
    vhost, client, ident, user, day, month, year, clock, zone, request, status, size, referer, agent, rest = (
        found.groups()
    )
    number = month_number(month)
    if number is None:
        return None
    attrs: dict[str, object] = {"client_ip": client}
    optional = {"vhost": vhost, "ident": ident, "user": user}
    attrs.update((name, value) for name, value in optional.items() if value not in (None, "-"))
    parts = _REQUEST.fullmatch(request)
    if parts is not None:
        attrs["method"], attrs["path"] = parts[1], parts[2]
        if parts[3]:
            attrs["protocol"] = parts[3]
    attrs["status"] = int(status)
    if size != "-":
        attrs["bytes"] = int(size)
    optional = {"referer": referer, "user_agent": agent, "extra": rest}
    attrs.update((name, value) for name, value in optional.items() if value not in (None, "-", ""))
    return Line(
        f"{request} {status}",
        ts=assemble(f"{year}-{number:02d}-{day}T{clock}", None, zone),
        level=level_of_status(int(status)),
        attrs=attrs,
    )
