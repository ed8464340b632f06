"""Records written behind: nobody waits for them, nothing changes by them, and losing one is said aloud."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import structlog

from debugterm_server.core.records import AuditUnavailable, Draft
from debugterm_server.kit.backoff import full_jitter

log = structlog.get_logger()

MOST = 1_000
"""Drafts kept while SQL is away; the next ones are counted, and the count is recorded when it is back."""
CHUNK = 100
"""Drafts handed over at once, so that acts that wait for their record never queue behind a thousand."""
WITHIN_SECONDS = 0.5
"""How long a draft waits for company."""
FLUSH_SECONDS = 5.0
"""How long a stopping hub tries to write the rest."""


class Behind:
    """A bounded queue in front of the sequencer."""

    def __init__(self, submit: Callable[[Draft], Awaitable[int]]) -> None:
        self._submit = submit
        self._queue: deque[Draft] = deque()
        self._wake = asyncio.Event()
        self._lost: dict[str, int] = {}
        self._failing = False
        self._writing = asyncio.Lock()

    @property
    def ok(self) -> bool:
        """Whether everything until now is written or on its way."""
        return not self._failing and not self._lost

    def add(self, draft: Draft) -> None:
        """Take a draft, or count it as lost when the queue is full."""
        if len(self._queue) >= MOST:
            self._lost[draft.log] = self._lost.get(draft.log, 0) + 1
        else:
            self._queue.append(draft)
        self._wake.set()

    async def run(self) -> None:
        """Write what comes, until cancelled."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(WITHIN_SECONDS)
            self._wake.clear()
            for wait in full_jitter():
                if await self._write():
                    break
                await asyncio.sleep(wait)

    async def flush(self) -> None:
        """Write the rest before the hub stops; what SQL does not take within 5 s is named in the log."""
        try:
            async with asyncio.timeout(FLUSH_SECONDS):
                await self._write()
        except TimeoutError:
            pass
        if self._queue or self._lost:
            log.error("audit records lost", written_behind=len(self._queue) + sum(self._lost.values()))

    async def _write(self) -> bool:
        """Write everything that is here; False when SQL did not take it (it stays here)."""
        async with self._writing:
            while self._queue:
                drafts = [self._queue.popleft() for _ in range(min(CHUNK, len(self._queue)))]
                results = await asyncio.gather(*map(self._submit, drafts), return_exceptions=True)
                refused = [d for d, r in zip(drafts, results, strict=True) if isinstance(r, BaseException)]
                self._failing = bool(refused)
                if refused:
                    self._queue.extendleft(reversed(refused))
                    return False
            return await self._confess()

    async def _confess(self) -> bool:
        """Record how many drafts were lost while the queue was full."""
        for name, n in list(self._lost.items()):
            gap = Draft(log=name, type="integrity.gap", subject=None, result=f"{n} records were not written")
            try:
                await self._submit(gap)
            except AuditUnavailable:
                return False
            self._lost[name] -= n
            if not self._lost[name]:
                del self._lost[name]
        return True
