"""What this room needs from the audit room: nothing about access takes effect before its record is durable."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from debugterm_server.core.records import Draft
from debugterm_server.store.engine import Write


class Recorder(Protocol):
    """The part of the audit room that access uses."""

    async def record(
        self, draft: Draft, also: Callable[[Write, int, str], Awaitable[None]] | None = None
    ) -> int:
        """Make the draft durable together with what `also` writes; raises AuditUnavailable."""
        ...
