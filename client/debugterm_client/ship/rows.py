"""A record as the hub takes it: one JSON line, read here by the code that the hub reads the text itself with."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
from debugterm_protocol import limits
from debugterm_protocol.lines import Line, recognise
from debugterm_protocol.lines.objects import Object, decode
from debugterm_protocol.lines.recognise import from_json
from debugterm_protocol.times import print_time

from debugterm_client.ship.place import Place

_TEXT_BYTES = limits.ROW_BYTES + 1
"""Of a text one byte more than a row may have, so that the hub sees that it was longer and flags it `truncated`."""

_CONTAINER_KEYS = frozenset({"log", "stream", "time"})
"""Docker's wrapping of a line; another key beside them would make it an ordinary object."""


class Row(NamedTuple):
    """One line of a body, and the place of its source once the hub has it (`source` is empty when there is none).

    Without a body it only moves a place, after the rows before it.
    """

    body: bytes
    source: str = ""
    place: Place | None = None


class _Sent(msgspec.Struct, kw_only=True, omit_defaults=True):
    ts: str
    level: str | None = None
    service: str
    host: str
    message: str
    trace_id: str | None = None
    span_id: str | None = None
    attrs: Object = {}


@dataclass(frozen=True, slots=True)
class Origin:
    """What a row says about its sender when the text itself does not."""

    service: str
    host: str
    clock: Callable[[], float] = time.time
    """Seconds since 1970: the time of a row that has none, for it was written about now."""

    def body(self, text: str) -> bytes:
        """The JSON line of one record; empty when there is nothing to send.

        A time without zone is in this host's zone. Broken JSON goes as it is: the hub marks and counts it.
        """
        if not text or text.isspace():
            return b""
        try:
            return self._json(text) if text.lstrip()[:1] == "{" else self._text(text)
        except (msgspec.MsgspecError, OverflowError, UnicodeError, RecursionError):
            return msgspec.json.encode(
                {"message": text[:_TEXT_BYTES], "service": self.service, "host": self.host}
            )

    def _json(self, text: str) -> bytes:
        found = decode(text)
        if found is None:
            return self._text(text) if "\n" in text else text[:_TEXT_BYTES].encode("utf-8", "replace")
        if "metric" in found:
            return msgspec.json.encode({"service": self.service, "host": self.host, **found})
        now, east = self._now()
        line = from_json(dict(found), now=now, offset=east)
        if _CONTAINER_KEYS.issuperset(found):
            return self._encode(line, now)
        added = self._missing(line, found, now)
        if east and from_json(dict(found), now=now).ts != line.ts:
            added["ts"] = print_time(line.ts or now)
        return msgspec.json.encode({**found, **added}) if added or "\n" in text else text.encode()

    def _missing(self, line: Line, found: Object, now: int) -> Object:
        """What the object does not say itself; whatever it does say stays as it is."""
        said = {"ts": line.ts, "service": line.service, "host": line.host}
        ours = {"ts": print_time(now), "service": self.service, "host": self.host}
        return {name: ours[name] for name in ours if said[name] is None and found.get(name) is None}

    def _text(self, text: str) -> bytes:
        now, east = self._now()
        return self._encode(recognise(text[:_TEXT_BYTES], now=now, offset=east), now)

    def _now(self) -> tuple[int, int]:
        seconds = self.clock()
        return int(seconds * 1_000_000), time.localtime(seconds).tm_gmtoff

    def _encode(self, line: Line, now: int) -> bytes:
        sent = _Sent(
            ts=print_time(now if line.ts is None else line.ts),
            level=line.level,
            service=line.service or self.service,
            host=line.host or self.host,
            message=line.message,
            trace_id=line.trace_id,
            span_id=line.span_id,
            attrs=line.attrs,
        )
        return msgspec.json.encode(sent)
