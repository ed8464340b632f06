"""Everybody's names and numbers for a level."""

import pytest
from debugterm_protocol.levels import level_of, otel_level


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("info", "info"),
        (" WARNING ", "warn"),
        ("Err", "error"),
        ("critical", "fatal"),
        ("notice", "info"),
        ("17", "error"),
        (9, "info"),
        (24, "fatal"),
        (30, "info"),
        (50.0, "error"),
        ("123", None),
        ("loud", None),
        ("", None),
        (0, None),
        (25, None),
        (-1, None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_a_level_is_understood_or_is_none(value: object, expected: str | None) -> None:
    assert level_of(value) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, "trace"),
        (8, "debug"),
        (10, "info"),
        (20, "error"),
        (24, "fatal"),
        (0, None),
        (25, None),
        (True, None),
    ],
)
def test_a_severity_number_of_opentelemetry_is_never_taken_for_pinos(
    number: object, expected: str | None
) -> None:
    assert otel_level(number) == expected
