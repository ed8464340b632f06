"""Moments as people type them: `18:30`, `2026-11-23`, `2026-11-23T18:30:01Z`, `-15m`, `yesterday`, `now`, an epoch."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from debugterm_protocol import times
from debugterm_protocol.spans import BadSpan, seconds_back

FORMS = "18:30, 18:30:01, 2026-11-23, 2026-11-23T18:30, -15m, today, yesterday, now"
"""What a moment looks like, for errors."""

_DAY = 86_400 * times.SECOND
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock without zone is what it is for
_CLOCK = r"(\d\d?:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
_ZONE = r"(?: ?(Z|UTC|GMT|[+-]\d\d:?\d\d))?"
_WHOLE = re.compile(
    rf"(?:(\d{{4}}[-/]\d\d[-/]\d\d)(?:[T ]+{_CLOCK}{_ZONE})?|{_CLOCK}{_ZONE})", re.ASCII | re.IGNORECASE
)
_YEARLESS = re.compile(r"([A-Za-z]{3}) +(\d\d?) +(\d\d:\d\d)(:\d\d)?", re.ASCII)
_NUMBER = re.compile(r"\d{9,19}(?:\.\d{1,9})?", re.ASCII)


def moment(text: str, *, now: int, zone: tzinfo, after: int | None = None) -> int | None:
    """Microseconds since 1970 of a typed moment, None when it is none. `now` is microseconds.

    Without a zone it is in `zone`. A clock without a day is the first behind `after`, or without that the newest
    that is not in the future. A span is back from now, a day is its beginning.
    """
    word = text.strip().lower()
    if word == "now":
        return now
    if word.startswith("now-"):
        return _back(word.removeprefix("now"), now)
    if word in ("today", "yesterday"):
        return _midnight(now, zone, days=0 if word == "today" else 1)
    if _NUMBER.fullmatch(word):
        return times.parse_time(word)
    if found := _YEARLESS.fullmatch(text.strip()):
        clock = found[3] + (found[4] or ":00")
        return times.yearless(found[1], int(found[2]), clock, now=now, offset=_east_at(now, zone))
    if found := _WHOLE.fullmatch(text.strip()):
        day, *first = found.groups()[:5]
        if day is None:
            return _clock(*found.groups()[5:], now=now, zone=zone, after=after)
        return _on(day, *first, zone=zone)
    return _back(word, now)


def _back(word: str, now: int) -> int | None:
    try:
        micros = now - round(seconds_back(word) * times.SECOND)
    except BadSpan:
        return None
    return times.bounded(micros)


def _on(
    day: str, clock: str | None, seconds: str | None, fraction: str | None, east: str | None, *, zone: tzinfo
) -> int | None:
    """The moment on a day, at its beginning without a clock."""
    text = f"{day.replace('/', '-')}T{(clock or '00:00').rjust(5, '0')}:{seconds or '00'}"
    wall = times.assemble(text, fraction, east)
    return wall if wall is None or east else times.bounded(wall - _east(wall, zone) * times.SECOND)


def _clock(
    clock: str | None,
    seconds: str | None,
    fraction: str | None,
    east: str | None,
    *,
    now: int,
    zone: tzinfo,
    after: int | None,
) -> int | None:
    """The clock on the day that makes it the newest not after now, or the first behind `after`."""
    here = now if after is None else after
    own = 0 if east is None else times.zone(east.upper())
    if own is None:
        return None
    shift = _east_at(here, zone) if east is None else own
    today = (here + shift * times.SECOND) // _DAY
    found = []
    for day in (today - 1, today, today + 1):
        date = (_EPOCH + timedelta(days=day)).date().isoformat()
        micros = _on(date, clock, seconds, fraction, east, zone=zone)
        if micros is None:
            return None
        found.append(micros)
    if after is None:
        return max((each for each in found if each <= now), default=None)
    return min((each for each in found if each > after), default=None)


def _midnight(now: int, zone: tzinfo, *, days: int) -> int | None:
    local = datetime.fromtimestamp(now // times.SECOND, zone).date() - timedelta(days=days)
    return _on(local.isoformat(), None, None, None, None, zone=zone)


def _east(wall: int, zone: tzinfo) -> int:
    """Seconds east of UTC in the zone at this reading of its wall clock."""
    offset = zone.utcoffset(_EPOCH + timedelta(microseconds=wall))
    return int(offset.total_seconds()) if offset else 0


def _east_at(micros: int, zone: tzinfo) -> int:
    """Seconds east of UTC in the zone at this moment."""
    offset = datetime.fromtimestamp(micros // times.SECOND, UTC).astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
