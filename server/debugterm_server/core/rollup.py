"""A table that rolls with time: rows are counted into slots, and a window slides at the cost of a slot.

What it tells is defined by `debugterm_protocol.query.tables`. Counts, sums, extremes and ends are exact; percentiles
have three significant digits; `uniq` is exact up to 4,096 values a group. When a table grows beyond `WEIGHT` things,
its slots are made wider (the window then moves in larger steps), and in the end its digits fewer: never its counts.
"""

from collections import deque
from collections.abc import Iterator, Sequence

from debugterm_protocol import limits
from debugterm_protocol.query import tables
from debugterm_protocol.query.cells import cell_of_key
from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.stages import Agg, Rate, Stats, Top
from debugterm_protocol.query.tables import Key
from debugterm_protocol.views import Cell

from debugterm_server.core.groups import Counting, Group, GroupKey, Intake, Slot, Total
from debugterm_server.core.parts import DIGITS, Distinct
from debugterm_server.core.windows import Different

WEIGHT = 60_000
"""Groups, numbers and hashes kept in all slots together: some 15 MB, and little for the garbage collector to walk."""
SLOTS = 300
"""Slots of one window, so that a long one moves in steps of more than a second."""
TURN = 200
"""Groups that are moved at a time."""
FEWEST_SLOTS = 8
"""Slots are not made wider than an eighth of the window: fewer digits come before that."""
_COUNT = Agg("count", "", "count")


class Rollup:
    """The table of one `stats`, `top` or `rate`. All times are unix seconds; rows come in stream order."""

    def __init__(self, stage: Stats | Top | Rate, *, now: int) -> None:
        match stage:
            case Stats(aggs, by):
                self._counting = Counting(aggs, by)
                self.columns = [*by, *(agg.name for agg in aggs)]
            case Top(_, field):
                self._counting = Counting([_COUNT], [field], having=field)
                self.columns = [field, "count"]
            case Rate(_, by):
                self._counting = Counting([_COUNT], by)
                self.columns = [*by, "rate"]
        self._stage = stage
        self._by = len(self.columns) - (len(stage.aggs) if isinstance(stage, Stats) else 1)
        self.seconds = tables.window(stage)
        self.now = now
        self._from = now
        self._width = max(1, -(-self.seconds // SLOTS))
        self._intake = Intake(self._counting)
        self._slots: deque[Slot] = deque()
        self._totals: dict[GroupKey, Total] = {}
        self._fresh = 0

    @property
    def since(self) -> int:
        """Every row from this second on is counted."""
        return max(self._from, (self.now - self.seconds) // self._width * self._width)

    @property
    def groups(self) -> int:
        """How many there are."""
        return len(self._totals) if self._by else 1

    @property
    def other(self) -> bool:
        """Whether some had to share a group."""
        return None in self._totals

    # -- rows in -----------------------------------------------------------------------------------------

    def take(self, rows: Sequence[Row], second: int) -> None:
        """Rows that came in one second; later calls bring later ones."""
        self._intake.take(rows, second, self._admits)

    def earlier(self, rows: Sequence[Row], second: int) -> None:
        """Rows that came in one second, all before those that are counted already."""
        whole = self._intake.earlier(rows, second, self._admits)
        if whole is not None:
            _exhaust(self._enter(whole, older=True))
            self._from = whole.start

    def add(self, rows: Sequence[Row], second: int) -> None:
        """Rows of one second in any order with others: for a table that is made once, and told at its end."""
        self._intake.add(rows, second, self._admits)

    def reached(self, second: int) -> None:
        """Every row from this second on was given."""
        rest = self._intake.rest(second)
        if rest is not None:
            _exhaust(self._enter(rest, older=True))
        self._from = min(self._from, second)

    def slide(self, now: int) -> None:
        """Move the window on: it ends before the second `now`."""
        _exhaust(self.sliding(now))

    def sliding(self, now: int) -> Iterator[None]:
        """The same some groups at a time; nothing but `take` may come between."""
        self.now = max(now, self.now)
        for slot in self._intake.complete(self.now):
            yield from self._enter(slot, older=False)
        while self._slots and self._end(self._slots[0]) <= self.now - self.seconds:
            yield from self._leave(self._slots.popleft())
        self._fresh = 0
        while sum(slot.weight for slot in self._slots) > WEIGHT and self._can_coarsen:
            yield from self._coarsen()

    def _admits(self, key: Key) -> bool:
        if key in self._totals:
            return True
        self._fresh += 1
        return len(self._totals) + self._fresh <= limits.GROUPS

    def _bucket(self, slot: Slot) -> int:
        return slot.start // self._width

    def _end(self, slot: Slot) -> int:
        return (self._bucket(slot) + 1) * self._width

    def _enter(self, slot: Slot, *, older: bool) -> Iterator[None]:
        for moved, (key, group) in enumerate(slot.groups.items()):
            total = self._totals.get(key)
            if total is None:
                total = self._totals[key] = Total(group, level=self._counting.level)
            total.enter(group, slot.start, older=older)
            if moved % TURN == TURN - 1:
                yield
        slot.weigh()
        if older:
            self._slots.appendleft(slot)
        else:
            self._slots.append(slot)
        near = self._slots[1 if older else -2] if len(self._slots) > 1 else None
        if near is not None and self._bucket(near) == self._bucket(slot):
            early, late = (slot, near) if older else (near, slot)
            yield from self._merge(early, late)
            # `early` has both now.
            self._slots.remove(late)

    def _merge(self, early: Slot, late: Slot) -> Iterator[None]:
        for moved, (key, group) in enumerate(late.groups.items()):
            mine = early.groups.get(key)
            if mine is None:
                early.groups[key] = group
                continue
            self._in_one(self._totals[key], mine, group)
            if moved % TURN == TURN - 1:
                yield
        early.weigh()

    def _in_one(self, total: Total, early: Group, late: Group) -> None:
        for window, mine, more in zip(total.windows, early.parts, late.parts, strict=True):
            if isinstance(window, Different) and isinstance(mine, Distinct) and isinstance(more, Distinct):
                window.in_one(mine, more)
        early.absorb(late)
        for window, part in zip(total.windows, early.parts, strict=True):
            if isinstance(window, Different) and isinstance(part, Distinct):
                # No hash may stay here that the slot does not have any more: it would never leave.
                window.thin(part.shift)

    def _leave(self, slot: Slot) -> Iterator[None]:
        before = self._end(slot)
        for moved, (key, group) in enumerate(slot.groups.items()):
            if moved % TURN == TURN - 1:
                yield
            total = self._totals[key]
            total.n -= group.n
            if not total.n:
                del self._totals[key]
                continue
            for place, (window, part) in enumerate(zip(total.windows, group.parts, strict=True)):
                window.leave(part, before)
                if isinstance(window, Different) and window.sparse:
                    window.anew(self._distinct(key, place))

    def _distinct(self, key: GroupKey, place: int) -> Iterator[Distinct]:
        for slot in self._slots:
            group = slot.groups.get(key)
            if group is not None and isinstance(part := group.parts[place], Distinct):
                yield part

    @property
    def _can_coarsen(self) -> bool:
        return self._width * FEWEST_SLOTS < self.seconds or self._counting.level + 1 < len(DIGITS)

    def _coarsen(self) -> Iterator[None]:
        """Keep less: wider slots, or fewer digits."""
        if self._width * FEWEST_SLOTS < self.seconds:
            self._width *= 2
            slots, self._slots = self._slots, deque()
            for slot in slots:
                if self._slots and self._bucket(self._slots[-1]) == self._bucket(slot):
                    yield from self._merge(self._slots[-1], slot)
                else:
                    self._slots.append(slot)
            return
        self._counting.level += 1
        for slot in self._slots:
            slot.coarsen(self._counting.level)
            yield
        for moved, total in enumerate(self._totals.values()):
            for window in total.windows:
                window.coarsen(self._counting.level)
            if moved % TURN == TURN - 1:
                yield

    # -- table out ---------------------------------------------------------------------------------------

    def rows(self) -> Iterator[list[Cell]]:
        """The groups of the window in their order; nothing must be taken out or in while this goes on but `take`."""
        if not self._by and not self._totals:
            yield self._row((), Total(self._counting.group(), level=0))
        keys = [key for key in self._totals if key is not None]
        for key in sorted(keys, key=lambda key: tables.rank(key, self._totals[key].n)):
            yield self._row(key, self._totals[key])
        if (others := self._totals.get(None)) is not None:
            yield [*tables.other_cells(self._by), *self._cells(others)]

    def _row(self, key: Key, total: Total) -> list[Cell]:
        return [*map(cell_of_key, key), *self._cells(total)]

    def _cells(self, total: Total) -> list[Cell]:
        if isinstance(self._stage, Rate):
            return [total.n / self._stage.per]
        return self._counting.cells(total)


def _exhaust(steps: Iterator[None]) -> None:
    for _ in steps:
        pass
