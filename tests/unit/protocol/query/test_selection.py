"""What the row stages mean, by hand: which rows pass, in which shape, in which order."""

import re

import pytest
from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.selection import select, shape
from debugterm_protocol.query.stages import (
    Context,
    Dedup,
    Extract,
    Fields,
    Hide,
    Limit,
    Query,
    Sort,
    Stage,
    Stats,
    Trace,
    Where,
)
from debugterm_protocol.query.syntax import All, Compare, Exists, Has, Term


def rows(*messages: str) -> list[Row]:
    return [
        {"ts": str(i), "level": "info", "message": text, "attrs": {"n": i}} for i, text in enumerate(messages)
    ]


def groups(pattern: str, text: str) -> dict[str, str] | None:
    found = re.search(pattern, text)
    return {name: value for name, value in found.groupdict().items() if value is not None} if found else None


def picked(of: list[Row], *stages: Stage, where: Term = All(), newest_first: bool = False) -> list[int]:  # noqa: B008 - a value
    query = Query(where, stages=stages)
    return [i for i, _ in select(query, of, newest_first=newest_first, groups=groups)]


SIX = rows("a", "b", "hit", "c", "d", "e")


def test_context_brings_its_neighbours_cut_at_the_ends() -> None:
    assert picked(SIX, Context(1, 2), where=Has(("hit",))) == [1, 2, 3, 4]
    assert picked(SIX, Context(9, 0), where=Has(("hit",))) == [0, 1, 2]
    assert picked(SIX, Context(0, 0), where=Has(("hit",))) == [2]


def test_before_and_after_are_times_in_a_search_that_shows_the_newest_first() -> None:
    assert picked(SIX, Context(1, 2), where=Has(("hit",)), newest_first=True) == [0, 1, 2, 3]


def test_a_stage_looks_at_what_the_stages_before_it_left() -> None:
    assert picked(SIX, Context(1, 1), Where(Has(("c",))), where=Has(("hit",))) == [3]
    assert picked(SIX, Hide(("message",)), Where(Has(("hit",)))) == []
    assert picked(SIX, Fields(("message",)), Where(Exists("n"))) == []


def test_of_equal_rows_the_first_stays_and_a_missing_value_is_equal_to_another() -> None:
    of: list[Row] = [*rows("x", "y", "x", "y"), {"ts": "4"}, {"ts": "5", "message": None}]

    assert picked(of, Dedup(("message",))) == [0, 1, 4]
    assert picked(of, Dedup(("message", "ts"))) == [0, 1, 2, 3, 4, 5]


def test_a_trace_is_all_rows_with_an_id_of_a_match() -> None:
    of = rows("a", "hit", "b", "c")
    for i, trace in enumerate(["t1", "t1", "", None]):
        of[i]["trace_id"] = trace

    assert picked(of, Trace(), where=Has(("hit",))) == [0, 1]
    assert picked(of, Trace(), where=Has(("b",))) == [2]


def test_rows_are_sorted_by_value_and_cut() -> None:
    of = rows("b", "a", "c")

    assert picked(of, Sort((("message", False),))) == [1, 0, 2]
    assert picked(of, Sort((("n", True),)), Limit(2)) == [2, 1]
    assert picked([{}, *of], Sort((("message", True),))) == [3, 1, 2, 0]


def test_extracted_groups_are_attributes_that_later_stages_see() -> None:
    of = rows("took 7ms", "took 90ms", "no time")
    took = Extract(r"took (?P<ms>\d+)ms(?P<n> twice)?")

    assert select(Query(All(), stages=(took, Where(Compare("ms", ">", 50)))), of, groups=groups) == [
        (1, {"ts": "1", "level": "info", "message": "took 90ms", "attrs": {"n": 1, "ms": "90"}})
    ]
    assert of[1]["attrs"] == {"n": 1}


ROW: Row = {
    "ts": "0",
    "level": "warn",
    "service": "api",
    "attrs": {"http": {"method": "GET", "path": "/"}, "http.method": "POST", "service": "inner"},
}


def test_fields_keep_the_time_and_what_is_named() -> None:
    assert shape(Fields(("service", "http.method", "nothing")), ROW) == {
        "ts": "0",
        "service": "api",
        "attrs": {"http.method": "POST"},
    }
    assert shape(Fields(("attrs.service", "http")), ROW) == {
        "ts": "0",
        "attrs": {"service": "inner", "http": {"method": "GET", "path": "/"}},
    }


def test_hidden_fields_are_gone_however_they_are_spelled() -> None:
    assert shape(Hide(("ts", "service", "http.method", "a.b")), ROW) == {
        "ts": "0",
        "level": "warn",
        "attrs": {"http": {"path": "/"}, "service": "inner"},
    }
    assert shape(Hide(("attrs.service", "http")), ROW)["attrs"] == {"http.method": "POST"}
    assert ROW["service"] == "api"


def test_a_table_stage_is_not_for_rows() -> None:
    with pytest.raises(TypeError):
        picked(SIX, Stats(()))
