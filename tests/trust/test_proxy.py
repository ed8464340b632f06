"""The proxy of the trust tests breaks what it is asked to break, and nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from tests.support.processes import free_port
from tests.support.proxy import Address, Proxy


@asynccontextmanager
async def echo() -> AsyncIterator[tuple[Address, list[int]]]:
    """A server that sends back what it gets, and the sizes of the pieces it got."""
    sizes: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            sizes.append(len(data))
            writer.write(data)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname(), sizes


async def dial(proxy: Proxy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    port = urlsplit(proxy.url).port
    return await asyncio.open_connection("127.0.0.1", port)


async def said(there: tuple[asyncio.StreamReader, asyncio.StreamWriter], data: bytes) -> bytes:
    there[1].write(data)
    return await there[0].readexactly(len(data))


async def test_the_first_backend_that_lives_is_taken() -> None:
    dead = ("127.0.0.1", free_port())
    async with echo() as (alive, _), Proxy([dead, alive]) as proxy:
        there = await dial(proxy)

        assert await said(there, b"hello") == b"hello"
        assert proxy.taken == [alive]
        there[1].close()


async def test_a_cut_ends_every_connection_and_the_next_one_is_taken() -> None:
    async with echo() as (backend, _), Proxy([backend]) as proxy:
        there = await dial(proxy)
        await said(there, b"hello")
        proxy.cut()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await said(there, b"again")
        there[1].close()
        there = await dial(proxy)

        assert await said(there, b"again") == b"again"
        there[1].close()


async def test_a_black_hole_is_silent_and_passes_what_waited_when_it_heals() -> None:
    async with echo() as (backend, _), Proxy([backend]) as proxy:
        there = await dial(proxy)
        await said(there, b"hello")
        proxy.blackhole()
        there[1].write(b"again")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await there[0].readexactly(1)
        proxy.heal()

        assert await there[0].readexactly(5) == b"again"
        there[1].close()


async def test_pieces_are_sliced_and_each_one_waits() -> None:
    async with echo() as (backend, sizes), Proxy([backend]) as proxy:
        there = await dial(proxy)
        proxy.slice, proxy.delay = 2, 0.02
        begin = time.perf_counter()

        assert await said(there, b"hello") == b"hello"
        assert sizes == [2, 2, 1]
        assert time.perf_counter() - begin >= 0.06
        there[1].close()
