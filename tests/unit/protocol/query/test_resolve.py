"""Time terms at a given now: the stretch of time they mean, in any zone, and what is said when there is none."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest
from debugterm_protocol.query import BadQuery, parse
from debugterm_protocol.query.resolve import resolve
from debugterm_protocol.times import parse_time, print_time

NOW = parse_time("2026-11-23T18:40:00Z") or 0


class Berlin(tzinfo):
    """Central Europe in 2026: summer from March 29 to October 25, where 02:30 comes twice (the first is meant)."""

    def utcoffset(self, dt: datetime | None) -> timedelta:
        assert dt is not None
        wall = dt.replace(tzinfo=None)
        summer = datetime(2026, 3, 29, 2) <= wall < datetime(2026, 10, 25, 3)  # noqa: DTZ001 - a wall clock
        return timedelta(hours=2 if summer else 1)

    def dst(self, dt: datetime | None) -> timedelta:
        return self.utcoffset(dt) - timedelta(hours=1)

    def tzname(self, dt: datetime | None) -> str:  # noqa: ARG002 - the interface of tzinfo
        return "Berlin"


BERLIN = Berlin()
INDIA = timezone(timedelta(hours=5, minutes=30))


def spelled(text: str, *, now: str = "", zone: tzinfo = UTC) -> tuple[str, str]:
    moment = (parse_time(now) or 0) if now else NOW
    start, end = resolve(parse(text).times, now=moment, zone=zone, deploys={"v412": NOW - 3_600_000_000})
    return tuple("" if at is None else print_time(at).replace(".000000Z", "Z") for at in (start, end))  # type: ignore[return-value]  # two of two


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("error", "", ""),
        ("last:15m", "2026-11-23T18:25:00Z", ""),
        ("from:18:30 to:18:45", "2026-11-23T18:30:00Z", "2026-11-23T18:45:00Z"),
        ("from:18:30:15.5", "2026-11-23T18:30:15.500000Z", ""),
        ("from:18:50", "2026-11-22T18:50:00Z", ""),
        ("from:18:50 to:18:55", "2026-11-22T18:50:00Z", "2026-11-22T18:55:00Z"),
        ("from:18:40", "2026-11-23T18:40:00Z", ""),
        ("last:1h from:18:30", "2026-11-23T18:30:00Z", ""),
        ("last:5m from:18:30", "2026-11-23T18:35:00Z", ""),
        ("to:18:30 around:18:30~1h", "2026-11-23T17:30:00Z", "2026-11-23T18:30:00Z"),
        ("from:23:50 to:00:10", "2026-11-22T23:50:00Z", "2026-11-23T00:10:00Z"),
        ("to:18:45", "", "2026-11-22T18:45:00Z"),
        ("from:9:05", "2026-11-23T09:05:00Z", ""),
        ("from:2015-05-17", "2015-05-17T00:00:00Z", ""),
        ("from:2015/05/17 to:2015-05-18", "2015-05-17T00:00:00Z", "2015-05-18T00:00:00Z"),
        ("from:2026-11-23T18:30", "2026-11-23T18:30:00Z", ""),
        ("from:2026-11-23T18:30:01.250Z", "2026-11-23T18:30:01.250000Z", ""),
        ("from:2026-11-23T18:30+02:00", "2026-11-23T16:30:00Z", ""),
        ('from:"2026-11-23 18:30"', "2026-11-23T18:30:00Z", ""),
        ('from:"Nov 23 18:30:01"', "2026-11-23T18:30:01Z", ""),
        ("from:1763922600", "2025-11-23T18:30:00Z", ""),
        ("from:today", "2026-11-23T00:00:00Z", ""),
        ("from:yesterday to:today", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"),
        ("from:-2h to:-1h", "2026-11-23T16:40:00Z", "2026-11-23T17:40:00Z"),
        ("from:-1h to:now", "2026-11-23T17:40:00Z", "2026-11-23T18:40:00Z"),
        ("around:18:30~2m", "2026-11-23T18:28:00Z", "2026-11-23T18:32:00.000001Z"),
        ("deploy:v412~15m", "2026-11-23T17:40:00Z", "2026-11-23T17:55:00.000001Z"),
        ("last:1h to:18:30", "2026-11-23T17:40:00Z", "2026-11-23T18:30:00Z"),
        ("last:1h deploy:v412~2h", "2026-11-23T17:40:00Z", "2026-11-23T19:40:00.000001Z"),
        ("ts>=18:30 ts<18:35", "2026-11-23T18:30:00Z", "2026-11-23T18:35:00Z"),
        ("ts:[18:30 TO 18:35]", "2026-11-23T18:30:00Z", "2026-11-23T18:35:00Z"),
    ],
)
def test_terms_mean_this_stretch_of_time(text: str, start: str, end: str) -> None:
    assert spelled(text) == (start, end)


@pytest.mark.parametrize(
    ("text", "now", "zone", "start"),
    [
        ("from:19:30", "2026-11-23T18:40:00Z", BERLIN, "2026-11-23T18:30:00Z"),
        ("from:19:50", "2026-11-23T18:40:00Z", BERLIN, "2026-11-22T18:50:00Z"),
        ("from:00:05", "2026-11-23T18:40:00Z", INDIA, "2026-11-23T18:35:00Z"),
        ("from:today", "2026-11-23T18:40:00Z", INDIA, "2026-11-23T18:30:00Z"),
        ("from:18:30Z", "2026-11-23T18:40:00Z", BERLIN, "2026-11-23T18:30:00Z"),
        ("from:2026-07-01T12:00", "2026-11-23T18:40:00Z", BERLIN, "2026-07-01T10:00:00Z"),
        ("from:2026-11-01", "2026-11-23T18:40:00Z", BERLIN, "2026-10-31T23:00:00Z"),
        ("from:2026-10-25T02:30", "2026-11-23T18:40:00Z", BERLIN, "2026-10-25T00:30:00Z"),
        ("from:18:00", "2026-10-25T12:00:00Z", BERLIN, "2026-10-24T16:00:00Z"),
    ],
)
def test_a_time_without_zone_is_of_the_readers_zone(text: str, now: str, zone: tzinfo, start: str) -> None:
    assert spelled(text, now=now, zone=zone)[0] == start


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            "deploy:v413",
            "no row with version 'v413' is known, column 1; the newest are v412",
        ),
        (
            "from:2026-11-23 to:2026-11-23",
            (
                "no time is in 'from:2026-11-23 to:2026-11-23', column 1; it would begin 2026-11-23T00:00:00.000000Z"
                " and end 2026-11-23T00:00:00.000000Z"
            ),
        ),
        (
            "from:2030-01-01",
            "'from:2030-01-01' begins in the future, column 1; it is 2026-11-23T18:40:00.000000Z here",
        ),
    ],
)
def test_no_time_at_all_is_said_in_words(text: str, error: str) -> None:
    with pytest.raises(BadQuery) as caught:
        spelled(text)

    assert str(caught.value) == error


@pytest.mark.parametrize(
    "text",
    [
        "24:00",
        "12:60",
        "2026-02-30",
        "2026-13-01",
        "noon",
        "12",
        "99999999999999999999",
        "18:30+99:00",
        "٣:٣٣",
    ],
)
def test_what_is_no_time_is_refused_when_it_is_typed(text: str) -> None:
    with pytest.raises(BadQuery, match="is not a time"):
        parse(f'from:"{text}"')
