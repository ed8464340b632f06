"""A TCP proxy that breaks things on request: cuts, black holes, delays and slices what passes through it.

A new connection goes to the first backend of the list that takes it, as a load balancer with a health check does.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

Address = tuple[str, int]
CHUNK_BYTES = 64 * 1024


class Proxy:
    """Listens on loopback for as long as the `async with` lasts; the faults may change while it runs."""

    def __init__(self, backends: Sequence[Address]) -> None:
        self.backends = list(backends)
        self.delay = 0.0
        """Seconds that every piece waits, in each direction."""
        self.slice = CHUNK_BYTES
        """Most bytes of one piece."""
        self.taken: list[Address] = []
        """Which backend each connection went to, in order."""
        self._open = asyncio.Event()
        self._open.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.heal()
        self.cut()
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def cut(self) -> None:
        """Reset every connection; new ones are taken."""
        for writer in [*self._writers]:
            writer.transport.abort()

    def blackhole(self) -> None:
        """Swallow nothing and pass nothing: connections stay open and silent, both ways, until `heal`."""
        self._open.clear()

    def heal(self) -> None:
        """Let everything pass again, also what waited."""
        self._open.set()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.CancelledError):
            """A cut connection, or the end of the test."""
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._open.wait()
        there = await self._dial()
        if there is None:
            return
        back, out = there
        self._writers.add(out)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass(reader, out))
                both.create_task(self._pass(back, writer))
        except* OSError:
            """One side is gone: the other one is told by the abort below."""
        finally:
            self._writers.discard(out)
            out.transport.abort()

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for backend in self.backends:
            with suppress(OSError):
                there = await asyncio.open_connection(*backend)
                self.taken.append(backend)
                return there
        return None

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(CHUNK_BYTES):
            for start in range(0, len(data), self.slice):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._open.wait()
                target.write(data[start : start + self.slice])
                await target.drain()
        raise ConnectionResetError("the other side closed")
