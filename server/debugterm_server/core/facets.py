"""Counts the values of some fields over the last minutes: exact for what is told, honest about what is not.

Minutes are those of receipt. Rows that were counted are `values + other + missing`, always: a value that is too long or
no text, number or truth, and one that came when `KEPT` others were known, is in `other`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import cast

from debugterm_protocol import limits
from debugterm_protocol.query.meaning import value_of
from debugterm_protocol.query.syntax import ATTRS, TOP
from debugterm_protocol.views import Cell, Facet, FacetValue

Row = dict[str, object]
Key = str | int | float | tuple[bool]
"""A counted value; truths stand in a tuple because True equals 1."""

MINUTES = limits.HISTOGRAM_SECONDS // 60
"""Whole minutes before the one that runs."""
KEPT = 500
"""Values of one field told apart in the window."""
VALUE_CHARS = 200
"""A longer text is no value to choose by."""


class _Minute:
    """One field in one minute."""

    __slots__ = ("missing", "other", "values")

    def __init__(self) -> None:
        self.values: Counter[Key] = Counter()
        self.other = 0
        self.missing = 0


class Field:
    """The values of one field; `since` is the unix second from which on rows were given."""

    __slots__ = ("_minutes", "_read", "_total", "name", "since")

    def __init__(self, name: str, *, since: int) -> None:
        self.name = name
        self.since = since
        self._read = _reader(name)
        self._minutes: dict[int, _Minute] = {}
        self._total: Counter[Key] = Counter()

    def add(self, rows: Sequence[Row], *, second: int) -> None:
        """Count rows of one second, live or from the past; in any order."""
        minute = self._minutes.setdefault(second // 60, _Minute())
        found, missing, other = _count(self._read(rows))
        minute.missing += missing
        minute.other += other
        total = self._total
        for value, n in found.items():
            if value in total or len(total) < KEPT:
                total[value] += n
                minute.values[value] += n
            else:
                minute.other += n

    def forget(self, now: int) -> None:
        """Drop the minutes that left the window."""
        old = [each for each in self._minutes if each < now // 60 - MINUTES]
        for minute in old:
            self._total.subtract(self._minutes.pop(minute).values)
        if old:
            self._total = Counter({value: n for value, n in self._total.items() if n > 0})

    def read(self) -> Facet:
        """What was counted and not forgotten."""
        ordered = sorted(self._total.items(), key=lambda item: (-item[1], str(item[0])))
        told, rest = ordered[: limits.FACET_VALUES], ordered[limits.FACET_VALUES :]
        return Facet(
            field=self.name,
            values=[FacetValue(value=_cell(value), n=n) for value, n in told],
            other=sum(minute.other for minute in self._minutes.values()) + sum(n for _, n in rest),
            missing=sum(minute.missing for minute in self._minutes.values()),
        )


def window_start(now: int) -> int:
    """The unix second at which the window of facets begins: a whole minute."""
    return (now // 60 - MINUTES) * 60


_OTHER = object()


def _count(values: list[object]) -> tuple[dict[Key, int], int, int]:
    """How often each value occurs; how many there are none of; how many cannot be told."""
    try:
        found: Counter[object] = Counter(values)
    except TypeError:  # an object or array among them
        found = Counter(map(_key, values))
    else:
        if 0 in found or 1 in found or any(type(each) is str and len(each) > VALUE_CHARS for each in found):
            found = Counter(map(_key, values))
    missing, other = found.pop(None, 0), found.pop(_OTHER, 0)
    return cast("dict[Key, int]", found), missing, other


def _key(value: object) -> object:
    match value:
        case bool():
            return (value,)
        case str():
            return value if len(value) <= VALUE_CHARS else _OTHER
        case int() | float() | None:
            return value
        case _:
            return _OTHER


def _cell(value: Key) -> Cell:
    return value[0] if isinstance(value, tuple) else value


def _reader(name: str) -> Callable[[Sequence[Row]], list[object]]:
    """What takes the values of a field out of many rows at once."""
    key = name.removeprefix(ATTRS)
    if name in TOP:
        return lambda rows: [row.get(name) for row in rows]
    if "." in key:
        return lambda rows: [value_of(row, name) for row in rows]
    return lambda rows: [attrs.get(key) for attrs in map(_attrs, rows)]


def _attrs(row: Row) -> Row:
    attrs = row.get("attrs")
    return attrs if isinstance(attrs, dict) else {}
