"""Entries, outlets and rows by hand, for the tests of the hub that need no server."""

from collections.abc import Sequence

import msgspec
from debugterm_protocol import frames
from debugterm_protocol.codec import decode_server
from debugterm_server.bus.entries import Entry
from debugterm_server.rooms.hub.batch import Read


def entry(number: int, levels: Sequence[str]) -> Entry:
    """The entry `<number>-0` with a row of each of these levels."""
    rows = [msgspec.json.encode({"ts": "x", "level": level, "message": f"{number}"}) for level in levels]
    by = {level: levels.count(level) for level in dict.fromkeys(levels)}
    return Entry(id=f"{number}-0", rows=b"\n".join(rows), n=len(rows), t0=0, t1=0, levels=by)


def read(number: int, levels: Sequence[str], fresh: Sequence[int] = ()) -> Read:
    """The same in the hands of the hub; `fresh` rows are first of a new pattern."""
    made = Read(entry(number, levels))
    made.fresh = frozenset(fresh)
    return made


class Outlet:
    """Keeps what it is handed; `waiting` is set by the test."""

    def __init__(self) -> None:
        self.waiting = 0
        self.messages: list[bytes] = []

    def write(self, message: bytes) -> None:
        self.messages.append(message)

    @property
    def frames(self) -> list[frames.ServerFrame]:
        """What it was handed, decoded."""
        return [decode_server(message) for message in self.messages]
