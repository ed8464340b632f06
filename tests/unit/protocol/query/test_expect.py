"""What completion may offer at the cursor: the parser's own expectation there, for each place of the grammar."""

import pytest
from debugterm_protocol.query.expect import expected
from hypothesis import given
from hypothesis import strategies as st

TIMES = ("last", "from", "to", "around", "deploy")
JOINS = ("AND", "OR", "|")


@pytest.mark.parametrize(
    ("text", "kinds", "typed", "of"),
    [
        ("", ("field", "time", "operator"), "", ""),
        ("se", ("field", "time"), "se", ""),
        ("a se", ("operator", "field", "time"), "se", ""),
        ("-se", ("field",), "se", ""),
        ("-", ("field",), "", ""),
        ("(se", ("field",), "se", ""),
        ("a OR ", ("field", "time"), "", ""),
        ("service:", ("value",), "", "service"),
        ("@Service:", ("value",), "", "service"),
        ("service:a", ("value",), "a", "service"),
        ('service:"a b', ("value",), '"a b', "service"),
        ("service:(a OR b", ("value",), "b", "service"),
        ("path:a:", ("value",), "a:", "path"),
        ("ms > 5", ("value",), "5", "ms"),
        ("a ", ("operator", "field"), "", ""),
        ("last:", ("time",), "", "last"),
        ("around:18:30~", ("time",), "18:30~", "around"),
        ("a | ", ("stage",), "", ""),
        ("a | sta", ("stage",), "sta", ""),
        ("a | stats ", ("function",), "", ""),
        ("a | stats count, p", ("function",), "p", ""),
        ("a | stats p95(la", ("field",), "la", ""),
        ("a | timechart ", ("time",), "", ""),
        ("a | timechart 10s ", ("function", "operator"), "", ""),
        ("a | patterns vs de", ("time",), "de", ""),
        ("a | where service:", ("value",), "", "service"),
        ("a | where se", ("field",), "se", ""),
        ("level:loud service:a", ("value",), "a", "service"),
        ("a) service:", (), "", ""),
        ("a | nosuch service", (), "", ""),
    ],
)
def test_a_place_of_the_text_expects(text: str, kinds: tuple[str, ...], typed: str, of: str) -> None:
    found = expected(f"{text} and what is behind the cursor", len(text))

    assert (found.kinds, found.typed, found.of) == (kinds, typed, of)
    assert found.start == len(text) - len(typed)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ("|", *TIMES)),
        ("a:b ", JOINS),
        ("count ", (">=", "<=", ">", "<", "=", "!=", "~", "!~", *JOINS)),
        ("service:(a ", ("OR", ")")),
        ("a | stats count ", ("as", "by", "over", "|")),
        ("a | stats count by x ", ("over", "|")),
        ("a | sort x d", ("asc", "desc")),
        ("a | patterns ", ("vs", "|")),
    ],
)
def test_operators_are_words(text: str, words: tuple[str, ...]) -> None:
    assert set(expected(text, len(text)).words) == set(words)


def test_behind_a_table_fields_are_its_columns() -> None:
    text = "a | stats count, p95(ms) by service | sort c"

    assert expected(text, len(text)).columns == ("service", "count", "p95(ms)")
    assert expected(text, len(text)).stage == "sort"
    assert expected("a | top pa", 10).columns is None


@given(st.text(alphabet='abls :|(),"~[-5m', max_size=30), st.integers(-1, 40))
def test_no_text_is_too_broken_to_ask(text: str, at: int) -> None:
    found = expected(text, at)

    assert text[: max(at, 0)].endswith(found.typed)
