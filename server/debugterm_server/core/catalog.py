"""What occurs in the stream of an environment, from a sample of its rows: fields by frequency, values with numbers.

It serves completion, the names near to a wrong one, and the choice of facets. Numbers stand for all rows of the last
MINUTES, not for the sample alone; they are exact where every row was looked at.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from debugterm_protocol.query.syntax import ATTRS, LEVEL_NAMES, TIME_TERMS, TOP
from debugterm_protocol.query.values import fold

Row = dict[str, object]

MINUTES = 5
FIELDS = 300
"""Fields told apart in one minute."""
VALUES = 200
"""Values of one field told apart in one minute."""
DEPTH = 3
"""Objects within objects that are looked into."""
NAME_CHARS = 80
VALUE_CHARS = 80
"""Longer ones are nothing to choose from a list."""
FEW = 20
"""A field with at most so many values makes a facet even when each of them is rare."""
_TAKEN = TOP | LEVEL_NAMES | TIME_TERMS
"""Names that mean something else than an attribute."""


class _Minute:
    """The sample of one minute."""

    __slots__ = ("came", "fields", "taken")

    def __init__(self) -> None:
        self.came = 0
        self.taken = 0
        self.fields: dict[str, Counter[str]] = {}


class Catalog:
    """Frequencies of the last minutes."""

    def __init__(self) -> None:
        self._minutes: dict[int, _Minute] = {}

    def add(self, rows: Sequence[Row], *, second: int, came: int) -> None:
        """A fair sample of `came` rows that were received in one second."""
        minute = self._minutes.setdefault(second // 60, _Minute())
        minute.came += came
        minute.taken += len(rows)
        for row in rows:
            for name, value in _flat(row):
                values = minute.fields.get(name)
                if values is None:
                    if len(minute.fields) >= FIELDS:
                        continue
                    values = minute.fields[name] = Counter()
                text = _text(value)
                values[text if text in values or len(values) < VALUES else ""] += 1

    def forget(self, now: int) -> None:
        """Drop the minutes that are too old."""
        self._minutes = {at: minute for at, minute in self._minutes.items() if at > now // 60 - MINUTES}

    @property
    def sampled(self) -> bool:
        """Whether the numbers are of a part of the rows."""
        return any(minute.taken < minute.came for minute in self._minutes.values())

    def fields(self) -> list[tuple[str, int]]:
        """Fields by rows that have them, most first; attributes under the names that a query finds them by."""
        found: Counter[str] = Counter()
        for minute in self._minutes.values():
            for name, values in minute.fields.items():
                found[name] += _scaled(minute, values.total())
        return _ordered(found)

    def values(self, field: str) -> list[tuple[str, int]]:
        """Values of one field by rows that have them, most first."""
        found: Counter[str] = Counter()
        for minute in self._minutes.values():
            for value, n in minute.fields.get(field, {}).items():
                found[value] += _scaled(minute, n)
        del found[""]
        return _ordered(found)

    def choices(self, most: int) -> list[str]:
        """The most frequent attributes whose values come again: what is worth counting."""
        worth = [name for name, _ in self.fields() if name not in TOP and self._comes_again(name)]
        return worth[:most]

    def _comes_again(self, name: str) -> bool:
        found = [values for minute in self._minutes.values() if (values := minute.fields.get(name))]
        different = max(len(values) - ("" in values) for values in found)
        rows = sum(values.total() - values[""] for values in found)
        return 0 < different <= FEW or rows >= 3 * different * len(found) > 0

    def near(self, field: str, most: int = 3) -> list[tuple[str, int]]:
        """Names like one that no row has, the likest first, with their rows."""
        wanted = fold(field)
        scored = [(_distance(wanted, fold(name)), -n, len(name), name) for name, n in self.fields()]
        close = max(1, len(wanted) // 3)
        return [(name, -n) for score, n, _, name in sorted(scored) if score <= close][:most]


def _flat(row: Row) -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        if name == "attrs" and isinstance(value, dict):
            for path, inner in _inside(value, "", DEPTH):
                yield ATTRS + path if fold(path) in _TAKEN else path, inner
        elif value is not None and name not in ("ts", "message", "attrs"):
            yield name, value
    if row.get("message"):
        yield "message", None


def _inside(attrs: Row, prefix: str, depth: int) -> Iterator[tuple[str, object]]:
    for key, value in attrs.items():
        name = prefix + key
        if len(name) > NAME_CHARS:
            continue
        if isinstance(value, dict):
            if depth > 1:
                yield from _inside(value, name + ".", depth - 1)
        elif value is not None:
            yield name, value


def _text(value: object) -> str:
    """The value as it is typed; empty for what cannot be."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str() if len(value) <= VALUE_CHARS and value.isprintable():
            return value
        case _:
            return ""


def _scaled(minute: _Minute, n: int) -> int:
    return n if minute.taken == minute.came else max(1, round(n * minute.came / minute.taken))


def _ordered(found: Counter[str]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def _distance(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with their neighbour until both are the same; 0 for a part of the name."""
    if len(one) >= 3 and (one in other or (len(other) >= 3 and other in one)):
        return 0
    if abs(len(one) - len(other)) > 3:
        return 99
    before: list[int] = []
    line = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, above, line = line, before, [i]
        for j, b in enumerate(other, 1):
            best = min(before[j] + 1, line[-1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, above[j - 2] + 1)
            line.append(best)
    return line[-1]
