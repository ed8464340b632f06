"""`debugterm ship` as a real process, sending to a hub."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.door import Door


async def start(
    door: Door,
    *arguments: str | Path,
    stdin: int | None = None,
    key: str | None = "env://SHIP_KEY",
    within: tuple[str, ...] = (),
) -> asyncio.subprocess.Process:
    """Start the command, by way of the command `within`; its stderr is piped."""
    return await asyncio.create_subprocess_exec(
        *within,
        sys.executable,
        *("-c", "from debugterm_client.cli import main; main()", "ship"),
        *map(str, arguments),
        *("--url", door.url),
        *(("--key", key) if key else ()),
        stdin=asyncio.subprocess.DEVNULL if stdin is None else stdin,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "SHIP_KEY": door.key},  # noqa: TID251 - a child of the test
    )


@asynccontextmanager
async def shipping(door: Door, *arguments: str | Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Follow until the block ends; fails when the command ended by itself."""
    process = await start(door, *arguments)
    try:
        yield process
        assert process.returncode is None
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def ship_once(
    door: Door, *arguments: str | Path, stdin: bytes = b"", key: str | None = "env://SHIP_KEY"
) -> tuple[int, str]:
    """Run to the end; exit status and stderr."""
    process = await start(door, *arguments, stdin=asyncio.subprocess.PIPE, key=key)
    _, said = await process.communicate(stdin)
    assert process.returncode is not None
    return process.returncode, said.decode()
