"""Required texts: everything that a pattern finds contains them; where that is not certain there is none."""

import pytest
from debugterm_protocol.query import parse
from debugterm_server.core import regex
from debugterm_server.core.literals import needle, required
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("timeout", "timeout"),
        ("time(d )?out", "time"),
        ("took [0-9]+ms", "took "),
        ("^/v[12]/cart$", "/cart"),
        ("ab*cd", "cd"),
        ("abc?d", "ab"),
        ("abc{0,3}d", "ab"),
        ("abc+", "ab"),
        (r"10\.0\.0\.1", "10.0.0.1"),
        (r"user\d+ gone", " gone"),
        (r"\Qa.b\E", ""),
        (r"\x41bc", "bc"),
        (r"\pLbc", "bc"),
        (r"\p{Greek}bc", "bc"),
        ("(GET|POST) /checkout", " /checkout"),
        ("GET|POST", ""),
        ("(?i)pool", ""),
        ("(?:a)pool", "pool"),
        ("(?P<x>a)pool", "pool"),
        ("[a|b]pool", "pool"),
        ("[]|]pool", "pool"),
        ("[^]|]pool", "pool"),
        ("[[:alpha:]|]pool", "pool"),
        (r"[\]|]pool", "pool"),
        (r"\|pool", "|pool"),
        ("a{pool", "pool"),
        ("x{,5}pool", "pool"),
        ("", ""),
        (".*", ""),
    ],
)
def test_the_longest_certain_text_of_a_pattern(pattern: str, expected: str) -> None:
    assert required(pattern) == expected


_pieces = st.sampled_from(
    ["ab", "c", "d?", "e*", "f+", "(gh)", "(gh)?", "(i|j)", "[kl]", "[^m]*", r"\.", r"\d", "n{2}", "o{0}", ".", "p|q", r"\bz", "(?:r)?"]
)  # fmt: skip


@settings(max_examples=200)
@given(st.lists(_pieces, max_size=5).map("".join), st.text(alphabet="abcdefghijklnopqrz.1m ", max_size=14))
def test_whatever_a_pattern_finds_contains_its_required_text(pattern: str, text: str) -> None:
    if regex.found(pattern, text):
        assert required(pattern) in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pool", b"pool"),
        ('"two words" x', b"two words"),
        ('"a\\"b"', b""),
        ("straße", b""),
        ("service:API", b'"service":"api"'),
        ("service:a*", b"a"),
        ("path:/cart", b"/cart"),
        ("status:504", b"504"),
        ("status:504.0", b""),
        ("status:1e3", b""),
        ("status:0", b""),
        ("status:5*4", b""),
        ("host:p*-1", b"p"),
        ("path:=/Cart", b"/cart"),
        ("ms:=5.0", b""),
        ('message~"took 5ms"', b"took 5ms"),
        ("ms~5", b""),
        ("path~/cart/", b"/cart/"),
        ("-pool", b""),
        ("a OR bb", b""),
        ("a (b OR c) long", b"long"),
    ],
)
def test_the_bytes_that_every_match_contains(text: str, expected: bytes) -> None:
    assert needle(parse(text).filter) == expected
