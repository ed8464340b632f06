"""The canonical form against Python's own sorted JSON, which is the oracle that audit.md names."""

import json

import pytest
from debugterm_server.core import canonical
from debugterm_server.core.canonical import NotCanonical, Value
from hypothesis import given
from hypothesis import strategies as st

text = st.text(st.characters(codec="utf-8"))
scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text
keys = st.text(st.characters(max_codepoint=127))
values = st.recursive(scalars, lambda v: st.lists(v) | st.dictionaries(keys, v), max_leaves=20)


@given(values)
def test_canonical_bytes_are_sorted_json_without_spaces(value: Value) -> None:
    expected = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)  # noqa: TID251 - the oracle

    assert canonical.encode(value) == expected.encode()


@given(values)
def test_canonical_bytes_are_read_back_as_they_were(value: Value) -> None:
    assert canonical.decode(canonical.encode(value)) == value


@pytest.mark.parametrize(
    "data",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'"\\u0041"',
        b'"\\/"',
        b"\xff",
        b"[" * 100_000,
        b'{"a":1}\n',
        b"",
        b"9007199254740992",
    ],
    ids=lambda data: data[:16].decode("latin-1"),
)
def test_another_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        canonical.decode(data)


@pytest.mark.parametrize("value", [1.5, {"é": 1}, {1: 2}, b"x", 2**53])
def test_a_value_without_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical.encode(value)  # type: ignore[arg-type]  # that is the point


def test_a_broken_character_of_a_header_does_not_stop_the_record() -> None:
    assert canonical.encode({"ua": "a\udcffb"}) == b'{"ua":"a?b"}'


def test_a_commitment_is_the_hash_of_salt_and_value() -> None:
    # printf 'salt"ana"' | sha256sum
    expected = "c4c28e4b72d9d0ce175828f66149bc5113df1b80519e461f6c80c403864e86ad"

    assert canonical.commitment(b"salt", b'"ana"') == expected
