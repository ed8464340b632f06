"""The rows of one batch as columns, decoded and folded at most once for all the queries that look at them."""

from collections.abc import Mapping
from functools import cached_property

import msgspec
from debugterm_protocol.query.values import fold, text_of

Row = dict[str, object]

PRETESTS = 3
"""Searches of the undecoded bytes that one batch is worth: together they cost less than decoding it."""
_NOTHING: Row = {}
_rows: msgspec.json.Decoder[Row] = msgspec.json.Decoder(Row)


class Columns:
    """The stored rows of one batch: `data` is their NDJSON without a newline at its end, `levels` counts them."""

    def __init__(self, data: bytes, *, n: int, levels: Mapping[str, int] | None = None) -> None:
        self.data = data
        self.n = n
        self.levels = levels
        self._pretests = 0

    @cached_property
    def lines(self) -> list[bytes]:
        """The stored rows as bytes."""
        return self.data.split(b"\n")

    @cached_property
    def rows(self) -> list[Row]:
        """The stored rows, decoded."""
        return [_rows.decode(line) for line in self.lines]

    @cached_property
    def level(self) -> list[object]:
        """The level of each row."""
        return [row.get("level") for row in self.rows]

    @cached_property
    def service(self) -> list[object]:
        """The service of each row."""
        return [row.get("service") for row in self.rows]

    @cached_property
    def message(self) -> list[str]:
        """The message of each row, empty when it has none."""
        return [message_of(row) for row in self.rows]

    @cached_property
    def text(self) -> list[str]:
        """The message of each row, folded: what words are searched in."""
        return [m.lower() if m.isascii() else fold(m) for m in self.message]

    @cached_property
    def attrs(self) -> list[Row]:
        """The attributes of each row."""
        return [attrs_of(row) for row in self.rows]

    @cached_property
    def _folded(self) -> bytes | None:
        # A text that is not ASCII can fold to one that is, so only ASCII can be searched without decoding it.
        return self.data.lower() if self.data.isascii() else None

    @property
    def decoded(self) -> bool:
        """Whether the rows are decoded already."""
        return "rows" in self.__dict__

    def lacks(self, needle: bytes) -> bool:
        """Whether no row can contain this lower-case ASCII; False when it is not worth finding out."""
        if self.decoded or self._pretests >= PRETESTS:
            return False
        self._pretests += 1
        folded = self._folded
        return folded is not None and needle not in folded

    def forget(self) -> None:
        """Let go of all but the bytes: decoded rows take six times the memory, and can be had again."""
        for name in ("rows", "level", "service", "message", "text", "attrs", "_folded"):
            _ = self.__dict__.pop(name, None)


def message_of(row: Row) -> str:
    """The text of the message, empty when there is none."""
    message = row.get("message")
    return message if type(message) is str else text_of(message) or ""


def attrs_of(row: Row) -> Row:
    """The attributes, empty when there are none."""
    attrs = row.get("attrs")
    return attrs if type(attrs) is dict else _NOTHING
