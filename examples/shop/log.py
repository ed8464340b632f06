"""How the shop logs: structlog to JSON lines, with trace and span of the request in every row."""

import sys
from typing import Any

import msgspec
import structlog


def configure() -> None:
    """Send every row to stdout, one JSON object a line, at once."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
            structlog.processors.format_exc_info,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(serializer=_encode),
        ],
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
    )


def mute() -> None:
    """Say nothing more: what fails while everything is taken down would only mislead."""
    structlog.configure(processors=[_drop])


def _drop(*_: object) -> dict[str, Any]:
    raise structlog.DropEvent


def logger(service: str) -> structlog.typing.FilteringBoundLogger:
    """The logger of one service."""
    found: structlog.typing.FilteringBoundLogger = structlog.get_logger(service=service)
    return found


def point(service: str, metric: str, value: float, unit: str, **attrs: str) -> None:
    """Write one metric point beside the rows."""
    line = {"metric": metric, "value": round(value, 3), "unit": unit, "service": service, "attrs": attrs}
    sys.stdout.buffer.write(_encode(line) + b"\n")
    sys.stdout.buffer.flush()


def _encode(row: dict[str, Any], **_: object) -> bytes:
    return msgspec.json.encode(row, enc_hook=repr)
