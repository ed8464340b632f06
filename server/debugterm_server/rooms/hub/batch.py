"""One stream entry in the hub's hands: its rows as bytes, decoded at most once and only if somebody must look."""

from functools import cached_property

import msgspec
from debugterm_protocol.offsets import Offset

from debugterm_server.bus.entries import Entry
from debugterm_server.core.matcher import Matcher

_rows: msgspec.json.Decoder[dict[str, object]] = msgspec.json.Decoder(dict[str, object])


class Read:
    """An entry that was read; shared by every query of the environment."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        ms, _, seq = entry.id.partition("-")
        self.place = (int(ms), int(seq))
        """The entry's id as two integers, for comparing."""

    @cached_property
    def lines(self) -> list[bytes]:
        """The stored rows as bytes."""
        return self.entry.rows.split(b"\n")

    @cached_property
    def rows(self) -> list[dict[str, object]]:
        """The stored rows, decoded."""
        return [_rows.decode(line) for line in self.lines]

    def forget(self) -> None:
        """Let go of the decoded rows: they take six times the memory of their bytes, and can be had again."""
        _ = self.__dict__.pop("rows", None)

    def offset(self, index: int) -> Offset:
        """The place of one row."""
        return Offset(*self.place, index)

    def pick(self, matcher: Matcher) -> list[int]:
        """Indexes of the rows that match."""
        if matcher.matches_all:
            return list(range(self.entry.n))
        match = matcher.match
        return [index for index, row in enumerate(self.rows) if match(row)]

    def level(self, index: int) -> str:
        """The level of one row."""
        return str(self.rows[index].get("level", "info"))
