"""What this room needs of others, as small interfaces; `app.py` passes the objects in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Problem, ServerFrame

from debugterm_server.core.records import Draft
from debugterm_server.core.refusal import Refusal
from debugterm_server.store.engine import Write

Also = Callable[[Write, int, str], Awaitable[None]]
"""Rows that are written with a record: gets the transaction, the record's number and its time."""


class Audit(Protocol):
    """The audit room."""

    async def record(self, draft: Draft, also: Also | None = None) -> int:
        """Make the record and the rows of `also` durable in one transaction; returns its number.

        Raises AuditUnavailable, and whatever `also` raised; then neither is there.
        """
        ...

    def later(self, draft: Draft) -> None:
        """Write a record within a second; nobody waits for it."""


class Sink(Protocol):
    """Where the frames of one connection go."""

    def send(self, frame: ServerFrame) -> None:
        """Queue a frame; never waits, never raises. The socket bounds its queue and closes when it is full."""


@dataclass(frozen=True, slots=True)
class Conn:
    """One connection of a client; `client` is what it calls itself, shown to others."""

    id: str
    client: str = ""


class Refused(Refusal):
    """The request was refused; `problem` is for the person who asked."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(Code(problem.code), problem.why)
        self.problem = problem
