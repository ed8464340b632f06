"""Times of all spellings to microseconds and back."""

from datetime import UTC, datetime, timedelta

import pytest
from debugterm_protocol.times import EARLIEST, LATEST, parse_time, print_time, yearless
from hypothesis import given
from hypothesis import strategies as st

BASE = 1_795_454_411_000_000
"""2026-11-23T17:20:11Z."""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-23T17:20:11Z", BASE),
        ("2026-11-23t17:20:11z", BASE),
        ("2026-11-23 17:20:11.123456789Z", BASE + 123_456),
        ("2026-11-23T17:20:11,5Z", BASE + 500_000),
        ("2026-11-23T19:20:11+02:00", BASE),
        ("2026-11-23T11:50:11 -0530", BASE),
        ("2026-11-23T17:20:11", BASE - 3_600_000_000),
        ("2026-11-23T17:19:60Z", BASE - 11_000_000),
        (1_795_454_411, BASE),
        (1_795_454_411.25, BASE + 250_000),
        (1_795_454_411_250, BASE + 250_000),
        (1_795_454_411_250_001, BASE + 250_001),
        (1_795_454_411_250_001_999, BASE + 250_001),
        ("1795454411", BASE),
        ("1795454411.25", BASE + 250_000),
        (0, 0),
        (-1, -1_000_000),
        ("2026-02-30T00:00:00Z", None),
        ("2026-11-23T24:00:00Z", None),
        ("2026-11-23T17:20:11+99:00", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("٢٠٢٦-11-23T17:20:11Z", None),
        ("yesterday", None),
        ("", None),
        (True, None),
        (float("nan"), None),
        (10**30, None),
        (None, None),
        ([], None),
    ],
)
def test_a_time_is_read_or_is_none(value: object, expected: int | None) -> None:
    assert parse_time(value, offset=3600) == expected


@pytest.mark.parametrize(
    ("month", "day", "clock", "expected"),
    [
        ("Nov", 23, "17:20:11", "2026-11-23T17:20:11.000000Z"),
        ("Nov", 24, "17:00:00", "2026-11-24T17:00:00.000000Z"),
        ("Nov", 25, "00:00:00", "2025-11-25T00:00:00.000000Z"),
        ("Dec", 31, "23:59:59", "2025-12-31T23:59:59.000000Z"),
        ("Feb", 29, "00:00:00", "2024-02-29T00:00:00.000000Z"),
    ],
)
def test_a_time_without_year_is_the_newest_that_is_not_in_the_future(
    month: str, day: int, clock: str, expected: str
) -> None:
    found = yearless(month, day, clock, now=BASE)

    assert found is not None
    assert print_time(found) == expected


@given(st.integers(EARLIEST, LATEST))
def test_what_is_printed_is_read_back_and_agrees_with_the_calendar(micros: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)

    assert print_time(micros) == moment.strftime(f"{moment.year:04d}-%m-%dT%H:%M:%S.%fZ")
    assert parse_time(print_time(micros)) == micros
