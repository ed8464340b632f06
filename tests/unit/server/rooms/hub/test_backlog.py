"""Catching up from memory: everything in order, a few entries a turn of the loop, nothing kept decoded."""

import asyncio
import re
from collections.abc import Sequence

from debugterm_protocol.offsets import Offset, parse
from debugterm_protocol.query import parse as parse_query
from debugterm_server.bus.entries import Entry, Slice
from debugterm_server.core import matcher
from debugterm_server.rooms.hub.backlog import Past
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.viewer import Viewer


def _entry(number: int) -> Entry:
    return Entry(id=f"{number}-0", rows=b'{"ts":"x","level":"info"}', n=1, t0=0, t1=0, levels={"info": 1})


class Live:
    """A reader with some entries in memory; `grow` is what arrives while a viewer catches up."""

    env = "development"
    epoch = "e"

    def __init__(self, count: int) -> None:
        self.reads: list[Read] = []
        for number in range(1, count + 1):
            self.add(number)

    def add(self, number: int) -> None:
        self.reads.append(Read(_entry(number)))
        self.top = self.reads[-1].entry.id

    def recent(self, after: Offset) -> Sequence[Read] | None:
        return [read for read in self.reads if read.offset(0) > after]


class Nothing:
    """A stream that is never asked for entries."""

    async def after(self, env: str, start: str, end: str, *, count: int) -> Slice:
        raise AssertionError((env, start, end, count))

    async def before(self, env: str, end: str, start: str, *, count: int) -> Slice:
        raise AssertionError((env, start, end, count))

    async def trimmed(self, env: str) -> str:
        return "0-0" if env else ""


class Outlet:
    """Keeps what it is handed with the turn of the loop in which that was."""

    def __init__(self) -> None:
        self.turn = 0
        self.got: list[tuple[int, bytes]] = []
        self.waiting = 0

    def write(self, message: bytes) -> None:
        self.got.append((self.turn, message))

    async def count(self) -> None:
        while True:
            self.turn += 1
            await asyncio.sleep(0)


async def _replayed(live: Live, outlet: Outlet, query: str = "") -> Viewer:
    viewer = Viewer(outlet, ch="log:x", at=Offset(0, 0, 0), wrap=bytes)
    asked = parse_query(query)
    past = Past(Nothing(), live, viewer, asked, matcher=matcher.compile(asked), epoch="e", wrap=bytes)
    async with asyncio.TaskGroup() as group:
        counting = group.create_task(outlet.count())
        await past.replay()
        counting.cancel()
    return viewer


async def test_entries_in_memory_are_sent_a_few_a_turn_of_the_loop() -> None:
    outlet = Outlet()

    await _replayed(Live(9), outlet)

    assert [message.count(b'{"e":"') for _, message in outlet.got] == [4, 4, 1]
    assert len({turn for turn, _ in outlet.got}) == 3


async def test_what_arrives_while_a_viewer_catches_up_is_sent_before_it_joins() -> None:
    live, outlet = Live(5), Outlet()
    asyncio.get_running_loop().call_soon(live.add, 6)

    viewer = await _replayed(live, outlet)

    sent = b"".join(message for _, message in outlet.got)
    assert re.findall(rb'"e":"(\d)-0"', sent) == [b"1", b"2", b"3", b"4", b"5", b"6"]
    assert viewer.at == parse("6-0")


async def test_decoded_rows_are_let_go_when_they_were_sent() -> None:
    live = Live(3)

    await _replayed(live, Outlet(), "level:info")

    assert [read for read in live.reads if "rows" in vars(read)] == []
