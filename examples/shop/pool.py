"""A pool of connections with a bound and a patience, as database and bank drivers have one."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from examples.shop.service import ShopError


class PoolTimeout(ShopError):
    """No connection became free in time."""

    status = 503


class Pool:
    """At most `size` users at once; who waits longer than `patience` seconds gets PoolTimeout."""

    def __init__(self, size: int, *, patience: float) -> None:
        self.size = size
        self.in_use = 0
        self.waiting = 0
        self._patience = patience
        self._free = asyncio.Semaphore(size)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[float]:
        """Hold one connection; gives the seconds that it was waited for."""
        began = time.perf_counter()
        self.waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError:
            raise PoolTimeout(
                f"no free connection to bank: {self.in_use} of {self.size} in use, {self.waiting - 1} more waiting"
            ) from None
        finally:
            self.waiting -= 1
        self.in_use += 1
        try:
            yield time.perf_counter() - began
        finally:
            self.in_use -= 1
            self._free.release()

    def lose_one(self) -> None:
        """A connection that is never given back (the leak)."""
        if not self._free.locked():
            self.in_use += 1
            self._free._value -= 1  # noqa: SLF001 - the fault itself
