"""`debugterm ship` as a real process, sending to a recorder."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.recorder import KEY, Recorder


async def start(
    recorder: Recorder,
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
        *("--url", recorder.url),
        *(("--key", key) if key else ()),
        stdin=asyncio.subprocess.DEVNULL if stdin is None else stdin,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "SHIP_KEY": KEY},  # noqa: TID251 - a child of the test
    )


@asynccontextmanager
async def shipping(recorder: Recorder, *arguments: str | Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Follow until the block ends; fails when the command ended by itself."""
    process = await start(recorder, *arguments)
    try:
        yield process
        assert process.returncode is None
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def ship_once(
    recorder: Recorder, *arguments: str | Path, stdin: bytes = b"", key: str | None = "env://SHIP_KEY"
) -> tuple[int, str]:
    """Run to the end; exit status and stderr."""
    process = await start(recorder, *arguments, stdin=asyncio.subprocess.PIPE, key=key)
    _, said = await process.communicate(stdin)
    assert process.returncode is not None
    return process.returncode, said.decode()
