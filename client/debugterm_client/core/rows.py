"""A stored row as a person reads it: decoded when it is painted, never before."""

from typing import Any

import msgspec
from debugterm_protocol.levels import NUMBERS

from debugterm_client.core.sanitize import safe

LETTERS = {"trace": "T", "debug": "D", "info": "I", "warn": "W", "error": "E", "fatal": "F"}
SHORT_TRACE = 6
FLAGS = {"parse_error": "not parsed", "truncated": "cut", "ts_skewed": "clock off", "late": "late"}
"""What the hub noticed about a row, in the words that the browser has for it too."""


class Row(msgspec.Struct, frozen=True):
    """One log record; a field the sender did not give is empty."""

    ts: str = ""
    level: str = "info"
    service: str = ""
    host: str = ""
    message: str = ""
    trace_id: str = ""
    span_id: str = ""
    attrs: dict[str, Any] = {}
    parse_error: bool = False
    truncated: bool = False
    ts_skewed: bool = False
    late: bool = False

    @property
    def letter(self) -> str:
        """The level in one letter, so that colour is never the only sign."""
        return LETTERS.get(self.level, "?")

    @property
    def marks(self) -> str:
        """The flags in brackets, to stand before the message, where they are not cut off."""
        return " ".join(f"[{word}]" for name, word in FLAGS.items() if getattr(self, name))

    @property
    def bad(self) -> bool:
        """Error or worse."""
        return NUMBERS.get(self.level, 0) >= NUMBERS["error"]


_decoder = msgspec.json.Decoder(Row)


def decode(raw: bytes) -> Row:
    """Read a stored row; bytes that are none become a row that shows them."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return Row(message=raw.decode("utf-8", "replace"), parse_error=True)


def clock(ts: str, *, today: str) -> str:
    """The time in 12 columns: of today to the millisecond, of this year with its date, else the date.

    `ts` is RFC 3339 UTC, `today` is `YYYY-MM-DD`.
    """
    if ts[:10] == today:
        return safe(ts[11:23].removesuffix("Z")).ljust(12)[:12]
    if ts[:4] == today[:4]:
        return safe(f"{ts[5:10]} {ts[11:16]}").ljust(12)[:12]
    return safe(ts[:10]).ljust(12)[:12]


def value_text(value: object) -> str:
    """An attribute value as `key=value` shows it: strings bare unless a blank is in them, the rest as JSON."""
    if isinstance(value, str) and value and not any(char in value for char in ' "='):
        return safe(value)
    return safe(msgspec.json.encode(value).decode())


def attrs_text(row: Row) -> str:
    """The attributes in one line, `key=value` each."""
    return " ".join(f"{safe(key)}={value_text(value)}" for key, value in row.attrs.items())


def one_line(row: Row, *, today: str) -> str:
    """The row as `tail` and plain mode print it."""
    head = [clock(row.ts, today=today).rstrip(), row.letter, safe(row.service) or "-"]
    return " ".join(part for part in (*head, row.marks, safe(row.message), attrs_text(row)) if part)


def details(row: Row) -> list[tuple[str, str]]:
    """Every field of the row for the detail view, in the order a person looks for them; values may hold LF."""
    fields = [("ts", row.ts), ("level", row.level), ("service", row.service), ("host", row.host)]
    fields += [("trace_id", row.trace_id), ("span_id", row.span_id)]
    fields += [
        (key, value if isinstance(value, str) else value_text(value)) for key, value in row.attrs.items()
    ]
    flags = [word for name, word in FLAGS.items() if getattr(row, name)]
    return [field for field in (*fields, ("flags", ", ".join(flags))) if field[1]]
