"""What one query costs the hub a row; one that costs too much is suspended, so that nobody else waits for it."""

import time
from types import TracebackType
from typing import Self

from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Err, Problem

from debugterm_server.core.guard import ROW_SECONDS, Guard
from debugterm_server.rooms.hub.batch import Read

ROW_BYTES = 2048
"""A longer row counts as several: it may cost its part of a search in all its bytes."""


class Cost:
    """The processor time of one query: `with cost.of(read): ...` around what it does with an entry."""

    def __init__(self, query: str) -> None:
        self.suspended: Err | None = None
        """What its viewers are told, when it costs too much."""
        self._news: Err | None = None
        self._query = query
        self._guard = Guard()
        self._read: Read | None = None
        self._rows = 0
        self._decoded = False
        self._decode_first = False
        self._started = 0.0

    def of(self, read: Read, *, more: bool = False) -> Self:
        """Measure work on an entry; `more` of it, when it was measured before."""
        if self._decode_first:
            _ = read.rows
        self._read = read
        self._rows = 0 if more else max(read.entry.n, len(read.entry.rows) // ROW_BYTES)
        self._decoded = read.columns.decoded
        return self

    def news(self) -> Err | None:
        """That it was suspended, once."""
        news, self._news = self._news, None
        return news

    def fail(self) -> Err:
        """Suspend it for a fault of ours: what its viewers are told."""
        why = f"a fault of the hub stopped '{self._query[:200]}'; it is in the hub's log"
        self.suspended = Err(
            Problem(Code.INTERNAL, why, fix="write it another way, and tell who runs the hub")
        )
        return self.suspended

    def __enter__(self) -> None:
        # Of this thread alone: a busy machine is not the fault of a query.
        self._started = time.thread_time()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        spent = time.thread_time() - self._started
        # The first query that looks at an entry decodes it for all. If that may be what it costs, look again.
        decoded = self._read is not None and self._read.columns.decoded and not self._decoded
        if decoded and spent > self._rows * ROW_SECONDS:
            self._decode_first = True
            return
        if self._guard.spent(self._rows, spent):
            self.suspended = self._news = Err(
                Problem(
                    Code.LIMIT,
                    f"the query costs {self._guard.micros:.0f} us a row, {ROW_SECONDS * 1e6:.0f} are allowed:"
                    f" '{self._query[:200]}' is suspended",
                    fix="put a word or a field before its regular expressions, or take some away, and watch again",
                )
            )
