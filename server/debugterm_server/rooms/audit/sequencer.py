"""Gives waiting drafts their numbers and commits them, several in one transaction when several wait."""

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from debugterm_server.core.chain import Head
from debugterm_server.core.records import AuditUnavailable, Draft
from debugterm_server.core.sealing import Place, seal
from debugterm_server.kit import ids
from debugterm_server.kit.clock import Clock, rfc3339
from debugterm_server.store import audit as store_audit
from debugterm_server.store.engine import Store, StoreUnavailable, Write, savepoint

log = structlog.get_logger()

Also = Callable[[Write, int, str], Awaitable[None]]
"""What is written with a record: gets the transaction, the number and the time of the record."""

PATIENCE_SECONDS = 5.0
"""How long an act may wait for its record; then it is refused."""
MOST_WAITING = 1_000
"""Drafts that may wait; one more is refused at once, because it would wait longer than anybody's patience."""
BATCH = 64
"""Drafts in one transaction: enough to share an fsync, few enough to repeat alone when one breaks it."""


@dataclass(slots=True, eq=False)
class _Waiting:
    draft: Draft
    also: Also | None
    answer: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    committing: bool = False
    """From here on it cannot be withdrawn: the database may have it already."""


class _Withdrawn(Exception):
    """Somebody stopped waiting before the commit, so the transaction is rolled back and done without them."""


class Sequencer:
    """The one place of a process where records get numbers; the database orders the processes."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._queue: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._deployment = ""

    async def submit(self, draft: Draft, also: Also | None = None) -> int:
        """Wait until the draft is durable; its number. Raises AuditUnavailable, and whatever `also` raised."""
        if len(self._queue) >= MOST_WAITING:
            raise AuditUnavailable("too many records are waiting")
        waiting = _Waiting(draft, also)
        self._queue.append(waiting)
        self._wake.set()
        try:
            await asyncio.wait([waiting.answer], timeout=PATIENCE_SECONDS)
            if waiting.committing:
                await asyncio.wait([waiting.answer], timeout=PATIENCE_SECONDS)
            if not waiting.answer.done():
                raise AuditUnavailable(f"the record was not durable within {PATIENCE_SECONDS:.0f} s")
            return waiting.answer.result()
        finally:
            waiting.answer.cancel()

    async def run(self) -> None:
        """Commit what waits, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                await self._commit(self._next_batch())

    def refuse_rest(self) -> None:
        """Tell everybody who still waits that nothing will come; called when `run` has ended."""
        while self._queue:
            _refuse(self._queue.popleft(), "the hub is stopping")

    def _next_batch(self) -> list[_Waiting]:
        """The longest run of drafts for one log: two logs in one transaction could deadlock with another hub."""
        batch = [self._queue.popleft()]
        while self._queue and len(batch) < BATCH and self._queue[0].draft.log == batch[0].draft.log:
            batch.append(self._queue.popleft())
        return batch

    async def _commit(self, batch: list[_Waiting]) -> None:
        while batch := [waiting for waiting in batch if not waiting.answer.done()]:
            try:
                numbers = await self._transaction(batch)
            except _Withdrawn:
                continue
            except StoreUnavailable as error:
                await self._alone_or_refused(batch, str(error))
                return
            except Exception:
                # The sequencer must outlive whatever a draft does to it.
                log.exception("audit transaction failed")
                await self._alone_or_refused(batch, "an internal error, see the log of the hub")
                return
            for waiting, seq in numbers:
                if not waiting.answer.done():
                    waiting.answer.set_result(seq)
            return

    async def _alone_or_refused(self, batch: list[_Waiting], why: str) -> None:
        """One draft that SQL cannot take must not take its neighbours with it.

        Not after a commit began: the database may have kept the batch, and a second try would write it twice.
        """
        for waiting in batch:
            if len(batch) == 1 or waiting.committing:
                log.warning("audit unavailable", why=why, log=waiting.draft.log, type=waiting.draft.type)
                _refuse(waiting, why)
            else:
                await self._commit([waiting])

    async def _transaction(self, batch: list[_Waiting]) -> list[tuple[_Waiting, int]]:
        written: list[tuple[_Waiting, int]] = []
        async with self._store.write() as write:
            head = await store_audit.hold_head(write, batch[0].draft.log)
            for waiting in batch:
                try:
                    async with savepoint(write):
                        head = await self._append(write, waiting, head)
                except StoreUnavailable:
                    raise
                except Exception as error:  # noqa: BLE001 - what `also` raises belongs to who gave it
                    _answer_with(waiting, error)
                else:
                    written.append((waiting, head.seq))
            if any(waiting.answer.done() for waiting, _ in written):
                raise _Withdrawn
            for waiting in batch:
                waiting.committing = True
        return written

    async def _append(self, write: Write, waiting: _Waiting, head: Head) -> Head:
        self._deployment = self._deployment or await store_audit.deployment(write)
        draft = waiting.draft
        place = Place(
            origin=store_audit.origin(self._deployment, draft.log),
            seq=head.seq + 1,
            prev=head.hash,
            id=ids.new("a"),
            ts=rfc3339(self._clock()),
        )
        sealed = seal(draft, place, lambda: secrets.token_bytes(16))
        await store_audit.append(write, draft, place, sealed)
        if waiting.also is not None:
            await waiting.also(write, place.seq, place.ts)
        return Head(place.seq, sealed.hash)


def _refuse(waiting: _Waiting, why: str) -> None:
    _answer_with(waiting, AuditUnavailable(why))


def _answer_with(waiting: _Waiting, error: Exception) -> None:
    if not waiting.answer.done():
        waiting.answer.set_exception(error)
