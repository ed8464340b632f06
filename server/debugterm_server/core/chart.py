"""A chart that rolls with time: one row a step, one column a value; defined by `debugterm_protocol.query.tables`."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence

from debugterm_protocol.query import tables
from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.stages import Timechart
from debugterm_protocol.query.tables import Key
from debugterm_protocol.views import Cell

from debugterm_server.core.groups import Counting, Group, GroupKey, Intake, Slot, Total

VALUES = 200
"""Values of the field that are kept apart; only the most frequent twenty are shown."""
WEIGHT = 200_000
"""Groups, numbers and hashes kept in all steps together; beyond it new values are counted with the others."""


class Chart:
    """The table of one `timechart`. All times are unix seconds; rows come in stream order."""

    def __init__(self, stage: Timechart, *, now: int) -> None:
        self._stage = stage
        self._counting = Counting([stage.agg], [stage.by] if stage.by else [])
        self.seconds = tables.window(stage)
        self.now = now
        self._from = now
        self._intake = Intake(self._counting)
        self._steps: deque[Slot] = deque()
        self._rows: Counter[GroupKey] = Counter()
        self._fresh = 0

    @property
    def step(self) -> int:
        """Seconds of one row."""
        return self._stage.step

    @property
    def since(self) -> int:
        """Every row from this second on is counted."""
        return max(self._from, (self.now - self.seconds) // self._stage.step * self._stage.step)

    @property
    def groups(self) -> int:
        """Steps of the window."""
        return len(self._times())

    @property
    def other(self) -> bool:
        """Whether some values had to share a column."""
        return len(self._by_column()) > len(self._shown())

    @property
    def columns(self) -> list[str]:
        """`time`, and one a value."""
        return ["time", *self._shown()]

    # -- rows in -----------------------------------------------------------------------------------------

    def take(self, rows: Sequence[Row], second: int) -> None:
        """Rows that came in one second; later calls bring later ones."""
        self._intake.take(rows, second, self._admits)

    def earlier(self, rows: Sequence[Row], second: int) -> None:
        """Rows that came in one second, all before those that are counted already."""
        whole = self._intake.earlier(rows, second, self._admits)
        if whole is not None:
            self._enter(whole, older=True)
            self._from = whole.start

    def add(self, rows: Sequence[Row], second: int) -> None:
        """Rows of one step in any order with others: for a chart that is made once, and told at its end."""
        self._intake.add(rows, second, self._admits)

    def reached(self, second: int) -> None:
        """Every row from this second on was given."""
        rest = self._intake.rest(second)
        if rest is not None:
            self._enter(rest, older=True)
        self._from = min(self._from, second)

    def slide(self, now: int) -> None:
        """Move the window on: it ends before the second `now`."""
        self.now = max(now, self.now)
        for slot in sorted(self._intake.complete(self.now), key=lambda slot: slot.start):
            self._enter(slot, older=False)
        while self._steps and self._steps[0].start < self._first():
            for key, group in self._steps.popleft().groups.items():
                self._rows[key] -= group.n
                if not self._rows[key]:
                    del self._rows[key]
        self._fresh = 0

    def sliding(self, now: int) -> Iterator[None]:
        """The same some groups at a time; nothing but `take` may come between."""
        self.slide(now)
        yield

    def _first(self) -> int:
        """The first step of the window."""
        return (self.now - self.seconds) // self._stage.step * self._stage.step

    def _admits(self, key: Key) -> bool:
        if key in self._rows or not key:
            return True
        self._fresh += 1
        return len(self._rows) + self._fresh <= VALUES and sum(slot.weight for slot in self._steps) < WEIGHT

    def _enter(self, slot: Slot, *, older: bool) -> None:
        for key, group in slot.groups.items():
            self._rows[key] += group.n
        slot.start = slot.start // self._stage.step * self._stage.step
        slot.weigh()
        near = self._steps[0 if older else -1] if self._steps else None
        if near is None or near.start != slot.start:
            (self._steps.appendleft if older else self._steps.append)(slot)
        elif older:
            slot.absorb(near)
            self._steps[0] = slot
        else:
            near.absorb(slot)

    # -- table out ---------------------------------------------------------------------------------------

    def rows(self) -> Iterator[list[Cell]]:
        """The steps of the window, oldest first; nothing must be taken out or in while this goes on but `take`."""
        by_column = self._by_column()
        shown = self._shown()
        keys = {name: by_column.get(name, []) for name in shown}
        rest = [key for name, several in by_column.items() if name not in keys for key in several]
        if rest:
            keys[tables.OTHER] = [*keys[tables.OTHER], *rest]
        steps = {slot.start: slot for slot in self._steps}
        empty = Slot(0)
        for at in self._times():
            groups = steps.get(at, empty).groups
            yield [tables.clock_of(at), *(self._cell(groups, keys[name]) for name in shown)]

    def _cell(self, groups: dict[GroupKey, Group], keys: Sequence[GroupKey]) -> Cell:
        # Exact but for `first` and `last` where several values share one column: those are of any of them.
        total = Total(self._counting.group(), level=0)
        for key in keys:
            if (group := groups.get(key)) is not None:
                total.enter(group, 0, older=False)
        return self._counting.cells(total)[0]

    def _times(self) -> range:
        return range(self.since // self._stage.step * self._stage.step, self.now, self._stage.step)

    def _by_column(self) -> dict[str, list[GroupKey]]:
        found: dict[str, list[GroupKey]] = {}
        for key in self._rows:
            found.setdefault(self._column(key), []).append(key)
        return found

    def _column(self, key: GroupKey) -> str:
        if key is None:
            return tables.OTHER
        if not key:
            return self._stage.agg.name
        return tables.MISSING if key[0] is None else key[0]

    def _shown(self) -> list[str]:
        if not self._stage.by:
            return [self._stage.agg.name]
        return tables.chart_columns(
            {name: sum(self._rows[key] for key in keys) for name, keys in self._by_column().items()}
        )
