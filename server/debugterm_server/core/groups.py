"""Groups of rows in slots of time: which group a row is of, what its aggregates need, and what they are over a window."""

from collections.abc import Callable, Sequence

from debugterm_protocol.query.cells import CELL_CHARS, key_of, plain
from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.stages import Agg, Function
from debugterm_protocol.query.tables import Key
from debugterm_protocol.views import Cell

from debugterm_server.core.fields import getter
from debugterm_server.core.parts import Digest, Distinct, Ends, Extremes, Part, Present, Sum
from debugterm_server.core.windows import Added, Different, End, Extreme, Window, window_of

_KINDS: dict[Function, type[Part]] = {
    "count": Present,
    "sum": Sum,
    "avg": Sum,
    "min": Extremes,
    "max": Extremes,
    "uniq": Distinct,
    "first": Ends,
    "last": Ends,
}
"""What each function needs; all others are percentiles."""
GroupKey = Key | None
"""None is the group of all that are beyond the limit."""


class Group:
    """The rows of one group in one slot."""

    __slots__ = ("n", "parts")

    def __init__(self, parts: list[Part]) -> None:
        self.n = 0
        self.parts = parts

    @property
    def weight(self) -> int:
        """How many things are kept."""
        return 1 + sum(part.weight for part in self.parts)

    def absorb(self, later: "Group") -> None:
        """The rows of the slot that follows."""
        self.n += later.n
        for part, more in zip(self.parts, later.parts, strict=True):
            part.absorb(more)


class Slot:
    """The groups of one stretch of time that begins at a unix second."""

    __slots__ = ("groups", "start", "weight")

    def __init__(self, start: int) -> None:
        self.start = start
        self.groups: dict[GroupKey, Group] = {}
        self.weight = 0

    def absorb(self, later: "Slot") -> None:
        """The slot that follows."""
        for key, group in later.groups.items():
            if (mine := self.groups.get(key)) is None:
                self.groups[key] = group
            else:
                mine.absorb(group)
        self.weigh()

    def precede(self, earlier: "Slot") -> None:
        """A part of this slot that comes before it."""
        for key, group in earlier.groups.items():
            if (mine := self.groups.get(key)) is not None:
                group.absorb(mine)
            self.groups[key] = group

    def coarsen(self, level: int) -> None:
        """Keep less of each group."""
        for group in self.groups.values():
            for part in group.parts:
                part.coarsen(level)
        self.weigh()

    def weigh(self) -> None:
        """Count anew what is kept."""
        self.weight = sum(group.weight for group in self.groups.values())


class Total:
    """One group over the whole window."""

    __slots__ = ("n", "windows")

    def __init__(self, like: Group, *, level: int) -> None:
        self.n = 0
        self.windows: list[Window] = [window_of(part) for part in like.parts]
        if level:
            for window in self.windows:
                window.coarsen(level)

    def enter(self, group: Group, start: int, *, older: bool) -> None:
        """One more slot."""
        self.n += group.n
        for window, part in zip(self.windows, group.parts, strict=True):
            window.enter(part, start, older=older)


class Counting:
    """Counts rows into a slot: which group each is of, and what its aggregates need."""

    def __init__(self, aggs: Sequence[Agg], by: Sequence[str], *, having: str = "") -> None:
        self.level = 0
        self._having = getter(having) if having else None
        self._by = [getter(name) for name in by]
        wanted = {(_KINDS.get(agg.function, Digest), agg.field): None for agg in aggs if agg.field}
        self._kinds = list(wanted)
        self._fields = [getter(field) for _, field in self._kinds]
        self._read = [self._reading(agg) for agg in aggs]

    def group(self) -> Group:
        """An empty one."""
        parts = [kind() for kind, _ in self._kinds]
        if self.level:
            for part in parts:
                part.coarsen(self.level)
        return Group(parts)

    def count(self, rows: Sequence[Row], slot: Slot, admits: Callable[[Key], bool]) -> None:
        """Count rows into a slot; a group that is not in it yet must be admitted, or is one of the others."""
        groups, fields, having = slot.groups, self._fields, self._having
        for row in rows:
            if having is not None and having(row) is None:
                continue
            known = self._key(row)
            group = groups.get(known)
            if group is None:
                key: GroupKey = known if admits(known) else None
                group = groups.get(key) or groups.setdefault(key, self.group())
            group.n += 1
            for field, part in zip(fields, group.parts, strict=True):
                if (value := field(row)) is not None:
                    part.add(value)

    def _key(self, row: Row) -> Key:
        return tuple(
            [
                value if type(value := get(row)) is str and len(value) <= CELL_CHARS else key_of(value)
                for get in self._by
            ]
        )

    def cells(self, total: Total) -> list[Cell]:
        """The aggregates of a group over the window."""
        return [read(total) for read in self._read]

    def _reading(self, agg: Agg) -> Callable[[Total], Cell]:
        if not agg.field:
            return lambda total: total.n
        place = self._kinds.index((_KINDS.get(agg.function, Digest), agg.field))
        return lambda total: _read(agg.function, total.windows[place])


def _read(function: Function, window: Window) -> Cell:
    match window:
        case Extreme():
            return window.low if function == "min" else window.high
        case End():
            return window.first if function == "first" else window.last
        case Different():
            return window.n
        case Added(total=Present() as present):
            return present.n
        case Added(total=Sum() as sums):
            if not sums.n:
                return None
            return plain(sums.total() if function == "sum" else sums.total() / sums.n)
        case Added(total=Digest() as digest):
            return digest.percentile(function)
        case _:
            raise TypeError(f"{function} of {type(window).__name__}")


class Intake:
    """Rows on their way into slots of one second: live ones at the end, those of the past at the beginning."""

    def __init__(self, counting: Counting) -> None:
        self._counting = counting
        self._closed: list[Slot] = []
        self._any: dict[int, Slot] = {}
        self._live: Slot | None = None
        self._past: Slot | None = None

    def take(self, rows: Sequence[Row], second: int, admits: Callable[[Key], bool]) -> None:
        """Live rows of one second, in stream order."""
        if self._live is None or second > self._live.start:
            if self._live is not None:
                self._closed.append(self._live)
            self._live = Slot(second)
        self._counting.count(rows, self._live, admits)

    def add(self, rows: Sequence[Row], second: int, admits: Callable[[Key], bool]) -> None:
        """Rows of one second, whenever they come."""
        slot = self._any.get(second)
        if slot is None:
            slot = self._any[second] = Slot(second)
            self._closed.append(slot)
        self._counting.count(rows, slot, admits)

    def earlier(self, rows: Sequence[Row], second: int, admits: Callable[[Key], bool]) -> Slot | None:
        """Rows, in stream order, that came before all rows so far: a slot that is whole by that, if one is."""
        slot = Slot(second)
        self._counting.count(rows, slot, admits)
        past, self._past = self._past, slot
        if past is None or past.start > second:
            return past
        past.precede(slot)
        self._past = past
        return None

    def rest(self, second: int) -> Slot | None:
        """The last slot of the past, when nothing more comes before this second."""
        if self._past is None or self._past.start < second:
            return None
        past, self._past = self._past, None
        return past

    def complete(self, now: int) -> list[Slot]:
        """The slots of live seconds before `now`, which are whole."""
        if self._live is not None and self._live.start < now:
            self._closed.append(self._live)
            self._live = None
        whole = [slot for slot in self._closed if slot.start < now]
        self._closed = [slot for slot in self._closed if slot.start >= now]
        return whole
