"""One stream entry in the hub's hands: its rows as bytes, decoded at most once and only if somebody must look."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from functools import cached_property

import msgspec
from debugterm_protocol.levels import LEVELS
from debugterm_protocol.offsets import Offset

from debugterm_server.bus.entries import Entry
from debugterm_server.core.columns import Columns, Row
from debugterm_server.core.matcher import Matcher


class _Level(msgspec.Struct):
    level: str = "info"


RANKS: dict[object, int] = {level: rank for rank, level in enumerate(LEVELS)}
INFO = RANKS["info"]
_level = msgspec.json.Decoder(_Level)


class Read:
    """An entry that was read; shared by every query of the environment."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.columns = Columns(entry.rows, n=entry.n, levels=entry.levels)
        ms, _, seq = entry.id.partition("-")
        self.place = (int(ms), int(seq))
        """The entry's id as two integers, for comparing."""
        self.fresh: Set[int] = frozenset()
        """Indexes of rows that are the first of a new pattern: they are shed last."""

    @property
    def lines(self) -> list[bytes]:
        """The stored rows as bytes."""
        return self.columns.lines

    @property
    def rows(self) -> list[Row]:
        """The stored rows, decoded."""
        return self.columns.rows

    def forget(self) -> None:
        """Let go of the decoded rows: they take six times the memory of their bytes, and can be had again."""
        self.columns.forget()

    def offset(self, index: int) -> Offset:
        """The place of one row."""
        return Offset(*self.place, index)

    def pick(self, matcher: Matcher) -> list[int]:
        """Indexes of the rows that match."""
        return matcher.pick(self.columns)

    @cached_property
    def ranks(self) -> bytes:
        """The place of each row's level in LEVELS; kept, because a byte a row is little."""
        if len(self.entry.levels) == 1:
            (level,) = self.entry.levels
            return bytes((RANKS.get(level, INFO),)) * self.entry.n
        if self.columns.decoded:
            return bytes(RANKS.get(row.get("level", ""), INFO) for row in self.rows)
        # Far cheaper than decoding the rows, for queries that take them all.
        return bytes(RANKS.get(_level.decode(line).level, INFO) for line in self.lines)

    def levels(self, indexes: Sequence[int]) -> Mapping[str, int]:
        """How many of these rows each level has."""
        if len(indexes) == self.entry.n and self.entry.levels:
            return self.entry.levels
        ranks = Counter(map(self.ranks.__getitem__, indexes))
        return {LEVELS[rank]: count for rank, count in ranks.items()}
