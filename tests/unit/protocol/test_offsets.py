import pytest
from debugterm_protocol.offsets import BadOffset, Offset, parse
from hypothesis import given
from hypothesis import strategies as st


def test_an_offset_is_ordered_as_three_integers_not_as_text() -> None:
    assert parse("9-0-9") < parse("10-0-0") < parse("10-0-2") < parse("10-0-10") < parse("10-0")


@pytest.mark.parametrize(
    "text", ["", "-1-0-0", "1", "1-2-3-4", "1-x-0", "18446744073709551616-0-0", "\u0661-0-0", "1-0-0 "]
)
def test_what_is_not_an_offset_is_refused(text: str) -> None:
    with pytest.raises(BadOffset):
        parse(text)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 999_998))
def test_printing_and_parsing_are_inverse(ms: int, seq: int, index: int) -> None:
    offset = Offset(ms, seq, index)

    assert parse(str(offset)) == offset
