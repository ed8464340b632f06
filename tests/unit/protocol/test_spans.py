import pytest
from debugterm_protocol.spans import BadSpan, ago, seconds_back, since

NOW = 1_795_454_411.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("15m", NOW - 900),
        ("2h", NOW - 7200),
        ("7d", NOW - 604_800),
        ("1h30m", NOW - 5400),
        ("-5m", NOW - 300),
        ("999999w", 0.0),
        ("2026-11-23T17:20:11.500000Z", NOW),
        ("2026-11-23T18:20:11.500000+01:00", NOW),
        ("2026-11-23T17:20:11.500000", NOW),
        ("2026-11-23", NOW - 17 * 3600 - 20 * 60 - 11.5),
    ],
)
def test_a_beginning_is_a_moment_or_a_span_back(text: str, expected: float | None) -> None:
    assert since(text, NOW) == expected


@pytest.mark.parametrize("text", ["yesterday", "15", "m", "--5m", "1h 30m", "٣m", "9" * 400, "2026-13-01"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadSpan, match="15m"):
        since(text, NOW)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("90s", 90), ("15M", 900), ("1h30m", 5400), ("-2d", 172_800), ("1w", 604_800)],
)
def test_every_unit_counts_alone_and_in_a_row(text: str, seconds: float) -> None:
    assert seconds_back(text) == seconds


def test_a_span_is_sent_with_one_minus_however_it_was_typed() -> None:
    assert [ago("15m"), ago("-1h30m"), ago(" 90S "), ago("1w")] == ["-15m", "-1h30m", "-90s", "-1w"]


def test_a_span_that_is_none_says_what_one_looks_like() -> None:
    with pytest.raises(BadSpan, match=r"'soon' is not a span of time; one looks like 15m, 1h30m or 2d"):
        ago("soon")
