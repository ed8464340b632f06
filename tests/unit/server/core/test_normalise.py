"""Lines of senders to stored rows and points: exact bytes, every limit, and bytes that try to break it."""

import msgspec
import pytest
from debugterm_protocol import frames, limits
from debugterm_server.core.normalise import Point, Row, normalise
from hypothesis import example, given, settings
from hypothesis import strategies as st

NOW = 1_795_454_411_000_000
"""2026-11-23T17:20:11Z."""


def stored(line: bytes | str) -> dict[str, object]:
    """The decoded row of a line, received now by a key of service `svc` from host `box`."""
    found = normalise(
        line.encode() if isinstance(line, str) else line, received=NOW, service="svc", host="box"
    )
    assert isinstance(found, Row)
    row: dict[str, object] = msgspec.json.decode(found.data)
    return row


def test_a_json_line_becomes_exactly_these_bytes() -> None:
    line = b'{"user":7,"level":"WARN","ts":"2026-11-23T18:20:10.5+01:00","msg":"hi","trace_id":"t1","span_id":"s1"}'

    found = normalise(line, received=NOW, service="svc", host="box")

    assert found == Row(
        b'{"ts":"2026-11-23T17:20:10.500000Z","level":"warn","service":"svc","host":"box","message":"hi",'
        b'"trace_id":"t1","span_id":"s1","attrs":{"user":7}}',
        NOW - 500_000,
        "warn",
        parse_error=False,
    )


def test_a_line_that_says_nothing_else_gets_receipt_info_and_the_names_of_its_sender() -> None:
    assert normalise(b"hello", received=NOW, service="svc", host="box") == Row(
        b'{"ts":"2026-11-23T17:20:11.000000Z","level":"info","service":"svc","host":"box","message":"hello","attrs":{}}',
        NOW,
        "info",
        parse_error=False,
    )


def test_what_the_line_names_wins_over_its_sender() -> None:
    row = stored("Nov 23 17:20:11 web-1 sshd[1]: hi")

    assert (row["service"], row["host"]) == ("sshd", "web-1")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"broken":', {"message": '{"broken":', "parse_error": True}),
        (b'{"a":1e999}', {"message": '{"a":1e999}', "parse_error": True}),
        (b'{"a":' + b"9" * 5000 + b"}", {"message": '{"a":' + "9" * 5000 + "}", "parse_error": True}),
        (b'{"a":NaN}', {"message": "", "attrs": {"a": None}}),
        (b'{"a":9007199254740993,"b":18446744073709551615}', {"attrs": {"a": 2**53 + 1, "b": 2**64 - 1}}),
        (b'{"a":"\\ud800"}', {"attrs": {"a": "\ufffd"}}),
        (
            b'{"a":"\\u0000","b":["\\u0000"],"\\u0000":1}',
            {"attrs": {"a": "\ufffd", "b": ["\ufffd"], "\ufffd": 1}},
        ),
        (b'{"a":"\\\\u0000"}', {"attrs": {"a": "\\u0000"}}),
        (b'{"msg":"\xff"}', {"message": "\ufffd"}),
        (b"ol\xe9 \0", {"message": "ol\ufffd \ufffd"}),
        (b"\xc0\x80\xed\xa0\x80", {"message": "\ufffd" * 5}),
        (b"\xef\xbb\xbfbom\r\n", {"message": "bom"}),
        (b"lone\rreturn", {"message": "lone\rreturn"}),
        (
            '{"msg":1}'.encode("utf-16-le"),
            {"message": '{\ufffd"\ufffdm\ufffds\ufffdg\ufffd"\ufffd:\ufffd1\ufffd}\ufffd'},
        ),
    ],
)
def test_bad_bytes_are_stored_as_something_readable(line: bytes, expected: dict[str, object]) -> None:
    row = stored(line)

    assert {name: row[name] for name in expected} == expected
    assert row.get("parse_error", False) is expected.get(
        "parse_error", '\ufffd"' in str(expected.get("message"))
    )


@pytest.mark.parametrize(
    ("ts", "flagged"),
    [
        ('"1970-01-01T00:00:00Z"', True),
        ('"1999-12-31T23:59:59.999999Z"', True),
        ('"2000-01-01T00:00:00Z"', False),
        ("-5", True),
        ('"2999-01-01T00:00:00Z"', True),
        ('"2026-11-23T17:30:11Z"', False),
        ('"2026-11-23T17:30:11.000001Z"', True),
        ('"2015-05-17T10:05:03Z"', False),
    ],
)
def test_a_time_that_cannot_be_right_is_kept_and_flagged(ts: str, flagged: bool) -> None:  # noqa: FBT001 - a column
    row = stored(f'{{"ts":{ts},"msg":"x"}}')

    assert row.get("ts_skewed", False) is flagged
    assert row["attrs"] == {}


@pytest.mark.parametrize(
    ("ts", "flagged"),
    [
        ('"2026-11-23T17:20:11Z"', False),
        ('"2026-11-23T17:19:11Z"', False),
        ('"2026-11-23T17:19:10.999999Z"', True),
        ('"2015-05-17T10:05:03Z"', True),
        ('"1999-12-31T23:59:59Z"', False),
    ],
)
def test_a_row_that_comes_more_than_a_minute_after_its_time_is_late(ts: str, flagged: bool) -> None:  # noqa: FBT001 - a column
    assert stored(f'{{"ts":{ts},"msg":"x"}}').get("late", False) is flagged


def test_a_time_that_cannot_be_read_stays_and_the_row_has_the_time_of_receipt() -> None:
    row = stored('{"ts":"soon"}')

    assert (row["ts"], row["attrs"]) == ("2026-11-23T17:20:11.000000Z", {"ts": "soon"})


def test_a_long_line_is_cut_and_flagged() -> None:
    row = stored("é" * 100_000)

    assert row["message"] == "é" * (limits.ROW_MESSAGE_BYTES // 2)
    assert row["truncated"] is True


def test_a_message_of_control_characters_still_fits() -> None:
    row = stored('{"msg":"' + "\\u0001" * 60_000 + '","a":1}')

    assert row["message"] == "\x01" * (limits.ROW_MESSAGE_BYTES // 6)
    assert (row["attrs"], row["truncated"]) == ({"a": 1}, True)


def test_small_attributes_survive_a_huge_one() -> None:
    row = stored('{"big":"' + "x" * 200_000 + '","status":504,"msg":"m"}')
    attrs = row["attrs"]

    assert isinstance(attrs, dict)
    assert attrs["status"] == 504
    assert 60_000 < len(attrs["big"]) < limits.ROW_BYTES
    assert (list(attrs), row["message"], row["truncated"]) == (["big", "status"], "m", True)


def test_only_so_many_attributes_are_kept() -> None:
    row = stored(msgspec.json.encode({f"k{i}": i for i in range(limits.ROW_ATTRS + 1)}))

    assert row["attrs"] == {f"k{i}": i for i in range(limits.ROW_ATTRS)}
    assert row["truncated"] is True


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"k":', "}")])
def test_what_is_nested_too_deeply_becomes_its_json_text(opened: str, closed: str) -> None:
    deepest = '{"a":' + opened * 15 + "1" + closed * 15 + "}"
    deeper = '{"a":' + opened * 16 + "1" + closed * 16 + "}"

    assert stored(deepest)["attrs"] == msgspec.json.decode(deepest)
    assert stored(deeper)["attrs"] == msgspec.json.decode(
        '{"a":' + opened * 15 + msgspec.json.encode(f"{opened}1{closed}").decode() + closed * 15 + "}"
    )


def test_an_object_hidden_in_escapes_is_bounded_too() -> None:
    inner = '{"a":' + "[" * 500 + "]" * 500 + "}"
    hidden = "".join(f"\\u{ord(c):04x}" for c in inner)

    attrs = stored(f'{{"stream":"stdout","time":"2026-11-23T17:20:11Z","log":"{hidden}"}}')["attrs"]

    assert isinstance(attrs, dict)
    assert str(attrs["a"]).count("[") == 500
    assert "'" + "[" * 484 in str(attrs["a"])


def test_names_are_short() -> None:
    row = stored('{"service":"' + "s" * 5_000 + '","trace_id":"' + "t" * 5_000 + '"}')

    assert (row["service"], row["trace_id"], row["truncated"]) == ("s" * 256, "t" * 256, True)


def test_a_metric_line_becomes_a_point() -> None:
    line = b'{"metric":"system.cpu.utilization","value":1,"unit":"1","ts":1795454410,"host":"h","cpu":0,"tags":["a"],"disk":"sda"}'

    found = normalise(line, received=NOW, service="svc", host="box")

    assert isinstance(found, Point)
    assert found.ts == NOW - 1_000_000
    assert msgspec.json.decode(found.data, type=frames.Point) == frames.Point(
        ts="2026-11-23T17:20:10.000000Z",
        metric="system.cpu.utilization",
        value=1.0,
        unit="1",
        service="svc",
        host="h",
        attrs={"cpu": 0, "tags": '["a"]', "disk": "sda"},
    )


@pytest.mark.parametrize(
    "line",
    [
        '{"metric":"m"}',
        '{"metric":"m","value":"5"}',
        '{"metric":"m","value":true}',
        '{"metric":"","value":1}',
        '{"metric":5,"value":1}',
        '{"metric":"m","value":1,"unit":5}',
        '{"metric":"m","value":1' + "0" * 400 + "}",
    ],
)
def test_what_is_not_quite_a_metric_is_a_row(line: str) -> None:
    assert "metric" in str(stored(line))


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        "ts",
        "time",
        "level",
        "severity_number",
        "message",
        "msg",
        "event",
        "log",
        "stream",
        "service",
        "host",
        "trace",
        "trace_id",
        "span",
        "attributes",
        "fields",
        "resource",
        "metric",
        "value",
        "unit",
        "PRIORITY",
        "__REALTIME_TIMESTAMP",
        "_HOSTNAME",
        "a",
    ]
)
OBJECTS = st.dictionaries(NAMES, JSON_VALUES, max_size=8).map(msgspec.json.encode)
FRAGMENTS = st.lists(
    st.sampled_from(
        [
            b"{",
            b"}",
            b"[",
            b"]",
            b'"',
            b":",
            b",",
            b"\\u0000",
            b"\\ud800",
            b"\x00",
            b"\xff",
            b"<13>",
            b"1 ",
            b"- ",
            b"2026-11-23T17:20:11Z",
            b"Nov 23 17:20:11 ",
            b"a=1 ",
            b"INFO ",
            b"@cee:",
            b"\x1b[",
            b"\r",
            b"\n",
            b"9" * 30,
        ]
    ),
    max_size=12,
).map(b"".join)


@settings(max_examples=120)
@given(st.binary(max_size=200) | OBJECTS | FRAGMENTS)
@example(b'{"service":' + b'{"name":' * 900 + b"1" + b"}" * 901)
@example(b'{"PRIORITY":"","__REALTIME_TIMESTAMP":""}')
@example(b"<1>1 - - a " + b"9" * 5000 + b" - - x")
@example(b"[" * 70_000)
@example(b'{"a":' * 20_000)
@example(b'{"ts":' + b"9" * 400 + b"}")
def test_any_bytes_become_one_row_or_point_inside_the_limits(line: bytes) -> None:
    found = normalise(line, received=NOW, service="svc", host="box")
    decoded = msgspec.json.decode(found.data)

    assert len(found.data) <= limits.ROW_BYTES
    assert found.data.startswith(b'{"ts":"')
    assert b"\n" not in found.data
    assert b"\\u0000" not in found.data.replace(b"\\\\", b"")
    assert isinstance(found, Point) or set(decoded) >= {"ts", "level", "service", "host", "message", "attrs"}
