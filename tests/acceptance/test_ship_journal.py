"""`debugterm ship --journald` with a real systemd-journald, in a mount namespace of its own."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.door import Door
from tests.support.shipping import start

JOURNALD = Path("/lib/systemd/systemd-journald")
START = f"""
mount -t tmpfs none /run/systemd && mkdir -p /run/systemd/journal
mount -t tmpfs none /run/log && mkdir -p /run/log/journal/$(cat /etc/machine-id)
echo $$
exec {JOURNALD}
"""
pytestmark = pytest.mark.skipif(
    os.getuid() != 0
    or not JOURNALD.exists()
    or shutil.which("nsenter") is None
    or not Path("/run/log").exists(),
    reason="needs root and systemd-journald",
)


@pytest.fixture
async def journal() -> AsyncIterator[tuple[str, ...]]:
    """A running journald; gives the command that runs another one beside it."""
    process = await asyncio.create_subprocess_exec(
        *("unshare", "--mount", "sh", "-c", START),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    pid = (await process.stdout.readline()).decode().strip()
    within = ("nsenter", "--mount", "--target", pid)
    try:
        async with asyncio.timeout(20):
            await run(within, "sh", "-c", "until test -S /run/systemd/journal/stdout; do sleep 0.05; done")
        yield within
    finally:
        process.terminate()
        await process.wait()


async def run(within: tuple[str, ...], *command: str, stdin: bytes = b"") -> int:
    process = await asyncio.create_subprocess_exec(*within, *command, stdin=asyncio.subprocess.PIPE)
    await process.communicate(stdin)
    return process.returncode or 0


async def say(journal: tuple[str, ...], text: bytes, *, level: str = "info") -> None:
    assert await run(journal, "systemd-cat", "-t", "demo", "-p", level, stdin=text) == 0


async def test_every_entry_arrives_once_also_after_kill_9(journal: tuple[str, ...], tmp_path: Path) -> None:
    command = ("--journald", "--state", tmp_path / "state")
    await say(journal, b"one\n", level="err")
    async with Door() as door:

        async def arrived(text: str) -> None:
            while text not in door.messages:
                await door.until(len(door.rows) + 1)

        first = await start(door, *command, within=journal)
        await arrived("one")
        first.kill()
        await first.communicate()
        await say(journal, b"".join(b"away %d\n" % n for n in range(30)) + b"last \xff\n")
        second = await start(door, *command, within=journal)
        await arrived("last \ufffd")
        second.terminate()
        await second.communicate()
        ours = [row for row in door.rows if row["service"] == "demo"]

    assert [(row["message"], row["level"]) for row in ours] == [
        ("one", "error"),
        *((f"away {n}", "info") for n in range(30)),
        ("last \ufffd", "info"),
    ]
    assert second.returncode == 0
