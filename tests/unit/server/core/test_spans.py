import pytest
from debugterm_server.core.spans import BadTime, since

NOW = 1_795_454_411.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("15m", NOW - 900),
        ("2h", NOW - 7200),
        ("7d", NOW - 604_800),
        ("999999w", 0.0),
        ("2026-11-23T17:20:11.500000Z", NOW),
        ("2026-11-23T18:20:11.500000+01:00", NOW),
        ("2026-11-23T17:20:11.500000", NOW),
        ("2026-11-23", NOW - 17 * 3600 - 20 * 60 - 11.5),
    ],
)
def test_a_beginning_is_a_moment_or_a_span_back(text: str, expected: float | None) -> None:
    assert since(text, NOW) == expected


@pytest.mark.parametrize("text", ["yesterday", "15", "m", "-5m", "1h30m", "٣m", "9" * 400, "2026-13-01"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadTime, match="15m"):
        since(text, NOW)
