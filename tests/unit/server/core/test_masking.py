"""What varies by its form becomes a typed wildcard; what does not stays as it was written."""

import pytest
from debugterm_server.core.masking import TOKENS, Masks, shape
from hypothesis import given
from hypothesis import strategies as st


def masked(message: str) -> str:
    return b" ".join(Masks().tokens(shape(message))).decode()


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("GET /v1/items/17 from 10.0.0.7 took 12.5ms", "GET /v<num>/items/<num> from <ip> took <num>ms"),
        ("at 2026-11-23T18:42:01.113Z and 12:30:01,5", "at <time> and <time>"),
        ("[17/May/2015:10:05:03 +0000]", "[<time> +<num>]"),
        ("id 550e8400-e29b-41d4-a716-446655440000 gone", "id <uuid> gone"),
        ("2001:db8:0:0:0:ff00:42:8329 fe80::1 10.0.0.1:8080,", "<ip> <ip> <ip>,"),
        ("std::string a:b:c 12:30 ::", "std::string a:b:c <num>:<num> ::"),
        ("sha 3f786850e387550f and 0xDEADBEEF", "sha <hex> and <hex>"),
        ("deface facade decade", "deface facade decade"),
        ("req_8f3kd93ks u_991 v411 pay-3 x=-3", "req_<id> u_<num> v<num> pay-<num> x=<num>"),
        ("size=1,204 1e-05 v1.2.3", "size=<num> <num> v<num>"),
        ("naïve café 5", "naïve café <num>"),
        ("first line 1\nsecond line", "first line <num>"),
        ("", ""),
    ],
)
def test_a_message_is_masked_by_its_form(message: str, expected: str) -> None:
    assert masked(message) == expected


@given(st.text(), st.integers(1, 9))
def test_a_mask_depends_on_no_digits_value(message: str, digit: int) -> None:
    other = "".join(str(digit) if letter in "123456789" else letter for letter in message)

    assert masked(other) == masked(message)


def test_a_long_message_is_a_bounded_number_of_tokens() -> None:
    assert Masks().tokens(shape("a " * 100)) == [b"a"] * TOKENS + [b"<...>"]
    assert Masks().tokens(shape("x" * 1_000_000)) == [b"x" * 512]


def test_what_is_remembered_changes_nothing() -> None:
    masks = Masks()
    words = [f"word-{number}-{'é' * (number % 90)}" for number in range(21_000)]

    assert all(
        masks.tokens(shape(word)) == [b"word-<num>-" + "é".encode() * (i % 90)]
        for i, word in enumerate(words)
    )
