"""Sparklines, short numbers, and gaps in words."""

import pytest
from debugterm_client.core.spark import ASCII_BARS, short, sparkline


def test_the_newest_values_are_at_the_right_and_the_largest_is_a_full_bar() -> None:
    assert sparkline([0, 1, 2, 4, 8], width=5) == "▁▂▃▅█"
    assert sparkline([9, 0, 1], width=2) == "▁█"


def test_a_missing_value_is_a_blank_and_short_series_stand_at_the_right() -> None:
    assert sparkline([None, 1], width=4, top=1) == "   █"


def test_a_given_top_bounds_the_bars() -> None:
    assert sparkline([0.0, 0.5, 1.0, 2.0], width=4, top=1.0) == "▁▅██"


def test_without_unicode_the_bars_are_ascii() -> None:
    assert sparkline([0, 1, 2, 3, 4], width=5, bars=ASCII_BARS) == "_.-=#"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (7.4, "7.4"),
        (12.3, "12"),
        (812, "812"),
        (1214, "1.2k"),
        (999.8, "1.0k"),
        (31e6, "31M"),
        (9.96, "10"),
        (2.5e12, "2.5T"),
        (999.9e12, ">999T"),
        (1e300, ">999T"),
    ],
)
def test_a_number_is_short(value: float, shown: str) -> None:
    assert short(value) == shown
