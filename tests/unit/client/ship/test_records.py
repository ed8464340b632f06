"""Records of real programs' output; what joins what is decided in the protocol, this is about places and waiting."""

import textwrap

import pytest
from debugterm_client.ship.cut import Cutter
from debugterm_client.ship.records import Record, Records

PYTHON = """\
    ERROR:root:order failed
    Traceback (most recent call last):
      File "shop.py", line 3, in pay
        bank.charge()
    TimeoutError: bank

    During handling of the above exception, another exception occurred:

    Traceback (most recent call last):
      File "shop.py", line 9, in order
        raise Failed(order) from None
    shop.Failed: 17
    """
JAVA = """\
    2024-01-02 03:04:05,678 ERROR [main] shop.Pay - order failed
    java.lang.IllegalStateException: no connection
    \tat shop.Pay.charge(Pay.java:42)
    \tat shop.Main.main(Main.java:7)
    Caused by: java.net.SocketTimeoutException: Read timed out
    \t... 2 more
    """
GO = """\
    panic: runtime error: index out of range [3] with length 3

    goroutine 1 [running]:
    main.main()
    \t/app/main.go:9 +0x1d
    exit status 2
    """
ALL = [textwrap.dedent(text).encode() for text in (PYTHON, JAVA, GO)]


def feed(data: bytes, *, size: int) -> list[Record]:
    cutter, records = Cutter(), Records()
    found = [
        r for at in range(0, len(data), size) for r in records.feed(cutter.feed(data[at : at + size]), 0.0)
    ]
    return found + records.finish(cutter)


@pytest.mark.parametrize("size", [1, 7, 64, 100_000])
@pytest.mark.parametrize("trace", ALL, ids=["python", "java", "go"])
def test_a_traceback_is_one_record_however_it_is_read(trace: bytes, size: int) -> None:
    before, after = b"2024-01-02 03:04:04,000 INFO before\n", b"2024-01-02 03:04:06,000 INFO after\n"

    found = feed(before + trace + after, size=size)

    assert [record.text.encode() + b"\n" for record in found] == [before, trace, after]
    assert [record.end for record in found] == [len(before), len(before + trace), len(before + trace + after)]


def test_two_writers_of_dated_lines_are_never_glued_together() -> None:
    lines = (
        b"2024-01-02 03:04:05 INFO a\n<34>1 2024-01-02T03:04:05Z h b - - - c\n2024-01-02 03:04:05 INFO d\n"
    )

    assert [record.text.encode() for record in feed(lines, size=64)] == lines.splitlines()


def test_an_object_on_one_line_does_not_wait_and_a_plain_line_waits_a_little() -> None:
    cutter, records = Cutter(), Records()

    assert [r.text for r in records.feed(cutter.feed(b'{"a":1}\n'), 5.0)] == ['{"a":1}']
    assert records.feed(cutter.feed(b"plain\n"), 5.0) == []
    assert records.pending
    assert records.idle(cutter, 5.09) == []
    assert [r.text for r in records.idle(cutter, 5.11)] == ["plain"]


def test_an_unfinished_traceback_is_given_out_after_a_second() -> None:
    cutter, records = Cutter(), Records()
    records.feed(cutter.feed(b"Traceback (most recent call last):\n  File x\n"), 5.0)

    assert records.idle(cutter, 5.9) == []
    assert [r.text for r in records.idle(cutter, 6.0)] == ["Traceback (most recent call last):\n  File x"]


def test_a_line_without_end_is_given_out_after_ten_seconds() -> None:
    cutter, records = Cutter(), Records()
    records.feed(cutter.feed(b"last words"), 5.0)

    assert records.idle(cutter, 14.9) == []
    assert records.idle(cutter, 15.0) == [Record("last words", 10, b"last words")]


def test_blank_lines_belong_to_the_place_of_the_next_record() -> None:
    assert [(r.text, r.end) for r in feed(b"\n\none\n\n\ntwo\n", size=3)] == [("one", 8), ("two", 12)]
