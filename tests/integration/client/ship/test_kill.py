"""kill -9 of the shipper at any moment, while a writer writes and rotates: every line arrives once."""

import asyncio
import contextlib
import itertools
import os
import random
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.support.door import Door
from tests.support.shipping import start

KILLS = 6
LINES_BETWEEN_ROTATIONS = 400


class Writer:
    """Writes numbered lines of uneven length, sometimes half a line at a time, and rotates now and then."""

    def __init__(self, path: Path, rotate: Callable[[Path], None], chance: random.Random) -> None:
        self.count = 0
        self._path = path
        self._rotate = rotate
        self._chance = chance

    async def run(self, enough: asyncio.Event) -> None:
        while not enough.is_set():
            for _ in range(self._chance.randrange(1, 40)):
                await self._line()
            if self.count // LINES_BETWEEN_ROTATIONS > self._rotations:
                self._rotations += 1
                self._rotate(self._path)
            await asyncio.sleep(self._chance.random() / 50)

    _rotations = 0

    async def _line(self) -> None:
        self.count += 1
        text = f"{self.count:06} {'x' * self._chance.randrange(120)}\n".encode()
        with self._path.open("ab", buffering=0) as file:
            if self._chance.random() < 0.05:
                half = self._chance.randrange(len(text))
                file.write(text[:half])
                await asyncio.sleep(0)
                text = text[half:]
            file.write(text)


def rename(path: Path) -> None:
    for number in itertools.count(1):
        target = path.with_name(f"{path.name}.{number}")
        if not target.exists():
            break
    for older in range(number, 1, -1):
        path.with_name(f"{path.name}.{older - 1}").rename(path.with_name(f"{path.name}.{older}"))
    path.rename(path.with_name(f"{path.name}.1"))
    path.touch()


def copy_and_truncate(path: Path) -> None:
    for number in itertools.count(1):
        if not path.with_name(f"{path.name}.{number}").exists():
            break
    for older in range(number, 1, -1):
        path.with_name(f"{path.name}.{older - 1}").rename(path.with_name(f"{path.name}.{older}"))
    shutil.copy(path, path.with_name(f"{path.name}.1"))
    os.truncate(path, 0)


async def killed_and_started_again(
    begin: Callable[[], Awaitable[asyncio.subprocess.Process]], door: Door, chance: random.Random
) -> None:
    for kill in range(KILLS):
        before = door.posts
        process = await begin()
        await door.until_posts(before + chance.randrange(1, 6))
        await asyncio.sleep(chance.random() / 10)
        door.cut_after_storing += kill % 3 == 0
        process.kill()
        await process.communicate()


@pytest.mark.parametrize("rotate", [rename, copy_and_truncate])
@pytest.mark.parametrize("seed", [1])
async def test_every_line_arrives_once(
    door: Door, tmp_path: Path, rotate: Callable[[Path], None], seed: int
) -> None:
    chance = random.Random(seed)
    log = tmp_path / "a.log"
    log.write_text(f"{0:06} the shipper has seen the file before it is rotated\n")
    writer = Writer(log, rotate, chance)
    enough = asyncio.Event()

    async def begin() -> asyncio.subprocess.Process:
        return await start(door, log, "--state", tmp_path / "state")

    first = await begin()
    await door.until(1)
    async with asyncio.TaskGroup() as group:
        writing = group.create_task(writer.run(enough))
        await door.until(10)
        first.kill()
        await first.communicate()
        await killed_and_started_again(begin, door, chance)
        enough.set()
        await writing
        last = await begin()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(20):
                await door.until(writer.count + 1)
        last.terminate()
        await last.communicate()

    seen = Counter(int(message[:6]) for message in door.messages)
    assert [n for n in range(writer.count + 1) if seen[n] == 0] == []
    assert [n for n in seen if seen[n] > 1] == []
    assert len(door.messages) == writer.count + 1
    assert writer.count > 2 * LINES_BETWEEN_ROTATIONS
