"""What the reference page shows is what the parser does: its examples are queries, its errors are answers."""

import re

import pytest
from debugterm_protocol.query import Query, parse
from debugterm_protocol.query.vocabulary import FUNCTIONS, STAGES

from docs.tools import query as reference


@pytest.mark.parametrize(
    "text", [text for text, _ in [*reference.EXAMPLES, *((q, t) for t, q in reference.SAME)]]
)
def test_an_example_is_a_query(text: str) -> None:
    assert parse(text) != Query()


@pytest.mark.parametrize("text", [text for _, text in reference.FOREIGN])
def test_a_query_of_another_tool_is_translated(text: str) -> None:
    _, found, ours = reference.answer(text).partition("did you mean: ")

    assert found
    assert parse(ours) != Query()


@pytest.mark.parametrize("text", reference.ERRORS)
def test_an_error_is_one(text: str) -> None:
    assert "column" in reference.answer(text)


def test_every_term_of_the_tables_is_a_query() -> None:
    first = [
        row.split(" | ")[0]
        for row in (reference.TERMS + reference.TIMES_HEAD).splitlines()
        if row.startswith("| `")
    ]
    terms = [term for cell in first for term in re.findall(r"`([^`]+)`", cell)]

    assert len(terms) > 25
    for term in terms:
        assert isinstance(parse(term), Query)


def test_the_grammar_names_every_stage_and_function() -> None:
    grammar = reference.grammar()

    assert grammar.startswith("query  = [filter]")
    assert all(f'"{name}"' in grammar for name in [*STAGES, *FUNCTIONS])
