"""What time it is, as values that can be given instead of asked: rooms take a `Clock`, tests give one."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]
"""Seconds since 1970, UTC."""


def wall() -> float:
    """The clock of this machine."""
    return time.time()


def rfc3339(seconds: float) -> str:
    """`2026-11-23T17:20:11.123456Z`: UTC, always six digits, so that text order is time order."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
