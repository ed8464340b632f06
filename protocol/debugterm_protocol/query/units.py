"""Numbers as people type them, `500ms 1.5s 10KB 1MiB 5%`, in the unit that the field counts in.

A field says its unit by the end of its name (`latency_ms`, `uptime_seconds`, `size_kb`, `cpu.utilization`).
Without such an end durations are milliseconds, sizes are bytes and percents are percents.
"""

import math
import re
from decimal import Decimal

_TYPED = re.compile(r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)([^\W\d]+|%)?", re.ASCII)

SECONDS = {
    "ns": Decimal("1e-9"),
    "us": Decimal("1e-6"),
    "ms": Decimal("1e-3"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
}
BYTES = {
    "b": Decimal(1),
    "kb": Decimal(10**3),
    "mb": Decimal(10**6),
    "gb": Decimal(10**9),
    "tb": Decimal(10**12),
    "kib": Decimal(2**10),
    "mib": Decimal(2**20),
    "gib": Decimal(2**30),
    "tib": Decimal(2**40),
}
PERCENT = {"%": Decimal("0.01")}

_NAMES = {
    "ns": "ns", "nanos": "ns", "nanoseconds": "ns",
    "us": "us", "micros": "us", "microseconds": "us",
    "ms": "ms", "millis": "ms", "msec": "ms", "milliseconds": "ms",
    "s": "s", "sec": "s", "secs": "s", "seconds": "s",
    "min": "m", "minutes": "m", "hours": "h", "days": "d",
    "bytes": "b", **{unit: unit for unit in BYTES if unit != "b"},
    "ratio": "1", "fraction": "1", "utilization": "1",
}  # fmt: skip
_LAST_WORD = re.compile(r"[a-z]+$")


def number(text: str, field: str) -> int | float | None:
    """What the typed number is for this field, or None when it is no number or its unit is unknown.

    >>> number("1.5s", "latency_ms"), number("500ms", "uptime_seconds"), number("1KiB", "size")
    (1500, 0.5, 1024)
    """
    typed = _TYPED.fullmatch(text)
    if typed is None:
        return None
    unit = (typed[2] or "").lower()
    scale = _scale(unit, _unit_of(field)) if unit else Decimal(1)
    return None if scale is None else _plain(Decimal(typed[1]) * scale)


def _unit_of(field: str) -> str:
    words = _LAST_WORD.search(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", field).lower())
    return _NAMES.get(words[0], "") if words else ""


def _scale(unit: str, own: str) -> Decimal | None:
    for table, default in ((SECONDS, "ms"), (BYTES, "b"), (PERCENT, "%")):
        if unit in table:
            if table is PERCENT and own == "1":
                return table[unit]
            return table[unit] / table.get(own, table[default])
    return None


def _plain(value: Decimal) -> int | float | None:
    if value == value.to_integral_value() and abs(value) < 2**63:
        return int(value)
    nearest = float(value)
    return nearest if math.isfinite(nearest) else None
