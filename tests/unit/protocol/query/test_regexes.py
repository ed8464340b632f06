"""Regular expressions are refused where RE2 would refuse them, with the column of the flaw and words for a person."""

import pytest
from debugterm_protocol.query import BadQuery, parse
from debugterm_protocol.query.regexes import flaw, group_names
from debugterm_server.core import regex
from hypothesis import given, settings
from hypothesis import strategies as st

PARTS = [
    "a",
    "b",
    "-",
    "(",
    ")",
    "[",
    "]",
    "^",
    "$",
    "|",
    "*",
    "+",
    "?",
    ":",
    "{",
    "}",
    ".",
    " ",
    "_",
    "\n",
    "é",
    "{2}",
    "{2,}",
    "{3,1}",
    "{100}",
    "(?i)",
    "(?:",
    "(?P<n>",
    "(?<m>",
    "(?=",
    "(?",
    "(?-)",
    "(?)",
    "a-z",
    r"\d",
    r"\b",
    "\\",
    "[:alpha:]",
    "[:x:]",
    r"\Q",
    r"\E",
    r"\x41",
    r"\07",
    r"\1",
    r"\pL",
    r"\-",
    r"\]",
]


def re2_takes(pattern: str) -> bool:
    try:
        regex.searcher(pattern)
    except BadQuery:
        return False
    return True


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PARTS), max_size=8).map("".join))
def test_what_is_refused_is_what_re2_refuses(pattern: str) -> None:
    assert (flaw(pattern) is None) is re2_takes(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "(a{10}){100}",
            "(a{10}){101}",
            "((((a{100}){100}){100}){100})",
            "a{1000}",
            "a{1001}",
            "(a{500}){2}|b{1000}",
        ),
        *(
            r"[\d-z]",
            r"[\x61-\x7a]",
            r"[\x7a-\x61]",
            r"[\101-\x{42}]",
            r"[\t-\a]",
            r"[\a-\t]",
            r"[\.-\-]",
            r"[a-\d]",
            "[]a]",
            "[]",
            "[^]a]",
            "[z-a]",
            "[[:foo:]]",
            r"\x{10FFFF}",
            r"\x{110000}",
            r"\8",
            r"\0",
        ),
        *(
            "a???",
            "a??",
            "(?i)*",
            "a(?i)*",
            "a*(?i)*",
            "a*(?i)b*",
            "a**",
            "^*",
            "(?x)a",
            "(?i-s:a)",
            r"\Q*\E*",
            r"\C",
            r"\Z",
            r"\_",
            r"[\b]",
        ),
    ],
)
def test_a_corner_is_seen_as_re2_sees_it(pattern: str) -> None:
    assert (flaw(pattern) is None) is re2_takes(pattern)


@pytest.mark.parametrize(
    ("text", "column", "error"),
    [
        ("path~a(b", 7, "'(' is never closed in the regular expression; close it, or write \\("),
        ("path~a[b", 7, "'[' is never closed in the regular expression; close it, or write \\["),
        ('path~"a)"', 8, "')' closes nothing in the regular expression; write \\) for the text"),
        ("path~*.log", 6, "nothing stands before '*' to repeat; write \\* for the text"),
        ("path~a**", 8, "'*' repeats what is repeated already; take one away, or use (?:..)"),
        ("path~(?=x)y", 6, "RE2 cannot look around ('(?='); use two terms: field~a -field~b"),
        (r'path~"\"\\\\ (a)\1"', 17, r"RE2 has no references back ('\1'); write the part again"),
        (r"path~\Z", 6, r"RE2 does not know '\Z'"),
        ("path~a{1001}", 7, "'{1001}' repeats more than 1000 times; use a smaller number"),
        ("path~(a{1000}){1000}", 15, "'{1000}' repeats more than 1000 times; use a smaller number"),
        ("path~a{5,2}", 7, "'{5,2}' ends below its start; use a smaller number"),
        ("path~[z-a]", 7, "'z-a' ends below its start; the smaller end stands first"),
        (
            "path~[[:vowel:]]",
            7,
            "RE2 does not know '[:vowel:]'; [:alpha:] [:digit:] [:space:] and their kin are",
        ),
        ("a | extract (?P<n>x", 13, "'(' is never closed in the regular expression"),
    ],
)
def test_a_flaw_is_told_with_its_column(text: str, column: int, error: str) -> None:
    with pytest.raises(BadQuery) as caught:
        parse(text)

    assert f"{caught.value.why}; {caught.value.hint}".startswith(error)
    assert caught.value.column == column


def test_groups_are_known_by_name() -> None:
    assert group_names(r"\(?P<no>(?P<a>x)(?:y)(?<b>z)(\d)") == ("a", "b")
