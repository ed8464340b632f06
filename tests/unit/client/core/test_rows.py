"""A row as a person reads it."""

from debugterm_client.core.rows import attrs_text, clock, decode, details, one_line

RAW = (
    b'{"ts":"2026-11-23T18:42:01.113220Z","level":"error","service":"pay","host":"pay-3","message":"upstream timed out",'
    b'"trace_id":"4bf92a77","attrs":{"path":"/v1/pay","lat":5003,"note":"two words","gone":null}}'
)


def test_a_row_is_one_line_with_time_letter_service_message_and_attributes() -> None:
    expected = '18:42:01.113 E pay upstream timed out path=/v1/pay lat=5003 note="two words" gone=null'

    assert one_line(decode(RAW), today="2026-11-23") == expected


def test_the_time_column_shows_the_date_when_it_is_not_today() -> None:
    ts = "2026-11-23T18:42:01.113220Z"

    assert clock(ts, today="2026-11-23") == "18:42:01.113"
    assert clock(ts, today="2026-11-24") == "11-23 18:42 "
    assert clock(ts, today="2027-01-01") == "2026-11-23  "


def test_a_row_with_an_empty_message_shows_its_attributes() -> None:
    assert attrs_text(decode(b'{"ts":"x","message":"","attrs":{"a":1}}')) == "a=1"


def test_bytes_that_are_no_row_are_shown_and_not_lost() -> None:
    assert decode(b"not json \x1b").message == "not json \x1b"
    assert decode(b"[" * 100_000).parse_error


def test_a_control_character_in_any_field_is_shown_as_a_picture() -> None:
    row = decode(
        b'{"ts":"2026-11-23T18:42:01Z","service":"a\\u001b[2J","message":"m\\u009b","attrs":{"k\\u202e":"v\\u0007"}}'
    )

    assert one_line(row, today="2026-11-23") == "18:42:01 I a␛[2J m\\u{9b} k\\u{202e}=v␇"


def test_the_detail_view_has_every_field() -> None:
    assert details(decode(RAW)) == [
        ("ts", "2026-11-23T18:42:01.113220Z"),
        ("level", "error"),
        ("service", "pay"),
        ("host", "pay-3"),
        ("trace_id", "4bf92a77"),
        ("path", "/v1/pay"),
        ("lat", "5003"),
        ("note", "two words"),
        ("gone", "null"),
    ]


def test_what_the_hub_noticed_stands_before_the_message_in_the_words_of_the_browser() -> None:
    row = decode(
        b'{"ts":"2026-11-23T18:42:01Z","message":"m","parse_error":true,"truncated":true,"ts_skewed":true}'
    )

    assert one_line(row, today="2026-11-23") == "18:42:01 I - [not parsed] [cut] [clock off] m"
    assert details(row)[-1] == ("flags", "not parsed, cut, clock off")
