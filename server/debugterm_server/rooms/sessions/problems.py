"""Failures of the parts under this room, in words for the person who asked."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Problem

from debugterm_server.bus.connection import BusDown
from debugterm_server.core.records import AuditUnavailable
from debugterm_server.rooms.sessions.needs import Refused
from debugterm_server.store.engine import StoreUnavailable

log = structlog.get_logger()

RETRY_MS = 1_000

NO_AUDIT = Problem(
    code=Code.AUDIT_UNAVAILABLE,
    why="the audit log cannot be written, so nothing was done",
    fix="try again; if it lasts, whoever runs this server must look at its database",
    retry_ms=RETRY_MS,
)
DOWN = Problem(
    code=Code.UNAVAILABLE,
    why="the session store does not answer, so nothing was done",
    fix="try again; if it lasts, whoever runs this server must look at Redis and its database",
    retry_ms=RETRY_MS,
)
IN_DOUBT = Problem(
    code=Code.UNAVAILABLE,
    why="the session store stopped answering; whether this happened is not known",
    fix="look at the session before you do it again",
    retry_ms=RETRY_MS,
)
BUSY = Problem(
    code=Code.CONFLICT,
    why="too many people changed the session at the same moment, so nothing was done",
    fix="do it again",
    retry_ms=RETRY_MS,
)
DUPLICATE = Problem(
    code=Code.DUPLICATE,
    why="this request id was used before for something else",
    fix="use a new id for each request",
)


@contextmanager
def spoken(down: Problem = DOWN) -> Iterator[None]:
    """Turn a failure below into Refused; `down` is what a dead Redis means at this point."""
    try:
        yield
    except AuditUnavailable as error:
        log.warning("audit unavailable", why=str(error))
        raise Refused(NO_AUDIT) from error
    except (BusDown, StoreUnavailable) as error:
        log.warning("sessions unavailable", why=str(error))
        raise Refused(down) from error
