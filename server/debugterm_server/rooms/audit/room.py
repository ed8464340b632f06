"""The audit log of a hub: `record` before an act, `later` for what may be written behind, `search` to find it.

Records that wait at the same moment share one commit, and so one fsync. What a room wants written together with
its record (`also`) stands or falls with it.
"""

from types import TracebackType
from typing import Self

from debugterm_protocol.audits import AuditRow

from debugterm_server.core import reading
from debugterm_server.core.canonical import sha256
from debugterm_server.core.chain import EMPTY, Fault, Head, verify
from debugterm_server.core.records import Draft
from debugterm_server.kit import clock as clocks
from debugterm_server.kit.tasks import Nursery
from debugterm_server.rooms.audit.behind import Behind
from debugterm_server.rooms.audit.sequencer import Also, Sequencer
from debugterm_server.store import audit as store_audit
from debugterm_server.store.audit import Query
from debugterm_server.store.engine import Store

_SLICE = 1_000


class Audit:
    """Open it with `async with`; leaving writes what still waits."""

    def __init__(self, store: Store, *, clock: clocks.Clock = clocks.wall) -> None:
        self._store = store
        self._nursery = Nursery("audit")
        self._sequencer = Sequencer(store, clock)
        self._behind = Behind(self._sequencer.submit)

    async def __aenter__(self) -> Self:
        _ = self._nursery.spawn("sequencer", self._sequencer.run())
        _ = self._nursery.spawn("behind", self._behind.run())
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._behind.flush()
        await self._nursery.close()
        self._sequencer.refuse_rest()

    @property
    def behind_ok(self) -> bool:
        """False while records that are written behind cannot be written: people see a banner."""
        return self._behind.ok

    async def record(self, draft: Draft, also: Also | None = None) -> int:
        """Make a record durable, and in the same transaction what `also(write, seq, ts)` writes; returns `seq`.

        Raises AuditUnavailable when that did not succeed within 5 s (then nothing is written, unless the
        database went away in the middle of the commit itself: then an intent without an outcome may stand), and
        whatever `also` raised (then nothing is written). `also` may run again, so it must only write SQL.
        """
        return await self._sequencer.submit(draft, also)

    def later(self, draft: Draft) -> None:
        """Write a record within 1 s without waiting for it; for what changes nothing: queries, views, searches."""
        self._behind.add(draft)

    async def search(self, query: Query) -> list[AuditRow]:
        """Matching records, newest first, at most `query.limit`. Raises StoreUnavailable."""
        async with self._store.read() as read:
            found = await store_audit.search(read, query)
        return [reading.read(item.record, item.private) for item in found]

    async def verify(self, log: str) -> list[Fault]:
        """Everything wrong with a log as it lies in SQL; empty when nothing is. Raises StoreUnavailable."""
        async with self._store.read() as read:
            origin = store_audit.origin(await store_audit.deployment(read), log)
            end = await store_audit.head(read, log)
        faults: list[Fault] = []
        last = EMPTY
        while part := await self._part(log, last, end):
            records = [item.record for item in part]
            here = Head(last.seq + len(part), sha256(records[-1]))
            private = {item.seq: item.private for item in part}
            faults += verify(records, private, origin=origin, head=here, after=last)
            last = here
        return [*faults, *verify([], {}, origin=origin, head=end, after=last)]

    async def _part(self, log: str, after: Head, end: Head) -> list[store_audit.Stored]:
        async with self._store.read() as read:
            return await store_audit.part(read, log, after=after.seq, upto=end.seq, limit=_SLICE)
