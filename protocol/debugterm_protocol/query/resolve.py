"""Turns the time terms of a query into the one stretch of time they mean, at a given now."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import assert_never

from debugterm_protocol import times as clock
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.moments import FORMS, moment
from debugterm_protocol.query.spelling import print_time
from debugterm_protocol.query.stages import Around, Deploy, From, Last, Time, To

Bounds = tuple[int | None, int | None]
"""First microsecond (since 1970, UTC) and the one behind the last; None where it is open."""


def resolve(
    times: tuple[Time, ...], *, now: int, zone: tzinfo = UTC, deploys: Mapping[str, int] | None = None
) -> Bounds:
    """The time in which all the terms hold: `start <= ts < end`, None for an open end.

    `now` is in microseconds; `zone` is of times typed without one; `deploys` tells the first row of a version. A clock
    without a day is the newest that is not in the future, behind `to:` the first after `from:`. Raises BadQuery (its
    column is 1: the terms have lost theirs) when a version is unknown, or when no time is left.
    """
    start: int | None = None
    end: int | None = None
    for time in times:
        first, last = _bounds(time, now=now, zone=zone, deploys=deploys or {}, after=start)
        start = first if start is None or (first is not None and first > start) else start
        end = last if end is None or (last is not None and last < end) else end
    said = " ".join(map(print_time, times))
    if start is not None and start > now:
        raise BadQuery(f"'{said}' begins in the future", 1, f"it is {clock.print_time(now)} here")
    if start is not None and end is not None and start >= end:
        raise BadQuery(
            f"no time is in '{said}'",
            1,
            f"it would begin {clock.print_time(start)} and end {clock.print_time(end)}",
        )
    return start, end


def _bounds(
    time: Time, *, now: int, zone: tzinfo, deploys: Mapping[str, int], after: int | None
) -> tuple[int | None, int | None]:
    match time:
        case Last(seconds):
            return now - seconds * clock.SECOND, None
        case From(text):
            return _moment(text, now, zone), None
        case To(text):
            return None, _moment(text, now, zone, after)
        case Around(text, seconds):
            middle = _moment(text, now, zone)
            return middle - seconds * clock.SECOND, middle + seconds * clock.SECOND + 1
        case Deploy(version, seconds):
            began = deploys.get(version)
            if began is None:
                raise _unknown(version, deploys)
            return began, began + seconds * clock.SECOND + 1
        case _:
            assert_never(time)


def _moment(text: str, now: int, zone: tzinfo, after: int | None = None) -> int:
    found = moment(text, now=now, zone=zone, after=after)
    if found is None:
        raise BadQuery(f"{text[:40]!r} is not a time", 1, f"times are {FORMS}")
    return found


def _unknown(version: str, deploys: Mapping[str, int]) -> BadQuery:
    newest = sorted(deploys, key=lambda known: -deploys[known])[:5]
    hint = f"the newest are {' '.join(newest)}" if newest else "no row with a version came yet"
    return BadQuery(f"no row with version {version[:40]!r} is known", 1, hint)
