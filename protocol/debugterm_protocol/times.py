"""Times as senders write them to microseconds since 1970 (UTC), and back to RFC 3339.

Pure: "now" and the zone of a time without zone are arguments. The last seconds parsed and printed are kept,
because neighbouring log lines share them.
"""

import math
import re
from datetime import UTC, date, datetime
from functools import lru_cache

SECOND = 1_000_000
DAY = 86_400 * SECOND
EARLIEST = -62_135_596_800 * SECOND
"""0001-01-01: nothing before it can be printed."""
LATEST = 253_402_300_800 * SECOND - 1
"""The last microsecond of the year 9999."""

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_RFC3339 = re.compile(
    r"(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d{1,12}))?(?: ?(Z|UTC|GMT|[+-]\d\d:?\d\d))?",
    re.ASCII | re.IGNORECASE,
)
_EPOCH = re.compile(r"-?\d{9,19}(?:\.\d{1,9})?", re.ASCII)
_MONTHS = {
    name: i
    for i, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}


@lru_cache(maxsize=4096)
def second(text: str) -> int | None:
    """Seconds since 1970 of `YYYY-MM-DDThh:mm:ss` (any separators), None when there is no such time.

    A leap second (`:60`) is the first of the next minute.
    """
    try:
        day = date(int(text[0:4]), int(text[5:7]), int(text[8:10])).toordinal() - _EPOCH_DAY
    except ValueError:
        return None
    hours, minutes, seconds = int(text[11:13]), int(text[14:16]), int(text[17:19])
    if hours > 23 or minutes > 59 or seconds > 60:
        return None
    return ((day * 24 + hours) * 60 + minutes) * 60 + seconds


@lru_cache(maxsize=256)
def zone(text: str) -> int | None:
    """Seconds east of UTC of `Z`, `UTC`, `GMT`, `+02:00` or `-0530`; None when no zone is that far away."""
    if text[0] not in "+-":
        return 0
    hours, minutes = int(text[1:3]), int(text[-2:])
    east = (hours * 60 + minutes) * 60
    return None if hours > 23 or minutes > 59 else east if text[0] == "+" else -east


def assemble(text: str, fraction: str | None, zone_text: str | None, *, offset: int = 0) -> int | None:
    """Microseconds of the parts of a time; `offset` (seconds east) is for one without zone."""
    whole = second(text)
    east = zone(zone_text) if zone_text else offset
    if whole is None or east is None:
        return None
    micros = int(fraction[:6].ljust(6, "0")) if fraction else 0
    return bounded((whole - east) * SECOND + micros)


def parse_time(value: object, *, offset: int = 0) -> int | None:
    """Microseconds of whatever a sender put into a time field, None when it is no time.

    Text: RFC 3339 and its kin (blank for T, comma for the dot, zone with or without colon or absent), or an
    epoch. Numbers: an epoch in seconds, milliseconds, microseconds or nanoseconds, told apart by size.
    """
    if isinstance(value, str):
        found = _RFC3339.fullmatch(value)
        if found is not None:
            return assemble(found[1], found[2], found[3], offset=offset)
        if _EPOCH.fullmatch(value) is None:
            return None
        return epoch(float(value) if "." in value else int(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return epoch(value)


def epoch(number: int | float) -> int | None:
    """Microseconds of an epoch of unknown unit: up to 1e11 seconds, 1e14 ms, 1e17 us, beyond that ns."""
    if isinstance(number, float) and not math.isfinite(number):
        return None
    size = abs(number)
    if size < 1e11:
        return bounded(round(number * SECOND))
    if size < 1e14:
        return bounded(round(number * 1000))
    return bounded(int(number) if size < 1e17 else int(number // 1000))


def bounded(micros: int) -> int | None:
    """The time itself when RFC 3339 can spell it, else None."""
    return micros if EARLIEST <= micros <= LATEST else None


def yearless(month: str, day: int, clock: str, *, now: int, offset: int = 0) -> int | None:
    """Microseconds of `Mmm dd hh:mm:ss` without a year: the newest such time that is not after now.

    A day of grace stands for clocks and zones that are ahead. `now` is microseconds, `offset` seconds east.
    """
    number = _MONTHS.get(month.lower())
    if number is None:
        return None
    this_year = datetime.fromtimestamp((now + DAY) // SECOND, UTC).year
    for year in range(this_year, this_year - 9, -1):
        micros = assemble(f"{year:04d}-{number:02d}-{day:02d}T{clock}", None, None, offset=offset)
        if micros is not None and micros <= now + DAY:
            return micros
    return None


def month_number(name: str) -> int | None:
    """1 to 12 for `Jan` to `Dec` in any case."""
    return _MONTHS.get(name.lower())


@lru_cache(maxsize=1024)
def _print_second(seconds: int) -> str:
    moment = date.fromordinal(seconds // 86_400 + _EPOCH_DAY)
    minutes, left = divmod(seconds % 86_400, 60)
    return f"{moment.isoformat()}T{minutes // 60:02d}:{minutes % 60:02d}:{left:02d}"


def print_time(micros: int) -> str:
    """RFC 3339 in UTC with microseconds; `micros` is between EARLIEST and LATEST."""
    seconds, left = divmod(micros, SECOND)
    return f"{_print_second(seconds)}.{left:06d}Z"
