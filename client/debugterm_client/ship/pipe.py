"""The source that reads standard input, to its end."""

import asyncio
import os
import stat
import time

from debugterm_client.ship.cut import Cutter
from debugterm_client.ship.hopper import Hopper
from debugterm_client.ship.records import Record, Records
from debugterm_client.ship.rows import Origin, Row

CHUNK_BYTES = 64 * 1024
WAIT_SECONDS = 0.25
PENDING_SECONDS = 0.05
"""Longest wait while a record has begun that the next line may go on with."""
GRACE_SECONDS = 2.0
"""After Ctrl-C the writer before us in the pipeline ends too: its last words are waited for this long."""


async def read_pipe(fd: int, *, origin: Origin, hopper: Hopper, stop: asyncio.Event) -> None:
    """Read rows until the writer closes the pipe, or a while after `stop`."""
    cutter = Cutter()
    records = Records()
    stopped = 0.0
    while True:
        now = time.monotonic()
        if stop.is_set():
            stopped = stopped or now
            if now - stopped > GRACE_SECONDS:
                break
        if not await _readable(fd, PENDING_SECONDS if records.pending else WAIT_SECONDS):
            await hopper.put(_rows(origin, records.idle(cutter, now)))
            continue
        data = os.read(fd, CHUNK_BYTES)
        if not data:
            break
        await hopper.put(_rows(origin, records.feed(cutter.feed(data), now)))
    await hopper.put(_rows(origin, records.finish(cutter)))


def _rows(origin: Origin, records: list[Record]) -> list[Row]:
    return [Row(body) for record in records if (body := origin.body(record.text))]


async def _readable(fd: int, wait: float) -> bool:
    """Whether reading gives something now; waits a little for it. The pipe's mode, which others share, stays."""
    if stat.S_ISREG(os.fstat(fd).st_mode):
        await asyncio.sleep(0)
        return True
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(fd, ready.set)
    try:
        async with asyncio.timeout(wait):
            await ready.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(fd)
    return True
