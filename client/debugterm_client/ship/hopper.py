"""Rows waiting to be sent: bounded, so that readers wait when the hub does; handed out in batches."""

import asyncio
from collections import deque

from debugterm_client.ship.rows import Row

WAITING_BYTES = 8 * 1024 * 1024
"""Above this the readers stop: what is not read stays in its file or pipe."""
BATCH_ROWS = 1_000
BATCH_BYTES = 512 * 1024
"""A batch is one entry of the hub's stream at most."""
BATCH_SECONDS = 0.1
"""A row waits this long for company; under load it waits for the answer to the batch before it."""


class Hopper:
    """Readers put rows in, the sender takes batches out."""

    def __init__(self) -> None:
        self._rows: deque[Row] = deque()
        self._bytes = 0
        self._changed = asyncio.Condition()
        self._closed = False

    @property
    def empty(self) -> bool:
        """Whether no row waits."""
        return not self._rows

    async def put(self, rows: list[Row]) -> None:
        """Add rows; waits while too much waits already."""
        if not rows:
            return
        async with self._changed:
            await self._changed.wait_for(lambda: self._bytes < WAITING_BYTES)
            self._rows.extend(rows)
            self._bytes += sum(len(row.body) for row in rows)
            self._changed.notify_all()

    async def close(self) -> None:
        """Say that no more rows come: batches go out at once, then `batch` answers with an empty one."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()

    async def batch(self) -> list[Row]:
        """The next batch: when it is full, or when its first row has waited long enough. Empty = it is over."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._rows or self._closed)
            try:
                async with asyncio.timeout(BATCH_SECONDS):
                    await self._changed.wait_for(lambda: self._full() or self._closed)
            except TimeoutError:
                pass
            batch = self._take()
            self._changed.notify_all()
            return batch

    def _full(self) -> bool:
        return len(self._rows) >= BATCH_ROWS or self._bytes >= BATCH_BYTES

    def _take(self) -> list[Row]:
        batch: list[Row] = []
        size = 0
        while self._rows and len(batch) < BATCH_ROWS:
            size += len(self._rows[0].body) + 1
            if batch and size > BATCH_BYTES:
                break
            row = self._rows.popleft()
            self._bytes -= len(row.body)
            batch.append(row)
        return batch
