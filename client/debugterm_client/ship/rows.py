"""A record as the hub takes it: one JSON line, parsed here as the hub would parse the text itself."""

from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from debugterm_client.ship.place import Place


class Row(NamedTuple):
    """One line of a body, and the place of its source once the hub has it (`source` is empty when there is none)."""

    body: bytes
    source: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """What a row says about its sender when the text itself does not."""

    service: str
    host: str

    def body(self, text: str) -> bytes:
        """The JSON line of one record; empty when there is nothing to send."""
        if not text.strip():
            return b""
        if text.startswith("{") and "\n" not in text:
            return text.encode()
        return msgspec.json.encode({"message": text, "service": self.service, "host": self.host})
