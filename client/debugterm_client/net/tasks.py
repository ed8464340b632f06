"""Tasks with a name, an owner and a guard: the only place where the client starts background work."""

import asyncio
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self


class Nursery:
    """The tasks of one owner; leaving it (`async with`) or `close()` cancels and awaits them all.

    `on_death` hears of a task that died of an error: the client has no log to write it to.
    """

    def __init__(self, owner: str, *, on_death: Callable[[BaseException], None]) -> None:
        self._owner = owner
        self._on_death = on_death
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, name: str, coro: Coroutine[Any, Any, None]) -> None:
        """Run `coro` until it ends or its owner closes."""
        task = asyncio.get_running_loop().create_task(coro, name=f"{self._owner}/{name}")
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def close(self) -> None:
        """Cancel every task and wait until each is gone."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._on_death(error)
