import time

import msgspec
import pytest
from debugterm_client.ship.rows import Origin
from debugterm_protocol import limits
from debugterm_server.core.normalise import normalise

ORIGIN = Origin("shop", "web1", clock=lambda: 1_700_000_000.5)


def sent(text: str) -> dict[str, object]:
    return msgspec.json.decode(ORIGIN.body(text), type=dict[str, object])


def test_a_plain_line_gets_the_time_service_and_host_of_its_sender() -> None:
    assert sent("hello") == {
        "ts": "2023-11-14T22:13:20.500000Z",
        "service": "shop",
        "host": "web1",
        "message": "hello",
    }


def test_json_keeps_what_it_says_of_itself() -> None:
    text = '{"timestamp":"2024-01-02T03:04:05Z","severity":"ERROR","app":"pay","msg":"no","n":{"x":[1,2.5,null]}}'

    assert sent(text) == {
        "timestamp": "2024-01-02T03:04:05Z",
        "severity": "ERROR",
        "app": "pay",
        "msg": "no",
        "n": {"x": [1, 2.5, None]},
        "host": "web1",
    }


def test_a_time_without_zone_is_in_the_zone_of_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        json, text = sent('{"time":"2024-01-02 03:04:05","msg":"x"}'), sent("2024-01-02 03:04:05,250 INFO x")
    finally:
        monkeypatch.undo()
        time.tzset()

    assert (json["ts"], text["ts"]) == ("2024-01-01T21:34:05.000000Z", "2024-01-01T21:34:05.250000Z")


def test_several_lines_are_one_json_line() -> None:
    body = ORIGIN.body("ERROR it broke\n  at a\n  at b")

    assert b"\n" not in body
    assert sent("ERROR it broke\n  at a\n  at b")["message"] == "it broke\n  at a\n  at b"


def test_broken_json_goes_as_it_is() -> None:
    assert ORIGIN.body('{"broken": ') == b'{"broken": '


def test_a_metric_goes_as_a_metric_with_a_service() -> None:
    assert sent('{"metric":"requests","value":3.5,"unit":"1/s"}') == {
        "service": "shop",
        "host": "web1",
        "metric": "requests",
        "value": 3.5,
        "unit": "1/s",
    }


@pytest.mark.parametrize("text", ["", " \t", "\n"])
def test_nothing_is_not_sent(text: str) -> None:
    assert ORIGIN.body(text) == b""


def test_a_text_that_is_too_long_is_cut_one_byte_too_late_so_that_the_hub_flags_it() -> None:
    message = sent("x" * 1_000_000)["message"]

    assert message == "x" * (limits.ROW_BYTES + 1)


@pytest.mark.parametrize(
    "text", ['{"n":' + "9" * 5000 + "}", '{"a":' * 5000, '{"a":"\\ud800"}', '{"n":NaN}', "\x00\x1b[2J"]
)
def test_no_text_breaks_the_sender(text: str) -> None:
    assert ORIGIN.body(text)


@pytest.mark.parametrize(
    "text",
    [
        "just words",
        'INFO service=other level=warn msg="two words" n=3 ratio=0.5 dur=12ms',
        '83.149.9.216 - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 203023 "-" "curl/8"',
        "<34>1 2003-10-11T22:14:15.003Z mymachine su - ID47 - su root failed",
        '{"ts":"2024-01-02T03:04:05.678901+02:00","level":30,"msg":"x","service":{"name":"s"},"trace":{"id":"t"},"o":{"p":[1]}}',
        '{"log":"{\\"msg\\":\\"inner\\"}\\n","stream":"stderr","time":"2024-01-02T03:04:05Z"}',
        '{"message":"m","attrs":{"message":"again","level":"odd"},"level":"none such"}',
        '{"metric":"cpu","value":0.5,"unit":"1","attrs":{"cpu":"0"}}',
        '{"broken":',
        "x" * 100_000,
    ],
)
def test_the_hub_reads_the_same_row_from_what_is_sent_as_from_the_text_itself(text: str) -> None:
    now = 1_700_000_000_500_000
    direct = normalise(text.encode(), received=now, service="shop", host="web1")
    shipped = normalise(ORIGIN.body(text), received=now, service="shop", host="web1")

    assert shipped == direct
