"""A live table: made in turns when it is large, told when it is whole, counted back unless that would be wrong or dear."""

import asyncio
from typing import Any

import msgspec
import pytest
from debugterm_protocol import limits
from debugterm_protocol.offsets import Offset
from debugterm_protocol.query import parse
from debugterm_protocol.query.tables import Result
from debugterm_protocol.views import Table
from debugterm_server.bus.entries import Entry, Slice
from debugterm_server.core import matcher
from debugterm_server.rooms.hub import tables
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.census import Census
from debugterm_server.rooms.hub.tables import LiveTable, fitted
from debugterm_server.rooms.hub.viewer import Viewer

from tests.unit.server.rooms.hub.stage import Outlet

NOON = 1_795_435_200


class Stream:
    async def before(self, env: str, end: str, start: str, *, count: int) -> Slice:
        raise AssertionError((env, end, start, count))

    async def trimmed(self, env: str) -> str:
        raise AssertionError(env)


class Stage:
    """A table and the viewer it is told to."""

    def __init__(self, query: str) -> None:
        self.census = Census("x", Stream(), top=lambda: ((NOON - 1) * 1000, 0), clock=lambda: NOON + 5.0)
        asked = parse(query)
        self.outlet = Outlet()
        self.viewer = Viewer(self.outlet, ch="c", at=Offset(0, 0, 0), wrap=bytes)
        self.table = LiveTable("c", asked, matcher.compile(asked), census=self.census, wrap=bytes)
        self.table.begin({self.viewer})

    def read(self, second: int, *rows: dict[str, Any]) -> Read:
        data = b"\n".join(msgspec.json.encode({"ts": "x", "level": "info", **row}) for row in rows)
        return Read(Entry(f"{second * 1000}-0", data, n=len(rows), t0=0, t1=0, levels={"info": len(rows)}))

    def take(self, second: int, *rows: dict[str, Any]) -> None:
        self.table.take(self.read(second, *rows), range(len(rows)))

    @property
    def told(self) -> list[list[list[Any]]]:
        return [frame.rows for frame in self.outlet.frames if isinstance(frame, Table)]


async def test_a_large_table_is_made_in_turns_of_the_loop_and_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tables, "TURN_SECONDS", -1)
    stage = Stage("* | stats count by service")
    stage.take(NOON, *({"service": f"s{n}"} for n in range(50)))
    stage.table.second(NOON + 1)
    assert stage.told == []

    stage.take(NOON + 1, {"service": "s0"})
    stage.table.take_past(stage.read(NOON - 5, {"service": "s40"}))
    stage.table.reached(NOON - 10)
    stage.table.second(NOON + 2)
    for _ in range(60):
        await asyncio.sleep(0)
    assert [len(rows) for rows in stage.told] == [50]
    assert {n for _, n in stage.told[0]} == {1}

    stage.table.second(NOON + 2)
    for _ in range(60):
        await asyncio.sleep(0)
    assert stage.told[1][:3] == [["s0", 2], ["s40", 2], ["s1", 1]]


async def test_rows_pass_the_stages_before_the_table() -> None:
    stage = Stage('* | extract "took (?P<ms>\\d+)" | where ms>10 | stats count, max(ms)')
    stage.take(NOON, {"message": "took 7"}, {"message": "took 70"}, {"message": "took 12"})
    stage.table.second(NOON + 1)

    assert stage.told == [[[2, 70]]]


async def test_the_past_is_wanted_back_to_the_window_unless_it_cannot_be_counted_backwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tables, "PAST_GROUPS", 1)
    stage = Stage("* | stats count by service over 60s")
    assert stage.table.back_to() == NOON + 5 - 60
    stage.take(NOON, {"service": "a"}, {"service": "b"})
    stage.table.second(NOON + 1)
    assert stage.table.back_to() is None

    assert len(stage.census.recount._jobs) == 1
    assert len(Stage("* | dedup host | stats count").census.recount._jobs) == 0
    stage.table.close()
    assert len(stage.census.recount._jobs) == 0


async def test_a_table_that_begins_anew_forgets_what_it_counted() -> None:
    stage = Stage("* | stats count")
    stage.take(NOON, {})
    stage.table.begin({stage.viewer})
    stage.table.second(NOON + 1)

    assert stage.told == [[[0]]]


def test_a_table_is_cut_to_one_frame() -> None:
    rows: list[list[Any]] = [[f"{n}" * 200, n] for n in range(1000)]
    table = fitted("c", Result(["a", "n"], rows, 5000), since=NOON)

    assert 100 < len(table.rows) < 1000
    assert table.groups == 5000
    assert len(msgspec.json.encode(table)) <= limits.FRAME_OUT_BYTES
