"""All open sockets of this process: how many there may be, and how they are asked to move when it stops."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator

from debugterm_protocol import limits
from debugterm_protocol.close import Close

from debugterm_server.api.connection import Connection
from debugterm_server.core.policy import Subject

SPREAD_MS = 5_000
"""Over how long clients of a stopping hub come back, so that the next one is not met by all at once."""


class Sockets:
    """Counts connections and closes them together."""

    def __init__(self) -> None:
        self._open: set[Connection] = set()
        self._strangers: set[Connection] = set()
        self._humans: Counter[str] = Counter()
        self._draining = False

    @property
    def draining(self) -> bool:
        """Whether the server is stopping and takes nobody new."""
        return self._draining

    @property
    def full(self) -> bool:
        """Whether too many connections have not said hello yet."""
        return len(self._strangers) >= limits.CONNECTIONS_UNAUTHENTICATED

    def greeted(self) -> Iterator[tuple[Connection, Subject]]:
        """The connections that have said hello, and for whom."""
        for conn in list(self._open):
            if conn.counted and conn.subject is not None:
                yield conn, conn.subject

    def add(self, conn: Connection) -> None:
        """A socket opened."""
        self._open.add(conn)
        self._strangers.add(conn)

    def greet(self, conn: Connection) -> bool:
        """A connection said hello; False when this person has too many."""
        assert conn.subject is not None  # noqa: S101 - set by the caller just before
        self._strangers.discard(conn)
        if self._humans[conn.subject.human] >= limits.CONNECTIONS_PER_USER:
            return False
        self._humans[conn.subject.human] += 1
        conn.counted = True
        return True

    def remove(self, conn: Connection) -> None:
        """A socket is gone."""
        self._open.discard(conn)
        self._strangers.discard(conn)
        if conn.counted and conn.subject is not None:
            self._humans[conn.subject.human] -= 1
            if not self._humans[conn.subject.human]:
                del self._humans[conn.subject.human]

    async def drain(self, seconds: float) -> None:
        """Ask everybody to come back elsewhere, then wait until they are gone or time is up."""
        self._draining = True
        for conn in list(self._open):
            conn.reconnect_after_ms = random.randrange(SPREAD_MS)
            conn.close(Close.DEPLOY)
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self._open and loop.time() < until:
            await asyncio.sleep(0.02)
