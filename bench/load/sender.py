"""A process that posts rows to a hub and prints what it measured as one JSON line.

    python -m bench.load.sender URL --posts 100 --rows 1000 --senders 4 --rate 0

`--rate` is rows a second over all senders (0: as fast as answers come). The ingest key is read from standard input.
"""

import asyncio
import sys
import time
from typing import Any

import aiohttp
import click
import msgspec
import uvloop

from bench.load import rows

DIFFERENT = 16
"""Bodies made beforehand; each post changes their time stamps."""


class Sender:
    """Posts bodies; `waits` are the seconds from each post to its durable answer."""

    def __init__(self, http: aiohttp.ClientSession, url: str, *, rows_a_post: int, any_answer: bool) -> None:
        self._http = http
        self._url = url
        self._bodies = [rows.body(rows_a_post, seed=seed) for seed in range(DIFFERENT)]
        self._any_answer = any_answer
        self._rows_a_post = rows_a_post
        self.waits: list[float] = []
        self.accepted = 0

    async def post(self, number: int) -> None:
        """One batch; anything but 200 ends the bench."""
        stamp = b"%019d" % time.time_ns()
        body = self._bodies[number % DIFFERENT].replace(rows.STAMP, stamp)
        start = time.perf_counter()
        query = {"batch_id": f"{number}-{stamp.decode()}"}
        async with self._http.post(f"{self._url}/v1/ingest", data=body, params=query) as answer:
            text = await answer.read()
            if not self._any_answer and answer.status != 200:
                raise SystemExit(f"ingest answered {answer.status}: {text[:200].decode()}")
        self.waits.append(time.perf_counter() - start)
        self.accepted += self._rows_a_post if self._any_answer else msgspec.json.decode(text)["accepted"]


async def send(
    url: str, key: str, *, posts: int, rows_a_post: int, senders: int, rate: float, any_answer: bool
) -> dict[str, float]:
    """Send everything; rows a second, and how long a batch took to become durable."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as http:
        sender = Sender(http, url, rows_a_post=rows_a_post, any_answer=any_answer)
        start = time.perf_counter()

        async def work(first: int) -> None:
            for number in range(first, posts, senders):
                if rate:
                    await asyncio.sleep(max(0.0, start + number * rows_a_post / rate - time.perf_counter()))
                await sender.post(number)

        async with asyncio.TaskGroup() as group:
            for first in range(senders):
                _ = group.create_task(work(first))
        seconds = time.perf_counter() - start
    waits = sorted(sender.waits)
    return {
        "rows": sender.accepted,
        "seconds": seconds,
        "rows_a_second": sender.accepted / seconds,
        "p50_ms": waits[len(waits) // 2] * 1000,
        "p99_ms": waits[int(len(waits) * 0.99)] * 1000,
    }


@click.command()
@click.argument("url")
@click.option("--posts", type=int, default=100)
@click.option("--rows", "rows_a_post", type=int, default=1000)
@click.option("--senders", type=int, default=1)
@click.option("--rate", type=float, default=0.0)
@click.option("--any-answer", is_flag=True, help="For rivals: count what was sent, whatever they answer.")
def main(*, url: str, **given: Any) -> None:
    """Post and print."""
    key = sys.stdin.readline().strip()
    done = uvloop.run(send(url, key, **given))
    print(msgspec.json.encode(done).decode())


if __name__ == "__main__":
    main()
