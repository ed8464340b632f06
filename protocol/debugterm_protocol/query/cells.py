"""Cells of a table: the text a value is grouped by, numbers that JSON can carry, and what each function makes of rows."""

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import TypeVar

import msgspec

from debugterm_protocol.query.meaning import Row, value_of
from debugterm_protocol.query.stages import Agg
from debugterm_protocol.query.values import number_of, text_of
from debugterm_protocol.views import Cell

T = TypeVar("T")

CELL_CHARS = 256
"""A longer value is known by its first characters."""
EXACT = 2**53
"""A larger integer is shown as the nearest float, which is all that JSON promises."""


def text_key(value: object) -> str | None:
    """The text a value is equal by; lists and objects have their JSON, a missing value has None."""
    if value is None:
        return None
    text = text_of(value)
    return msgspec.json.encode(value).decode() if text is None else text


def key_of(value: object) -> str | None:
    """The text a value is grouped by: at most `CELL_CHARS` of its text."""
    text = text_key(value)
    return text if text is None else text[:CELL_CHARS]


def cell_of_key(key: str | None) -> Cell:
    """A group's text as a cell: what is spelled as an integer of up to 15 digits is one."""
    if key is None or len(key) > 16 or not key.isascii() or not key.removeprefix("-").isdecimal():
        return key
    number = int(key)
    return number if str(number) == key and abs(number) < EXACT else key


def cell_of(value: object) -> Cell:
    """One value as a cell: numbers and true/false as they are, everything else as its text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return plain(value)
    return key_of(value)


def plain(number: int | float) -> int | float | None:
    """A number that JSON can carry; None for what no float can hold."""
    if isinstance(number, int) and abs(number) <= EXACT:
        return number
    try:
        near = float(number)
    except OverflowError:
        return None
    return near if math.isfinite(near) else None


def measure(value: object) -> int | float | None:
    """The number of a value for sums and percentiles; None when it has none."""
    number = number_of(value)
    return None if number is None else plain(number)


def rounded(number: float, digits: int = 3) -> int | float:
    """A number to so many significant digits; shorter integers are exact. Percentiles are told to three."""
    if -(10**digits) < number < 10**digits and number == int(number):
        return int(number)
    near = float(f"{number:.{digits - 1}e}")
    return int(near) if abs(near) < EXACT and near == int(near) else near


def aggregate(agg: Agg, rows: Sequence[Row]) -> Cell:
    """One cell. Rows that lack the field (for numbers: that have no number in it) do not count.

    Percentiles are of the nearest rank: of n sorted numbers the one at ceil(p/100 * n), `rounded`.
    """
    values = [value for row in rows if (value := value_of(row, agg.field)) is not None] if agg.field else []
    match agg.function:
        case "count":
            return len(values) if agg.field else len(rows)
        case "uniq":
            return len({key_of(value) for value in values})
        case "first" | "last":
            return cell_of(values[0 if agg.function == "first" else -1]) if values else None
        case _:
            return _of_numbers(agg.function, [n for value in values if (n := measure(value)) is not None])


def _of_numbers(function: str, numbers: list[int | float]) -> Cell:
    if not numbers:
        return None
    match function:
        case "sum":
            return plain(_sum(numbers))
        case "avg":
            return plain(_sum(numbers) / len(numbers))
        case "min":
            return min(numbers)
        case "max":
            return max(numbers)
        case _:
            numbers.sort()
            return rounded(numbers[nearest_rank(function, len(numbers)) - 1])


def nearest_rank(function: str, n: int) -> int:
    """Which of `n` sorted numbers a percentile is, from 1."""
    return max(1, -(-int(function[1:]) * n // 100))


def _sum(numbers: list[int | float]) -> int | float:
    if all(isinstance(number, int) for number in numbers):
        return sum(numbers)
    try:
        # Exact, so that the order of rows is of no matter.
        return float(sum(map(Fraction, numbers)))
    except OverflowError:
        return math.inf


def in_order(rows: Iterable[T], value: Callable[[T], object], *, largest_first: bool) -> list[T]:
    """Rows by a value of theirs: numbers, then texts, or the other way round; those that lack it last either way."""
    having: list[T] = []
    lacking: list[T] = []
    for row in rows:
        (lacking if value(row) is None else having).append(row)
    return sorted(having, key=lambda row: _place(value(row)), reverse=largest_first) + lacking


def _place(value: object) -> tuple[bool, float, str]:
    number = measure(value)
    return (False, number, "") if number is not None else (True, 0, key_of(value) or "")
