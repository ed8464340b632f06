"""The compiled matcher answers as the definition does, and nothing of a query's text reaches the generated code."""

import pytest
from debugterm_protocol.query import Query, meaning, parse
from debugterm_server.core import matcher, regex
from hypothesis import given, settings

from tests.support.queries import MEANINGS, queries, rows
from tests.support.queries import ROW as MEANT

ROW: dict[str, object] = {
    "ts": "2026-11-23T18:00:00.000000Z",
    "level": "warn",
    "service": "api",
    "host": "prod-eu-1",
    "message": "Pool exhausted after 500 ms",
    "trace_id": "4bf92a",
    "attrs": {"status": 504, "ms": "500", "http": {"method": "POST"}, "tags": ["a", "B"]},
}

FIXED: set[object] = {
    *("get", "attrs", "level", "message", "lower", "isascii", "fold", "find", "equal", "like", "in_order"),
    *("compare", "type", "int", "", None, True, False),
}
"""Names and constants of the templates."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pool 'nothing'", False),
        ("pool -timeout", True),
        ("level>=warn service:(api OR pay) status>=500", True),
        ("http.method:post tags:b ms>499", True),
        ("host:prod-*-1", True),
        ("host:prod-*-2", False),
        ("status:5*", True),
        ("-nothing:1", True),
        ("tags:*b*", True),
        ("tags:*c*", False),
        ("status:*0*", True),
        ("http:p*", False),
        ("host:pr*-eu-*1", True),
        ("host:pr*-us-*1", False),
        ("pool*500", True),
        ("500*pool", False),
        ("http.method.name:x", False),
        ("http.nothing:x", False),
        ("nothing:*", False),
    ],
)
def test_a_row_matches_or_not(text: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert matcher.compile(parse(text))(ROW) is expected


@settings(max_examples=80)
@given(queries(), rows())
def test_the_compiled_matcher_answers_as_the_definition_does(query: Query, row: dict[str, object]) -> None:
    assert matcher.compile(query)(row) is meaning.matches(query, row, search=regex.found)


def test_only_the_query_for_everything_matches_without_decoding() -> None:
    assert matcher.compile(parse("")).matches_all
    assert matcher.compile(parse("*")).matches_all
    assert not matcher.compile(parse("level>=trace")).matches_all


@pytest.mark.parametrize(("text", "expected"), MEANINGS)
def test_every_line_of_the_definition_holds(text: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert matcher.compile(parse(text))(MEANT) is expected


def test_no_text_of_a_query_is_in_the_generated_code() -> None:
    match = matcher.compile(parse("word a*b field:value x.y:1 like:a* there:* n>77 level>=warn")).match
    code = match.__code__

    named = {name for name in (*code.co_names, *code.co_consts) if name not in FIXED}

    assert named == {f"k{i}" for i in range(len(named))}


def test_a_row_that_lacks_everything_matches_nothing_but_does_no_harm() -> None:
    for text in ("level>=trace", "service:api", "status>1", "pool", "a*b", "a.b:*"):
        assert matcher.compile(parse(text))({}) is False
        assert meaning.matches(parse(text), {}, search=regex.found) is False


def test_text_that_looks_like_code_stays_text() -> None:
    text = '"\' or __import__(\'os\').abort() #" "x y":"\\"\\\\\n)" __class__.__init__:1'
    row = {
        **ROW,
        "message": "' OR __import__('os').abort() #",
        "attrs": {"x y": '"\\\n)', "__class__": {"__init__": 1}},
    }

    assert matcher.compile(parse(text))(row)


def test_the_deepest_query_compiles() -> None:
    deepest = "-(" * 30 + "a OR -(b c)" + ")" * 30

    assert matcher.compile(parse(deepest))(ROW) is meaning.matches(parse(deepest), ROW, search=regex.found)
