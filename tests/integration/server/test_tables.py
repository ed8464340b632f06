"""Live tables on a served hub: counted from before the watch on, told whole each second, the same to everybody."""

from collections.abc import AsyncIterator, Callable

import msgspec
import pytest
from debugterm_protocol import frames, limits
from debugterm_protocol.frames import ServerFrame
from debugterm_protocol.views import Cell, Table, Watched

from tests.support.hub import Client, Hub, served


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as started:
        yield started


def rows(n: int, service: str = "api", **attrs: object) -> bytes:
    return b"\n".join(
        msgspec.json.encode({"level": "info", "service": service, "message": f"row {i}", "ms": i, **attrs})
        for i in range(n)
    )


async def table(client: Client, wanted: Callable[[list[list[Cell]]], bool]) -> Table:
    def is_wanted(frame: ServerFrame) -> bool:
        return isinstance(frame, Table) and wanted(frame.rows)

    found = await client.until(is_wanted)
    assert isinstance(found, Table)
    return found


async def test_a_table_counts_what_came_before_the_watch_and_what_comes(hub: Hub) -> None:
    await hub.ingest(rows(10) + b"\n" + rows(3, "pay"))
    async with hub.client() as client:
        await client.send(frames.Watch(id="w", query="* | stats count, max(ms) by service"))
        ok = await client.until(lambda f: isinstance(f, frames.Ok))
        assert isinstance(ok, frames.Ok)
        answer = msgspec.json.decode(ok.p, type=Watched)
        first = await table(client, lambda found: found == [["api", 10, 9], ["pay", 3, 2]])
        await hub.ingest(rows(5, "pay"))
        second = await table(client, lambda found: found == [["api", 10, 9], ["pay", 8, 4]])

    assert (answer.kind, answer.query) == ("table", "* | stats count, max(ms) by service")
    assert (first.ch, first.columns, first.groups) == (answer.ch, ["service", "count", "max(ms)"], 2)
    assert second.since >= first.since
    assert not any(isinstance(frame, frames.Rows) for frame in client.seen)


async def test_what_stands_behind_a_table_works_on_it_each_second(hub: Hub) -> None:
    async with hub.client() as client:
        await client.watch(
            '* | extract "row (?P<number>\\d+)" | where number>1 | top 5 number | sort number | limit 2'
        )
        await hub.ingest(rows(6) + b"\n" + rows(4))
        found = await table(client, lambda found: len(found) == 2)

    assert found.rows == [[2, 2], [3, 2]]
    assert found.groups == 4


async def test_everybody_who_watches_a_table_gets_the_same_and_the_next_one_sees_it_at_once(hub: Hub) -> None:
    query = "* | rate 60s"
    async with hub.client() as ana, hub.client("viewer") as bo:
        await ana.watch(query)
        await hub.ingest(rows(120))
        first = await table(ana, lambda found: found == [[2.0]])
        await bo.watch(query)
        second = await table(bo, lambda found: found == [[2.0]])

    assert first.ch == second.ch


async def test_a_chart_and_templates_are_tables_too(hub: Hub) -> None:
    async with hub.client() as client:
        chart = await client.watch("* | timechart 60s count by service")
        await client.watch("* | patterns 3")
        await hub.ingest(rows(7))
        charted = await client.until(
            lambda f: isinstance(f, Table) and f.ch == chart and any(row[-1] == 7 for row in f.rows)
        )
        await table(client, lambda found: [row[1:] for row in found] == [["info", 7]])

    assert isinstance(charted, Table)
    assert charted.columns == ["time", "api"]
    assert len(charted.rows) in (30, 31)


async def test_a_hub_with_no_row_says_so(hub: Hub) -> None:
    async with hub.client() as client:
        await client.watch("level:fatal | stats count")
        assert (await table(client, bool)).rows == [[0]]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("* | sort ms", "'| sort' on rows needs an end"),
        ("to:18:30 pool", "a live watch has no end, and this time has one"),
        ("last:1h | stats count", "a live table looks back over its own window"),
        ("from:2090-01-01", "begins in the future"),
        ("* | patterns 5 vs last:1h", "'| patterns .. vs' looks at another time"),
        ("* | trace | stats count", "rows around a match are not counted live"),
    ],
)
async def test_what_needs_an_end_is_refused_live_with_a_reason(hub: Hub, query: str, why: str) -> None:
    async with hub.client() as client:
        await client.send(frames.Watch(id="w", query=query))
        err = await client.until(lambda f: isinstance(f, frames.Err | frames.Ok))

    assert isinstance(err, frames.Err), err
    assert err.p.code == "BAD_QUERY"
    assert why in err.p.why


async def test_a_table_has_no_rows_to_fetch(hub: Hub) -> None:
    async with hub.client() as client:
        ch = await client.watch("* | stats count")
        await client.send(frames.Fetch(id="f", ch=ch, start="1-0-0", end="2-0-0"))
        err = await client.until(lambda f: isinstance(f, frames.Err))

    assert isinstance(err, frames.Err)
    assert err.p.code == "NOT_FOUND"


async def test_what_all_queries_of_a_hub_remember_and_cost_is_bounded(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STATEFUL_QUERIES", 2)
    monkeypatch.setattr(limits, "QUERIES", 3)
    answers = []
    async with hub.client() as client, hub.client("viewer") as other:
        for query in (
            "* | stats count",
            "* | dedup host",
            "* | rate 5s",
            "pool",
            "timeout",
            "* | stats count",
        ):
            who = other if query == "* | rate 5s" else client
            await who.send(frames.Watch(id=query, query=query))
            answer = await who.until(lambda f: isinstance(f, frames.Ok | frames.Err))
            answers.append(answer.p.code if isinstance(answer, frames.Err) else "ok")
            if answers[-1] == "ok":
                await who.until(lambda f: isinstance(f, frames.Caught))

    assert answers == ["ok", "ok", "LIMIT", "ok", "LIMIT", "ok"]
