"""Which rows of each entry a query of rows shows, and in which shape: its filter, and the state of its row stages."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from debugterm_protocol.query import Query
from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.plan import plan
from debugterm_protocol.query.stages import Context, Dedup

from debugterm_server.core.rowstages import RowStages, left_of
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.shared import Picked


class Choosing:
    """One pass over the stream, oldest entry first; `newest_first` for one that goes back."""

    def __init__(self, query: Query, *, newest_first: bool = False) -> None:
        left = left_of(query, plan(query).rows)
        self._newest_first = newest_first
        kinds = {type(stage) for stage in left}
        # What a warm-up shows nobody must not be remembered by `dedup` as shown.
        self.looks_back = Context in kinds and Dedup not in kinds
        """Whether it needs the rows right before its first one."""
        self._stages: RowStages[Read] | None = RowStages(left, newest_first=newest_first) if left else None

    @property
    def plain(self) -> bool:
        """Whether the filter says all: no row goes out but as it is stored, and with its entry."""
        return self._stages is None

    def choose(self, read: Read, indexes: Sequence[int]) -> Iterator[Picked]:
        """What goes out now, in order, of this entry and of those before; `indexes` match the filter."""
        if self._stages is None:
            if indexes:
                yield Picked(read, indexes)
            return
        line = self._stages.line if self._stages.shapes else None
        for one, items in groupby(self._stages.take(read, indexes), lambda item: item.batch):
            chosen = list(items)
            lines = {item.index: line(item) for item in chosen} if line is not None else None
            yield Picked(one, sorted(item.index for item in chosen), lines)

    def rows(self, read: Read, indexes: Sequence[int]) -> list[tuple[Read, int, Row]]:
        """The same as entry, index and decoded row, for whoever counts them."""
        if self._stages is None:
            order = reversed(indexes) if self._newest_first else indexes
            return [(read, index, read.rows[index]) for index in order]
        return [(item.batch, item.index, item.row) for item in self._stages.take(read, indexes)]

    def follow(self, traces: Iterable[str]) -> None:
        """Follow these trace ids from the first row on."""
        if self._stages is not None:
            self._stages.follow(traces)
