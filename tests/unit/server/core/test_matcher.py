"""The compiled matcher answers as the definition does, and nothing of a query's text reaches the generated code."""

from collections import Counter

import msgspec
import pytest
from debugterm_protocol.query import Query, meaning, parse
from debugterm_protocol.query.stages import Limit, Where
from debugterm_protocol.query.syntax import All
from debugterm_server.core import matcher, regex
from debugterm_server.core.codegen import COLUMNS, Code
from debugterm_server.core.columns import PRETESTS, Columns, Row
from hypothesis import given, settings
from hypothesis import strategies as st

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
    *Code().names,
    *COLUMNS,
    "get",
    "rows",
    "append",
    "attrs",
    "",
    0,
    1,
    2,
    None,
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


@settings(max_examples=60)
@given(queries(), st.lists(rows(), min_size=1, max_size=4), st.booleans())
def test_a_batch_is_picked_as_its_rows_match(query: Query, several: list[Row], counted: bool) -> None:  # noqa: FBT001 - drawn
    stored = [msgspec.json.encode(row) for row in several]
    levels = Counter(str(row["level"]) for row in several) if counted else None
    read = [msgspec.json.decode(line, type=Row) for line in stored]
    expected = [i for i, row in enumerate(read) if meaning.matches(query, row, search=regex.found)]

    assert matcher.compile(query).pick(Columns(b"\n".join(stored), n=len(stored), levels=levels)) == expected


def columns(*several: Row) -> Columns:
    return Columns(b"\n".join(msgspec.json.encode(row) for row in several), n=len(several))


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("pool", True),
        ("pools", False),
        ("service:api", True),
        ("service:pay", False),
        ("host:prod-us-*", False),
        ("status:505", False),
        ("status:505.0", True),
        ("status:5*7", True),
        ('message~"^Fool ex"', False),
        ('message~"(?i)^fool"', True),
        ("status>600 nowhere", False),
        ("status>600 OR nowhere", True),
        ("-pool", True),
    ],
)
def test_a_batch_without_a_text_that_every_match_has_is_not_decoded(text: str, decoded: bool) -> None:  # noqa: FBT001 - a column of the table
    batch = columns(ROW, ROW)
    _ = matcher.compile(parse(text)).pick(batch)

    assert batch.decoded is decoded


def test_a_batch_of_other_levels_is_not_decoded() -> None:
    batch = Columns(msgspec.json.encode(ROW), n=1, levels={"warn": 1})

    assert matcher.compile(parse("level>=error pool")).pick(batch) == []
    assert not batch.decoded
    assert matcher.compile(parse("level>=warn pool")).pick(batch) == [0]


def test_bytes_are_searched_a_few_times_a_batch_and_only_where_folding_them_is_safe() -> None:
    batch = columns(ROW)
    decoded = []
    for _ in range(PRETESTS + 1):
        assert matcher.compile(parse("nowhere")).pick(batch) == []
        decoded.append(batch.decoded)
    assert decoded == [*[False] * PRETESTS, True]

    kelvin = columns({**ROW, "message": "300 \u212a"})
    assert matcher.compile(parse("k")).pick(kelvin) == [0]


def test_where_right_behind_the_filter_is_part_of_it() -> None:
    query = Query(
        parse("pool").filter, stages=(Where(parse("status>500").filter), Limit(1), Where(parse("no").filter))
    )

    assert matcher.compile(query)(ROW)
    assert not matcher.compile(Query(All(), stages=(Where(parse("nowhere").filter),)))(ROW)
    assert matcher.compile(Query(All(), stages=(Where(All()),))).matches_all


def test_only_the_query_for_everything_matches_without_decoding() -> None:
    assert matcher.compile(parse("")).matches_all
    assert matcher.compile(parse("*")).matches_all
    assert not matcher.compile(parse("level>=trace")).matches_all


@pytest.mark.parametrize(("text", "expected"), MEANINGS)
def test_every_line_of_the_definition_holds(text: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert matcher.compile(parse(text))(MEANT) is expected


def test_no_text_of_a_query_is_in_the_generated_code() -> None:
    text = """word a*b field:value x.y:1 x.y.z:1 like:a* there:* n>77 level>=warn path:=/Q
        path~"a+bc" path~[xy] message~"secret" message~[z] ts:1*"""
    compiled = matcher.compile(parse(text))
    for code in (compiled.match.__code__, compiled._scan.__code__):
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
