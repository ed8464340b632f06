"""The server's own log: one JSON line an event on stderr, in the shape that our own ingest reads."""

import sys
from typing import Literal

import msgspec
import structlog

SERVICE = "debugterm-server"


def configure(form: Literal["json", "console"]) -> None:
    """Set up structlog for this process; strangers' text is escaped by the JSON encoder."""
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        structlog.processors.format_exc_info,
    ]
    if form == "console":
        structlog.configure(processors=[*shared, structlog.dev.ConsoleRenderer(timestamp_key="ts")])
        return
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.EventRenamer("message"),
            _service,
            structlog.processors.JSONRenderer(serializer=_dump),
        ],
        # Line and newline in one write: several workers share this descriptor.
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        cache_logger_on_first_use=True,
    )


def _service(
    _logger: structlog.typing.WrappedLogger, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    event["service"] = SERVICE
    return event


def _dump(event: object, **_options: object) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
