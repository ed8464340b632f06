"""The rolling table of `patterns`: the templates of the rows of a query, each with its level and its count."""

from collections.abc import Iterator, Sequence

from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.stages import Agg, Patterns, Stats
from debugterm_protocol.views import Cell

from debugterm_server.core.columns import message_of
from debugterm_server.core.patterns import Miner, Template
from debugterm_server.core.rollup import Rollup

_NUMBERED = Stats((Agg("count", "", "count"),), ("template",))


class Mined:
    """Templates learnt from the rows of this query alone; a template may change while the window holds its rows."""

    other = False

    def __init__(self, stage: Patterns, *, now: int, miner: Miner | None = None) -> None:
        self.columns = ["pattern", "level", "count"]
        self._stage = stage
        self._miner = miner or Miner()
        self._counted = Rollup(_NUMBERED, now=now)
        self._numbers: dict[Template, str] = {}
        self._next = 0

    @property
    def seconds(self) -> int:
        """The length of the window."""
        return self._counted.seconds

    @seconds.setter
    def seconds(self, seconds: int) -> None:
        self._counted.seconds = seconds

    @property
    def since(self) -> int:
        """Every row from this second on is counted."""
        return self._counted.since

    @property
    def groups(self) -> int:
        """Templates of the window."""
        return len(self._by_template())

    def take(self, rows: Sequence[Row], second: int) -> None:
        """Rows that came in one second; later calls bring later ones."""
        self._counted.take(self._numbered(rows), second)

    def earlier(self, rows: Sequence[Row], second: int) -> None:
        """Rows that came in one second, all before those that are counted already."""
        self._counted.earlier(self._numbered(rows), second)

    def add(self, rows: Sequence[Row], second: int) -> None:
        """Rows of one second in any order with others: for a table that is made once, and told at its end."""
        self._counted.add(self._numbered(rows), second)

    def reached(self, second: int) -> None:
        """From this second on everything was given."""
        self._counted.reached(second)

    def slide(self, now: int) -> None:
        """Move the window on: it ends before the second `now`."""
        self._counted.slide(now)

    def sliding(self, now: int) -> Iterator[None]:
        """The same some groups at a time; nothing but `take` may come between."""
        yield from self._counted.sliding(now)

    def rows(self) -> Iterator[list[Cell]]:
        """The most frequent first."""
        found = sorted(self._by_template().items(), key=lambda one: (-one[1], one[0].level, one[0].text))
        for template, n in found[: self._stage.n]:
            yield [template.text, template.level, n]

    def _numbered(self, rows: Sequence[Row]) -> list[Row]:
        return [{"attrs": {"template": self._number(row)}} for row in rows]

    def _number(self, row: Row) -> str | None:
        """A name for the template of a row that stays when the template changes."""
        template = self._miner.learn(message_of(row), str(row.get("level") or "info"))
        if template is None:
            return None
        number = self._numbers.get(template)
        if number is None:
            self._next += 1
            number = self._numbers[template] = f"t{self._next}"
        return number

    def _by_template(self) -> dict[Template, int]:
        """Rows by template, of what has become part of another there."""
        counted = {row[0]: row[1] for row in self._counted.rows()}
        self._numbers = {
            template: number
            for template, number in self._numbers.items()
            if number in counted or not template.gone
        }
        found: dict[Template, int] = {}
        for template, number in self._numbers.items():
            n = counted.get(number)
            if isinstance(n, int):
                last = template
                while last.into is not None:
                    last = last.into
                found[last] = found.get(last, 0) + n
        return found
