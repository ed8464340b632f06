"""Senders that never give up: every row carries (producer, n), every batch is sent until it is acknowledged."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp
import msgspec
from debugterm_protocol.offsets import Offset
from redis import asyncio as aioredis

from tests.support.checker import Client, Mark, Stored, Verdict, judge
from tests.support.journal import Journal, mark_of
from tests.support.processes import Deployment, until

FORGETS = 10
"""Every so manieth batch is sent once more after its answer, as by a sender whose answer was lost."""

SETTLE_SECONDS = 30
NONE = {"lost": 0, "silent": 0, "dup": 0, "disorder": 0, "phantom": 0}
"""What the five numbers must be."""


def is_loud(mark: Mark) -> bool:
    """Whether a row is one of the few that the filtered clients want; its level says so too."""
    return mark.n % 5 == 0


LOUD = "level>=warn"


class Traffic:
    """Some producers that send at a steady rate; use as `async with`, which ends when all is acknowledged."""

    def __init__(
        self, there: Deployment, *, producers: int = 4, rows: int = 50, rate: int = 2000, url: str = ""
    ) -> None:
        self.acked: set[Mark] = set()
        self.refused = 0
        self.batches = 0
        self.answered = asyncio.Event()
        """Set at each acknowledgement; clear it to wait for the next one."""
        self.asked = asyncio.Event()
        """Set when a batch goes out."""
        self._there = there
        self._names = [f"p{number}" for number in range(producers)]
        self._rows = rows
        self._pause = rows * producers / rate
        self._url = url or there.hub.url
        self._stop = asyncio.Event()
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> "Traffic":
        await self._group.__aenter__()
        for name in self._names:
            self._group.create_task(self._produce(name))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        self._stop.set()
        await self._group.__aexit__(kind, error, None)

    async def more(self, batches: int) -> None:
        """Wait until so many more batches are acknowledged."""
        wanted = self.batches + batches
        await until(lambda: self.batches >= wanted, "rows are acknowledged", seconds=40)

    async def _produce(self, name: str) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        number = 0
        while not self._stop.is_set():
            marks = [Mark(name, number * self._rows + n) for n in range(self._rows)]
            number += 1
            await self._deliver(name, number, marks)
            if number % FORGETS == 0:
                await self._deliver(name, number, marks)
            due = max(due + self._pause, loop.time())
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._stop.wait()

    async def _deliver(self, name: str, number: int, marks: list[Mark]) -> None:
        body = b"\n".join(_line(mark) for mark in marks)
        params = {"batch_id": f"{name:0>26}:{number}", "service": name}
        headers = {"Authorization": f"Bearer {self._there.key}"}
        while True:
            self.asked.set()
            with suppress(aiohttp.ClientError, TimeoutError, OSError):
                async with self._there.http.post(
                    f"{self._url}/v1/ingest", data=body, params=params, headers=headers
                ) as answer:
                    text = await answer.read()
                if answer.status == 200:
                    self.acked.update(marks)
                    self.batches += 1
                    self.answered.set()
                    return
                assert answer.status == 503, (answer.status, text)
                self.refused += 1
            await asyncio.sleep(0.05)


def _line(mark: Mark) -> bytes:
    level = "error" if is_loud(mark) else "info"
    return msgspec.json.encode({"level": level, "message": f"{mark.producer} {mark.n}", "pad": "x" * 80})


async def stored(redis_url: str) -> list[Stored]:
    """The whole stream, read without the product."""
    client = aioredis.Redis.from_url(redis_url)
    try:
        entries: Any = await client.xrange("dt:{e:development}:log")
    finally:
        await client.aclose()
    rows = []
    for entry, fields in entries:
        ms, _, seq = entry.decode().partition("-")
        for index, row in enumerate(fields[b"rows"].split(b"\n")):
            rows.append(
                Stored(Offset(int(ms), int(seq), index), mark_of(msgspec.json.decode(row)["message"]))
            )
    return rows


class Audience:
    """The clients of one test, and what each of them wants."""

    def __init__(self) -> None:
        self._journals: dict[str, tuple[Journal, Callable[[Mark], bool]]] = {}

    def add(
        self, name: str, journal: Journal, *, wants: Callable[[Mark], bool] = lambda _mark: True
    ) -> Journal:
        """One more; its journal."""
        self._journals[name] = (journal, wants)
        return journal

    @property
    def reconnected(self) -> dict[str, int]:
        """How often each client came back or connected."""
        return {name: journal.ups for name, (journal, _) in self._journals.items()}

    async def verdict(self, there: Deployment, traffic: Traffic) -> Verdict:
        """Give every client time to see everything, then judge the run."""
        rows = await stored(there.redis_url)
        with suppress(AssertionError):
            await until(lambda: self._have({row.mark for row in rows}), "all is seen", seconds=SETTLE_SECONDS)
        clients = [Client(name, one.seen, wants) for name, (one, wants) in self._journals.items()]
        return judge(acked=traffic.acked, stored=rows, clients=clients)

    def _have(self, marks: set[Mark]) -> bool:
        for journal, wants in self._journals.values():
            journal.refresh()
            if not all(mark in journal.shown for mark in marks if wants(mark)):
                return False
        return True
