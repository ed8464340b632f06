"""The definition of a match, row by row: the answers every faster engine is compared with."""

import sys

import pytest
from debugterm_protocol.query import meaning, parse
from debugterm_protocol.query.values import fold, number_of
from debugterm_server.core import regex

from tests.support.queries import MEANINGS, ROW


@pytest.mark.parametrize(("text", "expected"), MEANINGS)
def test_a_row_matches_or_not(text: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert meaning.matches(parse(text), ROW, search=regex.found) is expected


def test_folding_is_character_by_character_and_settled_after_once() -> None:
    changing = [chr(c) for c in range(sys.maxunicode + 1) if chr(c).lower() != chr(c)]
    folded = [fold(c) for c in changing]

    assert {len(f) for f in folded} == {1}
    assert fold("".join(changing)) == "".join(folded)
    assert fold("".join(folded)) == "".join(folded)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5),
        (5.5, 5.5),
        ("-17", -17),
        ("1e3", 1000.0),
        ("9" * 5000, None),
        ("1_000", None),
        ("٣", None),
        (" 1", None),
        ("1\n", None),
        ("inf", None),
        ("1e999", None),
        (float("nan"), None),
        (True, None),
        (None, None),
    ],
)
def test_a_number_is_a_json_number_or_a_string_that_is_one(value: object, expected: float | None) -> None:
    assert number_of(value) == expected
