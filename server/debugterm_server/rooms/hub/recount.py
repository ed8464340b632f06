"""Counts the past of an environment: walks its stream backwards once for all who want to know, in small slices.

Whoever counts live rows from a place on wants what lies before it too: a histogram 15 minutes, the patterns 20. The
walk goes on from the newest place anybody wants, and everybody takes the entries they lack. It rests after each turn.
"""

import asyncio
from typing import Protocol

import structlog
from debugterm_protocol.offsets import parse

from debugterm_server.bus.connection import BusDown
from debugterm_server.bus.entries import Slice
from debugterm_server.rooms.hub.batch import Read

log = structlog.get_logger()

SLICE_ENTRIES = 2
"""Entries read at once: at most 2,000 rows and 1 MiB."""
TURN_ROWS = 500_000
TURN_SECONDS = 2.0
"""One turn ends at either bound."""
REST_SECONDS = 4.0
"""Between two turns: the past takes at most a sixth of a busy hub (it sleeps as long as it works, too)."""

Place = tuple[int, int]
"""The id of an entry as two integers."""


class Stream(Protocol):
    """What is needed of the bus."""

    async def before(self, env: str, end: str, start: str, *, count: int) -> Slice:
        """Entries from `end` back to `start`, newest first."""

    async def trimmed(self, env: str) -> str:
        """The id up to which retention removed entries."""


class Job(Protocol):
    """Somebody who wants the past."""

    before: Place
    """What lies before this place is not counted yet; moved by the walk."""

    def back_to(self) -> int | None:
        """The unix second back to which it is wanted; None while nobody asks."""

    def take(self, read: Read) -> None:
        """Count one more entry, older than the last."""

    def reached(self, second: int) -> None:
        """From this second on everything was given."""


class Recount:
    """The one walk of an environment."""

    def __init__(self, env: str, stream: Stream) -> None:
        self._env = env
        self._stream = stream
        self._jobs: dict[Job, None] = {}
        self._wanted = asyncio.Event()

    def add(self, job: Job) -> None:
        """Count for this one too."""
        self._jobs[job] = None
        self.wake()

    def drop(self, job: Job) -> None:
        """Nobody wants it any more."""
        _ = self._jobs.pop(job, None)

    def wake(self) -> None:
        """Somebody asks (again)."""
        self._wanted.set()

    async def run(self) -> None:
        """Walk whenever somebody wants it, until cancelled."""
        while True:
            _ = await self._wanted.wait()
            try:
                if await self._turn():
                    self._wanted.clear()
            except BusDown:
                pass
            await asyncio.sleep(REST_SECONDS if self._wanted.is_set() else 0)

    async def _turn(self) -> bool:
        """Walk for one turn; True when nobody wants more."""
        loop = asyncio.get_running_loop()
        until, rows = loop.time() + TURN_SECONDS, 0
        while rows < TURN_ROWS and loop.time() < until:
            wanted = {
                job: (second * 1000, 0)
                for job in self._jobs
                if (second := job.back_to()) is not None and job.before > (second * 1000, 0)
            }
            if not wanted:
                return True
            rows += await self._step(wanted)
        return False

    async def _step(self, wanted: dict[Job, Place]) -> int:
        """Give the next slice to whoever lacks it; how many rows it had."""
        newest, oldest = max(job.before for job in wanted), min(wanted.values())
        found = await self._stream.before(self._env, f"({_id(newest)}", _id(oldest), count=SLICE_ENTRIES)
        rows = 0
        for entry in found.entries:
            read = Read(entry)
            rows += entry.n
            for job, back_to in wanted.items():
                if back_to <= read.place < job.before and job in self._jobs:
                    await self._give(job, read)
            read.forget()
        # A forged entry counts as read. Behind the last one there is nothing, or nothing that anybody wants.
        last = _place(found.last) if found.more else (0, 0)
        done = []
        for job, back_to in wanted.items():
            job.before = min(job.before, max(last, back_to))
            if job.before <= back_to:
                done.append(job)
        if done:
            gone = _whole_from(await self._stream.trimmed(self._env))
            for job in done:
                job.reached(max(wanted[job][0] // 1000, gone))
        return rows

    async def _give(self, job: Job, read: Read) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            job.take(read)
        except Exception:
            # One query's fault is not the end of the walk for all others.
            log.exception("the past could not be counted", env=self._env)
            self.drop(job)
            return
        job.before = read.place
        job.reached(read.place[0] // 1000 + 1)
        await asyncio.sleep(loop.time() - started)


def _id(place: Place) -> str:
    return f"{place[0]}-{place[1]}"


def _place(entry: str) -> Place:
    offset = parse(entry)
    return offset.ms, offset.seq


def _whole_from(gone: str) -> int:
    """The first second of which retention took nothing."""
    ms, seq = _place(gone)
    return 0 if (ms, seq) == (0, 0) else ms // 1000 + 1
