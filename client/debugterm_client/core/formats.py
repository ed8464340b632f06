"""A row in the formats that programs read: JSON, logfmt, or the message alone."""

from typing import Literal

import msgspec

from debugterm_client.core.rows import FLAGS, Row, decode

Format = Literal["text", "json", "logfmt", "raw"]
"""How `tail` and `search` print: `text` for people, the others for programs."""


def shaped(raw: bytes, form: Literal["logfmt", "raw"]) -> str:
    """A stored row as one line, with all that is in it: what a terminal must not get is made safe by who prints it."""
    row = decode(raw)
    return logfmt(row) if form == "logfmt" else row.message.replace("\r", "\\r").replace("\n", "\\n")


def logfmt(row: Row) -> str:
    """`ts=.. level=.. service=.. msg=".."`, then the attributes; empty fields are left out, odd values are quoted."""
    fields: dict[str, object] = {
        "ts": row.ts,
        "level": row.level,
        "service": row.service,
        "host": row.host,
        "msg": row.message,
        "trace_id": row.trace_id,
        "span_id": row.span_id,
    }
    shown = {name: value for name, value in fields.items() if value}
    shown |= {f"attrs.{name}" if name in fields else name: value for name, value in row.attrs.items()}
    shown |= {name: True for name in FLAGS if getattr(row, name)}
    return " ".join(f"{_key(name)}={_value(value)}" for name, value in shown.items())


def _key(name: str) -> str:
    return "".join(char if char.isprintable() and char not in ' ="' else "_" for char in name) or "_"


def _value(value: object) -> str:
    if isinstance(value, str):
        plain = value and value.isprintable() and not any(char in ' ="\\' for char in value)
        return value if plain else msgspec.json.encode(value).decode()
    text = msgspec.json.encode(value).decode()
    return text if not isinstance(value, dict | list) else msgspec.json.encode(text).decode()
