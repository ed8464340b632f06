"""Tasks with a name, an owner and a guard: the only place where the hub starts background work.

A bare `asyncio.create_task` may be collected while it runs, and dies in silence. `spawn` keeps the task,
names it, logs its death, and `Nursery.close` cancels it with its owner.
"""

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

import structlog

log = structlog.get_logger()

AGAIN_SECONDS = 0.1
"""A task that did not end by a cancel is cancelled again after this long."""


class Nursery:
    """The tasks of one owner; leaving it (`async with`) or `close()` cancels and awaits them all."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, name: str, coro: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `coro` until it ends or its owner closes; a death other than cancelling is logged."""
        task = asyncio.get_running_loop().create_task(coro, name=f"{self._owner}/{name}")
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def __len__(self) -> int:
        return len(self._tasks)

    async def close(self) -> None:
        """Cancel every task and wait until each is gone."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        while tasks:
            for task in tasks:
                task.cancel()
            # Not once: before Python 3.12 asyncio.wait_for, in which redis-py waits, loses a cancel that comes
            # at the moment its future is done.
            _, left = await asyncio.wait(tasks, timeout=AGAIN_SECONDS)
            tasks = list(left)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task died", task=task.get_name(), exc_info=error)
