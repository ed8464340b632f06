from debugterm_client.ship.cut import Cutter, Line
from hypothesis import given
from hypothesis import strategies as st


def texts(lines: list[Line]) -> list[bytes]:
    return [line.text for line in lines]


def test_lines_carry_the_offset_behind_them_and_the_bytes_before_it() -> None:
    lines = Cutter(10, tail=b"0123456789").feed(b"one\ntwo\r\n")

    assert lines == [Line(b"one", 14, b"0123456789one\n"), Line(b"two", 19, b"0123456789one\ntwo\r\n")]


def test_a_line_split_over_two_reads_is_one_line() -> None:
    cutter = Cutter()

    assert texts(cutter.feed(b"first\nseco")) == [b"first"]
    assert cutter.pending
    assert cutter.feed(b"nd\n") == [Line(b"second", 13, b"first\nsecond\n")]
    assert not cutter.pending


def test_the_rest_is_taken_as_a_line_when_asked_and_only_once() -> None:
    cutter = Cutter()
    cutter.feed(b"done\nhalf")

    assert cutter.rest() == Line(b"half", 9, b"done\nhalf")
    assert cutter.rest() is None


def test_a_line_without_end_costs_no_memory_and_is_cut_at_a_mebibyte() -> None:
    cutter = Cutter()
    for _ in range(100):
        assert cutter.feed(b"x" * 64 * 1024) == []
    lines = cutter.feed(b"yyy\nnext\n")

    assert [len(line.text) for line in lines] == [1024 * 1024, 4]
    assert lines[0].end == 100 * 64 * 1024 + 4


def test_the_hole_of_a_truncated_file_and_a_byte_order_mark_are_passed_over() -> None:
    holed = Cutter()

    assert holed.feed(b"\0" * 1000) == []
    assert holed.feed(b"\0\0after\n") == [Line(b"after", 1008, (b"\0" * 1002 + b"after\n")[-256:])]
    assert texts(Cutter().feed(b"\xef\xbb\xbfhello\n")) == [b"hello"]


@given(st.lists(st.binary(max_size=40)), st.integers(1, 700))
def test_however_it_is_cut_into_reads_the_lines_are_the_same(parts: list[bytes], size: int) -> None:
    whole = b"start\n" + b"".join(parts)
    cutter = Cutter()
    lines = [line for at in range(0, len(whole), size) for line in cutter.feed(whole[at : at + size])]

    assert texts(lines) == [text.removesuffix(b"\r") for text in whole.split(b"\n")[:-1]]
    assert [line.tail for line in lines] == [whole[: line.end][-256:] for line in lines]
