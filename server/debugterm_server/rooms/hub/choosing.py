"""Which rows of each entry a query of rows shows, and in which shape: its filter, and the state of its row stages."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from debugterm_protocol.query import Query
from debugterm_protocol.query.plan import plan

from debugterm_server.core.rowstages import RowStages, left_of
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.shared import Picked


class Choosing:
    """One pass over the stream, oldest entry first; `newest_first` for one that goes back."""

    def __init__(self, query: Query, *, newest_first: bool = False) -> None:
        left = left_of(query, plan(query).rows)
        self._newest_first = newest_first
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
