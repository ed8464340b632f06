"""A process that writes the bodies of `sender` to Valkey by bare XADD: the most that ingest could reach.

    python -m bench.load.ceiling --posts 100 --rows 1000 --senders 4

The Valkey is started as the hub starts its own: unix socket, `appendfsync always`.
"""

import asyncio
import tempfile
import time
from pathlib import Path

import click
import msgspec
import uvloop
from debugterm_server.bus.connection import ask, connect, wait_ready
from debugterm_server.bus.supervisor import Supervisor

from bench.load import rows
from bench.load.sender import DIFFERENT


async def write(url: str, *, posts: int, rows_a_post: int, senders: int) -> dict[str, float]:
    """Rows a second that Valkey makes durable when nobody looks at them."""
    redis = connect(url)
    await wait_ready(redis, seconds=10)
    bodies = [rows.body(rows_a_post, seed=seed) for seed in range(DIFFERENT)]
    start = time.perf_counter()

    async def work(first: int) -> None:
        for number in range(first, posts, senders):
            await ask(redis, "XADD", "bench", "*", "rows", bodies[number % DIFFERENT])

    async with asyncio.TaskGroup() as group:
        for first in range(senders):
            _ = group.create_task(work(first))
    seconds = time.perf_counter() - start
    await redis.aclose()
    return {"rows": posts * rows_a_post, "seconds": seconds, "rows_a_second": posts * rows_a_post / seconds}


@click.command()
@click.option("--posts", type=int, default=100)
@click.option("--rows", "rows_a_post", type=int, default=1000)
@click.option("--senders", type=int, default=1)
def main(*, posts: int, rows_a_post: int, senders: int) -> None:
    """Write and print."""
    with tempfile.TemporaryDirectory(prefix="dt") as folder:
        valkey = Supervisor(Path(folder))
        valkey.start()
        try:
            done = uvloop.run(write(valkey.url, posts=posts, rows_a_post=rows_a_post, senders=senders))
        finally:
            valkey.stop()
    print(msgspec.json.encode(done).decode())


if __name__ == "__main__":
    main()
