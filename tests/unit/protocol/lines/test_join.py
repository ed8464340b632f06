"""Physical lines to records: traces of five languages stay whole, and nothing with a date of its own is glued."""

import traceback

import pytest
from debugterm_protocol import limits
from debugterm_protocol.lines.join import RECORD_LINES, Joined, Joiner
from hypothesis import given
from hypothesis import strategies as st


def joined(text: str) -> list[str]:
    joiner = Joiner()
    records = [joiner.feed(line) for line in text.split("\n")]
    return [each.text for each in (*records, joiner.flush()) if each is not None]


def raised(source: str) -> str:
    """What this very Python prints for what a program raises."""
    try:
        exec(compile(source, "app.py", "exec"))  # noqa: S102 - the traces are made here, not copied
    except Exception:  # noqa: BLE001 - whatever the program raises
        return traceback.format_exc().rstrip()
    raise AssertionError("the program was meant to fail")


CHAINED = raised("try:\n    int('x')\nexcept ValueError:\n    raise KeyError('second')")
CAUSED = raised(
    "try:\n    int('x')\nexcept ValueError as cause:\n    raise RuntimeError('second') from cause"
)
GROUPED = raised("raise ExceptionGroup('outer', [ValueError('a'), ExceptionGroup('inner', [KeyError('b')])])")

JAVA = """\
java.lang.IllegalStateException: cart is closed
\tat com.example.Cart.add(Cart.java:42)
\tat com.example.Shop.main(Shop.java:7)
\tSuppressed: java.io.IOException: close failed
\t\tat com.example.Cart.close(Cart.java:50)
Caused by: java.sql.SQLException: pool exhausted
\tat com.example.Pool.take(Pool.java:13)
\t... 12 more"""

GO = """\
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48c8f4]

goroutine 1 [running]:
main.(*Cart).Add(0x0, {0x4b2f0a, 0x3})
\t/src/cart.go:12 +0x14
main.main()
\t/src/main.go:7 +0x1d

goroutine 18 [chan receive]:
example.com/shop/pool.work.func1(...)
\t/src/pool/pool.go:33
created by example.com/shop/pool.work in goroutine 1
\t/src/pool/pool.go:30 +0x5c
exit status 2"""

NODE = """\
/app/server.js:10
    throw new TypeError("no cart");
    ^

TypeError: no cart
    at add (/app/server.js:10:11)
    at Object.<anonymous> (/app/server.js:14:1) {
  code: 'ENOCART'
}

Node.js v22.1.0"""

NODE_PLAIN = """\
Error: no cart
    at add (/app/server.js:10:11)"""

RUBY = """\
cart.rb:3:in 'add': no cart (RuntimeError)
\tfrom cart.rb:7:in '<main>'"""

PRETTY = """\
{
  "level": "error",
  "message": "printed by a person"
}"""

TRACES = {
    "python chained": CHAINED,
    "python cause": CAUSED,
    "python group": GROUPED,
    "java": JAVA,
    "go": GO,
    "node": NODE,
    "node plain": NODE_PLAIN,
    "ruby": RUBY,
    "pretty json": PRETTY,
}


@pytest.mark.parametrize("name", TRACES)
def test_a_trace_between_other_lines_is_one_record(name: str) -> None:
    trace = TRACES[name]

    assert joined(f"starting up\n{trace}\ngoing on") == ["starting up", trace, "going on"]


@pytest.mark.parametrize("name", TRACES)
def test_a_trace_between_dated_lines_is_one_record(name: str) -> None:
    trace, before, after = TRACES[name], "2026-11-23 17:20:11 INFO a", "2026-11-23 17:20:12 INFO b"

    assert joined(f"{before}\n{trace}\n{after}") == [before, trace, after]


@pytest.mark.parametrize("name", ["python chained", "python group", "java"])
def test_a_trace_behind_the_error_that_was_logged_belongs_to_it(name: str) -> None:
    record = f"2026-11-23 17:20:11,000 - app - ERROR - cannot add\n{TRACES[name]}"

    assert joined(f"{record}\nnext") == [record, "next"]


@pytest.mark.parametrize("name", TRACES)
def test_two_traces_are_two_records(name: str) -> None:
    trace = TRACES[name]

    assert joined(f"{trace}\n2026-11-23 17:20:11 x\n{trace}")[::2] == [trace, trace]


def test_a_panic_that_a_server_caught_belongs_to_its_line() -> None:
    record = "2026/11/23 17:20:11 http: panic serving 1.2.3.4:5: no cart\n" + GO.partition("\n\n")[2]

    assert joined(f"{record}\n2026/11/23 17:20:12 next") == [record, "2026/11/23 17:20:12 next"]


def test_indented_lines_belong_to_the_line_before() -> None:
    assert joined("SELECT\n  a,\n\n\tb\nFROM t") == ["SELECT\n  a,\n\n\tb", "FROM t"]


@pytest.mark.parametrize(
    "start",
    [
        "2026-11-23 17:20:11 x",
        "  2026-11-23T17:20:11Z  INFO x",
        "[2026-11-23 17:20:11,000] x",
        "Nov 23 17:20:11 h a: x",
        "<13>x",
        "I1123 17:20:11.000000 1 f.go:1] x",
        "17:20:11.123 [main] INFO x",
        '{"msg":"x"}',
        "INFO: x",
        "[error] x",
    ],
)
def test_writers_that_interleave_are_not_glued_together(start: str) -> None:
    text = f"Traceback (most recent call last):\n  File one\n{start}\n2026-11-23 17:20:11 other"

    assert joined(text) == [
        "Traceback (most recent call last):\n  File one",
        start,
        "2026-11-23 17:20:11 other",
    ]


def test_nothing_is_added_to_a_json_line() -> None:
    assert joined('{"level":"error"}\n  indented\nTraceback (most recent call last):\n  F\nE: x') == [
        '{"level":"error"}',
        "  indented",
        "Traceback (most recent call last):\n  F\nE: x",
    ]


def test_a_record_tells_how_many_lines_it_used_so_that_a_reader_knows_its_place() -> None:
    joiner = Joiner()
    fed = [joiner.feed(line) for line in ("", "a", "  b", "", "c")]

    assert fed == [None, None, None, None, Joined("a\n  b", 4)]
    assert joiner.flush() == Joined("c", 1)
    assert joiner.flush() is None


def test_a_caller_knows_whether_to_wait() -> None:
    joiner = Joiner()
    seen = [(joiner.pending, joiner.unfinished)]
    for line in ("plain", "Traceback (most recent call last):", "  File", "E: x"):
        joiner.feed(line)
        seen.append((joiner.pending, joiner.unfinished))

    assert seen == [(False, False), (True, False), (True, True), (True, True), (True, True)]


def test_a_record_is_bounded_in_lines_and_bytes() -> None:
    many = joined("\n".join(["start", *["  x"] * (2 * RECORD_LINES)]))
    long = joined("\n".join(["start", *["  " + "é" * 5_000] * 20]))

    assert [record.count("\n") + 1 for record in many] == [RECORD_LINES, RECORD_LINES, 1]
    assert max(len(record.encode()) for record in long) <= limits.ROW_BYTES
    assert len(joined("start\n" + "\n" * 2_000 + "  x")) == 2


@pytest.mark.timeout(5)
@pytest.mark.parametrize("piece", ["(", "a.", " ", "\t^", "[", "a b ", "at ", "1", "main.(", "é"])
@pytest.mark.parametrize(
    "start", ["plain", "panic: x", "Traceback (most recent call last):", "ERROR x", "  ^"]
)
def test_no_hostile_line_takes_long(start: str, piece: str) -> None:
    assert joined(start + "\n" + (piece * 65_536)[:65_536] + ")x")


def test_this_python_writes_the_traces_that_are_meant() -> None:
    assert [CHAINED.count("Traceback"), CAUSED.count("Traceback"), GROUPED.count("+-+--")] == [2, 2, 2]


@given(
    st.lists(
        st.sampled_from(["", *"\n".join([*TRACES.values(), "plain", "2026-11-23 17:20:11 x"]).split("\n")])
    )
)
def test_no_line_is_lost_or_moved(lines: list[str]) -> None:
    joiner = Joiner()
    records = [each for each in (*map(joiner.feed, lines), joiner.flush()) if each is not None]

    assert [line for each in records for line in each.text.split("\n") if line] == [
        line for line in lines if line
    ]
    used = sum(each.lines for each in records)
    assert used == (len(lines) if records else 0)
    assert all(sum(line.startswith("2026") for line in each.text.split("\n")) <= 1 for each in records)
