"""A process that posts rows to a hub and prints what it measured as one JSON line.

    echo '{"key": "…", "urls": ["http://127.0.0.1:7373"], "posts": 100}' | python -m bench.load.sender

`rate` is rows a second over all senders (0: as fast as answers come). The plan is one line on standard input.
"""

import asyncio
import sys
import time

import aiohttp
import msgspec
import uvloop

from bench.load import rows
from bench.load.rows import PODS

DIFFERENT = 16
"""Bodies made beforehand; each post changes their time stamps."""


class Plan(msgspec.Struct, forbid_unknown_fields=True):
    """What to send. Senders take the addresses in turn; `any_answer`: a rival may answer what it likes."""

    key: str
    urls: list[str]
    posts: int = 100
    rows: int = 1000
    senders: int = 1
    rate: float = 0.0
    pods: int = PODS
    any_answer: bool = False


class Sender:
    """Posts bodies; `waits` are the seconds from each post to its durable answer, `late` how far behind its time."""

    def __init__(self, http: aiohttp.ClientSession, plan: Plan) -> None:
        self._http = http
        self._plan = plan
        self._bodies = [rows.body(plan.rows, seed=seed, pods=plan.pods) for seed in range(DIFFERENT)]
        self.waits: list[float] = []
        self.accepted = 0
        self.late = 0.0

    async def work(self, first: int, start: float) -> None:
        """Send every `senders`-th post at its time."""
        plan = self._plan
        for number in range(first, plan.posts, plan.senders):
            if plan.rate:
                due = start + number * plan.rows / plan.rate - time.perf_counter()
                self.late = max(self.late, -due)
                await asyncio.sleep(max(0.0, due))
            await self._post(plan.urls[first % len(plan.urls)], number)

    async def _post(self, url: str, number: int) -> None:
        """One batch; anything but 200 ends the bench."""
        stamp = b"%019d" % time.time_ns()
        body = self._bodies[number % DIFFERENT].replace(rows.STAMP, stamp)
        start = time.perf_counter()
        query = {"batch_id": f"{number}-{stamp.decode()}"}
        async with self._http.post(f"{url}/v1/ingest", data=body, params=query) as answer:
            text = await answer.read()
            if not self._plan.any_answer and answer.status != 200:
                raise SystemExit(f"ingest answered {answer.status}: {text[:200].decode()}")
        self.waits.append(time.perf_counter() - start)
        self.accepted += self._plan.rows if self._plan.any_answer else msgspec.json.decode(text)["accepted"]


async def send(plan: Plan) -> dict[str, float]:
    """Send everything; rows a second, and how long a batch took to become durable."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {plan.key}"}) as http:
        sender = Sender(http, plan)
        start, cpu = time.perf_counter(), time.process_time()
        async with asyncio.TaskGroup() as group:
            for first in range(plan.senders):
                _ = group.create_task(sender.work(first, start))
        seconds = time.perf_counter() - start
    waits = sorted(sender.waits)
    return {
        "rows": sender.accepted,
        "seconds": seconds,
        "cpu_share": (time.process_time() - cpu) / seconds,
        "late_ms": sender.late * 1000,
        "rows_a_second": sender.accepted / seconds,
        "p50_ms": waits[len(waits) // 2] * 1000,
        "p99_ms": waits[int(len(waits) * 0.99)] * 1000,
    }


def main() -> None:
    """Post and print."""
    plan = msgspec.json.decode(sys.stdin.readline(), type=Plan)
    print(msgspec.json.encode(uvloop.run(send(plan))).decode())


if __name__ == "__main__":
    main()
