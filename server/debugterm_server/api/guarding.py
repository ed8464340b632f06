"""Ends connections whose token ran out or whose person lost the login or the role: one look at all of them together.

Each socket asking for itself cost a fifth of a core for 500 idle ones.
"""

import asyncio
import time
from collections.abc import Iterable
from typing import Protocol

import structlog
from debugterm_protocol.close import Close

from debugterm_server.api.sockets import Sockets
from debugterm_server.core.policy import Subject
from debugterm_server.store.engine import StoreUnavailable

log = structlog.get_logger()

TICK_SECONDS = 0.5
TOKEN_GRACE_SECONDS = 2
RECHECK_SECONDS = 4.0
"""A disabled user or a lowered role stops receiving within 5 s (guarantee G7)."""


class Logins(Protocol):
    """What is needed of the access room."""

    async def standing(self, subjects: Iterable[Subject]) -> set[Subject]:
        """Those whose login stands."""
        ...


def in_time(subject: Subject) -> bool:
    """Whether the token behind a connection counts."""
    return time.time() < subject.expires + TOKEN_GRACE_SECONDS


async def guard(sockets: Sockets, logins: Logins) -> None:
    """Run until cancelled."""
    loop = asyncio.get_running_loop()
    due = loop.time() + RECHECK_SECONDS
    while True:
        await asyncio.sleep(TICK_SECONDS)
        end_late(sockets)
        if loop.time() >= due - TICK_SECONDS:
            due = loop.time() + RECHECK_SECONDS
            await recheck(sockets, logins)


def end_late(sockets: Sockets) -> None:
    """Close those whose token ran out."""
    for conn, subject in sockets.greeted():
        if not in_time(subject):
            conn.close(Close.TOKEN_EXPIRED)


async def recheck(sockets: Sockets, logins: Logins) -> None:
    """Close those whose login does not stand any more; while the store is silent, nobody."""
    asked = dict(sockets.greeted())
    try:
        standing = await logins.standing(set(asked.values()))
    except StoreUnavailable:
        log.debug("whether logins still hold is unknown", connections=len(asked))
        return
    except Exception:
        # A guard that died would let everybody stay: say it and ask again.
        log.exception("the guard failed")
        return
    for conn, subject in asked.items():
        # A connection that refreshed its token meanwhile is asked about the next time.
        if subject not in standing and conn.subject is subject:
            conn.close(Close.AUTHENTICATION)
