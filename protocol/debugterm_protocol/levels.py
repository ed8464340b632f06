"""Log levels: six names, the OpenTelemetry severity numbers behind them, and everybody's aliases.

Source: OpenTelemetry log data model, "Severity Fields" (TRACE 1-4, DEBUG 5-8, INFO 9-12, WARN 13-16,
ERROR 17-20, FATAL 21-24). Syslog severities 0-7 map as in its appendix.
"""

LEVELS = ("trace", "debug", "info", "warn", "error", "fatal")
NUMBERS = {"trace": 1, "debug": 5, "info": 9, "warn": 13, "error": 17, "fatal": 21}
SYSLOG = ("fatal", "fatal", "fatal", "error", "warn", "info", "info", "debug")
"""Index = syslog severity: emergency, alert, critical are fatal; notice is info."""

ALIASES = {
    **{name: name for name in LEVELS},
    "trc": "trace",
    "t": "trace",
    "finest": "trace",
    "finer": "trace",
    "verbose": "trace",
    "silly": "trace",
    "dbg": "debug",
    "d": "debug",
    "fine": "debug",
    "debug1": "debug",
    "debug2": "debug",
    "debug3": "debug",
    "debug4": "debug",
    "debug5": "debug",
    "inf": "info",
    "i": "info",
    "information": "info",
    "informational": "info",
    "notice": "info",
    "log": "info",
    "http": "info",
    "config": "info",
    "success": "info",
    "statement": "info",
    "warning": "warn",
    "wrn": "warn",
    "w": "warn",
    "err": "error",
    "e": "error",
    "severe": "error",
    "failure": "error",
    "exception": "error",
    "ftl": "fatal",
    "f": "fatal",
    "critical": "fatal",
    "crit": "fatal",
    "c": "fatal",
    "alert": "fatal",
    "emerg": "fatal",
    "emergency": "fatal",
    "panic": "fatal",
    "dpanic": "fatal",
}


def otel_level(number: object) -> str | None:
    """The level of an OpenTelemetry severity number, 1 to 24; None for anything else."""
    if isinstance(number, bool) or not isinstance(number, int):
        return None
    return LEVELS[(number - 1) // 4] if 1 <= number <= 24 else None


def level_of(value: object) -> str | None:
    """The level that a sender meant, or None when it is not a level.

    Names are case-insensitive. Numbers: 1-24 are OpenTelemetry severities; multiples of ten from 10 to 60
    are bunyan and pino (which do not collide: OpenTelemetry 10 and 20 are read as pino's trace and debug,
    because no sender of OpenTelemetry numbers uses this door).
    """
    if isinstance(value, str):
        name = value.strip().lower()
        return ALIASES.get(name) or (level_of(int(name)) if name.isdecimal() and len(name) < 3 else None)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if value in (10, 20, 30, 40, 50, 60):
        return LEVELS[int(value) // 10 - 1]
    return LEVELS[(int(value) - 1) // 4] if 1 <= value <= 24 else None
