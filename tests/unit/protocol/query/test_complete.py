"""Completion: what is offered, in which order, what it replaces, and that whatever is chosen parses."""

from collections.abc import Sequence
from itertools import product

import pytest
from debugterm_protocol.query import BadQuery, parse
from debugterm_protocol.query.complete import MOST, complete
from debugterm_protocol.views import Suggestion
from hypothesis import given, settings
from hypothesis import strategies as st


class Stream:
    """What a stream could hold, some of it hostile."""

    def fields(self) -> Sequence[tuple[str, int]]:
        return [
            ("level", 900),
            ("service", 800),
            ("http.method", 700),
            ("status", 60),
            ("user name", 3),
            ("a|b", 1),
        ]

    def values(self, field: str) -> Sequence[tuple[str, int]]:
        known = {
            "level": [("error", 412), ("warn", 96)],
            "service": [("pay", 301), ("checkout", 111), ("a b", 2), ("or", 2), ('q"t', 1), ("*", 1), ("[1", 1), ("", 1)],
            "version": [("v412", 3)],
        }  # fmt: skip
        return known.get(field, [])

    def recent(self) -> Sequence[str]:
        return ["service:pay", "-path:/health"]


def offered(text: str, at: int | None = None) -> list[str]:
    return [one.text for one in complete(text, len(text) if at is None else at, Stream())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("se", ["service:pay", "service:", '"user name":']),
        ("meth", ["http.method:"]),
        ("service:", ["pay", "checkout", '"a b"', '"or"', '"q\\"t"', '"*"', '"[1"', '""']),
        ("service:pa", ["pay"]),
        ('service:"A', ['"a b"', "pay"]),
        ("level>=", ["error", "warn", "fatal", "info", "debug", "trace"]),
        ("severity:e", ["error", "debug", "trace"]),
        ("-(se", ["service:pay", "service:", '"user name":']),
        ("service:(pay OR ", ["pay", "checkout", '"a b"', '"or"', '"q\\"t"', '"*"', '"[1"', '""']),
        ("level:loud ht", ["http.method:"]),
        ("x | st", ["stats"]),
        ("x | stats p9", ["p90(", "p95(", "p99("]),
        ("x | stats p95(s", ["service", "status", '"user name"']),
        ("x | stats count ", ["as", "by", "over", "|"]),
        ("x | stats count by service | sort ", ["service", "count"]),
        ("x | stats count by service | where c", ["count:", "service:"]),
        ("x | stats count | t", []),
        ("x | stats count | ", ["where", "fields", "hide", "sort", "limit"]),
        ("x | timechart ", ["10s", "1m", "5m", "1h"]),
        ("last:", ["5m", "15m", "1h", "6h", "24h"]),
        ("x la", ["last:"]),
        ("deploy:v", ["v412"]),
        ("nosuch:", []),
        ("x | nosuch ", []),
        ("service:pay", []),
    ],
)
def test_a_place_is_offered(text: str, expected: list[str]) -> None:
    assert offered(text) == expected


def test_behind_a_blank_come_fields_by_frequency_then_recent_terms_then_words() -> None:
    assert offered("x ") == [
        "level:", "service:", "http.method:", "status:", '"user name":', '"a|b":',
        "service:pay", "-path:/health", "AND", "OR", "|", ">=", "<=", ">", "<", "=", "!=", "~", "!~",
    ]  # fmt: skip


def test_a_stage_is_offered_with_its_help_and_a_value_with_its_rows() -> None:
    assert complete("x | tra", 7, Stream()) == [
        Suggestion("trace", 4, 7, "stage", help="also all rows that share a trace id with a match")
    ]
    assert complete("service:c", 9, Stream()) == [Suggestion("checkout", 8, 9, "value", n=111)]


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("serv:pay", 2, (0, 5)),
        ("x serv y", 4, (2, 6)),
        ("service:cx y", 9, (8, 10)),
        ('service:"a b" y', 10, (8, 13)),
        ("x | sta count", 5, (4, 7)),
        ("x  y", 2, (2, 2)),
    ],
)
def test_a_suggestion_replaces_exactly_the_word_the_cursor_is_in(
    text: str, at: int, expected: tuple[int, int]
) -> None:
    assert {(one.start, one.end) for one in complete(text, at, Stream())} == {expected}


def test_nothing_is_offered_that_would_run_into_the_next_word() -> None:
    assert offered("service:pay", 0) == []
    assert offered("x service:pay", 2) == []


def test_a_list_is_never_longer_than_a_screen() -> None:
    class Many(Stream):
        def fields(self) -> Sequence[tuple[str, int]]:
            return [(f"field{n}", n) for n in range(1000)]

    assert len(complete("", 0, Many())) == MOST


ENDINGS = ["", " x", "*", "x)", ")", " 1", "5m", "18:30", "1", " count", " 1m", ' "(?P<x>.)"', " last:5m", " limit 1", "v1", "info"]  # fmt: skip


def begins_a_query(text: str, one: Suggestion) -> bool:
    """Whether the text parses with some ending, or is wrong in front of the suggestion.

    A stage may stand when only what it works on is wrong: behind a table that are its columns.
    """
    for ending, closed in product(ENDINGS, ("", ")", "))", ")))")):
        try:
            _ = parse(text + ending + closed)
        except BadQuery as error:
            if error.column <= one.start or (one.kind == "stage" and error.column > len(text)):
                return True
        else:
            return True
    return False


pieces = st.sampled_from(
    ["service", "level", ":", "pay", ">=", " ", " ", "(", ")", "-", '"', "a b", " | ", "stats ", "count", " by ", ",", "p95(",
     "where ", "sort ", "OR ", "last:", "5m", "~", "[", "timechart ", "top ", "patterns ", "vs ", "extract ", "x"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(pieces, max_size=8).map("".join), st.integers(0, 40))
def test_whatever_is_chosen_begins_something_that_parses(text: str, at: int) -> None:
    at = min(at, len(text))
    for one in complete(text[:at], at, Stream()):
        assert begins_a_query(text[: one.start] + one.text, one), one


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.integers(-3, 50))
def test_no_text_is_too_strange_to_complete(text: str, at: int) -> None:
    for one in complete(text, at, Stream()):
        assert 0 <= one.start <= one.end <= len(text)
