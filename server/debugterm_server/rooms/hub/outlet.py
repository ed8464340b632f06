"""What the hub needs of a connection: a place to put whole frames, and how much of them still waits."""

from collections.abc import Callable
from typing import Protocol

Wrap = Callable[[bytes], bytes]
"""Turns the JSON of a frame into the bytes of one WebSocket message; the same bytes go to every socket."""


class Outlet(Protocol):
    """One connection, seen from the hub; nothing here waits."""

    def write(self, message: bytes) -> None:
        """Hand over one whole message; dropped in silence when the connection is closing."""

    @property
    def waiting(self) -> int:
        """Bytes handed over and not taken by the kernel yet."""


class Nowhere:
    """Where a watch that ended writes: nothing of it may come after the answer to the one in its place."""

    waiting = 0

    def write(self, message: bytes) -> None:
        """Drop it."""
