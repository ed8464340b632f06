"""What programs print when they die becomes one row each, also when it is written in pieces."""

import asyncio
import sys
from pathlib import Path

from tests.support.door import Door
from tests.support.shipping import ship_once, shipping

JAVA = (
    "2024-01-02 03:04:05,678 ERROR [main] shop.Pay - order failed\n"
    "java.lang.IllegalStateException: no connection\n"
    "\tat shop.Pay.charge(Pay.java:42)\n"
    "Caused by: java.net.SocketTimeoutException: Read timed out\n"
    "\t... 2 more\n"
)
GO = "panic: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:9 +0x1d\nexit status 2\n"
CHAINED = "try:\n  1/0\nexcept ZeroDivisionError as error:\n  raise KeyError('tea') from error\n"


async def test_tracebacks_of_python_java_and_go_become_one_row_each(door: Door) -> None:
    dying = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHAINED, stderr=asyncio.subprocess.PIPE
    )
    python = (await dying.communicate())[1].decode()
    after = "2024-01-02 03:04:06,000 INFO [main] shop.Pay - next\n"

    await ship_once(door, "-", stdin=f"{python}{JAVA}{GO}{after}".encode())

    assert len(door.rows) == 4
    assert "ZeroDivisionError" in door.messages[0]
    assert "KeyError: 'tea'" in door.messages[0]
    assert "Caused by: java.net.SocketTimeoutException" in door.messages[1]
    assert "goroutine 1 [running]" in door.messages[2]
    assert "next" in door.messages[3]


async def test_a_traceback_written_in_two_pieces_is_one_row(door: Door, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    first, _, rest = JAVA.partition("\tat")
    async with shipping(door, log, "--state", tmp_path / "state"):
        with log.open("a") as file:
            file.write("2024-01-02 03:04:04,000 INFO [main] shop.Pay - before\n")
            file.flush()
            await door.until(1)
            file.write(first + "\ta")
            file.flush()
            await asyncio.sleep(0)
            file.write("t" + rest)
        await door.until(2)

    assert len(door.rows) == 2
    assert door.messages[1].endswith("\t... 2 more")


async def test_an_unfinished_traceback_does_not_wait_for_ever(door: Door, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("Traceback (most recent call last):\n  File 'a.py', line 1\n")
    async with shipping(door, log, "--state", tmp_path / "state"):
        await door.until(1)

    assert door.messages == ["Traceback (most recent call last):\n  File 'a.py', line 1"]
