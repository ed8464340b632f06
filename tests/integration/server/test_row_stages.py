"""Row stages on a served hub: the same rows live, from the past and by fetch, each in the shape the query gives it."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from debugterm_protocol import frames
from debugterm_protocol.frames import Fetched

from tests.support.hub import Client, Hub, served


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as started:
        yield started


def rows(*messages: str, **more: object) -> bytes:
    return b"\n".join(msgspec.json.encode({"message": text, **more}) for text in messages)


def messages(client: Client) -> list[str]:
    return [row["message"] for row in client.all_rows()]


async def caught(client: Client) -> None:
    await client.until(lambda f: isinstance(f, frames.Caught))


async def test_context_reaches_from_the_past_into_what_is_live(hub: Hub) -> None:
    await hub.ingest(rows("a", "b"))
    await hub.ingest(rows("c"))
    async with hub.client() as client:
        await client.watch("hit | context 2 2", source="-5m")
        await caught(client)
        # A quiet second: the first rows behind it go out at once, and those before the match must go with it.
        await client.until(lambda f: isinstance(f, frames.Rate))
        await hub.ingest(rows("hit"))
        await hub.ingest(rows("d", "e", "f"))
        await client.rows(5)
        await hub.ingest(rows("hit"))
        await client.rows(7)

    assert messages(client) == ["b", "c", "hit", "d", "e", "f", "hit"]


async def test_a_match_right_before_the_place_of_a_watch_has_its_context_behind_it(hub: Hub) -> None:
    await hub.ingest(rows("hit", "a"))
    async with hub.client() as client:
        await client.watch("hit | context 0 2")
        await caught(client)
        await hub.ingest(rows("b", "c"))
        await hub.ingest(rows("hit"))
        await client.rows(2)

    assert messages(client) == ["b", "hit"]


async def test_extracted_fields_are_seen_by_later_stages_and_sent(hub: Hub) -> None:
    query = 'took | extract "took (?P<ms>\\d+)" | where ms>50 | fields ms'
    await hub.ingest(rows("took 7", "took 70"))
    async with hub.client() as client, hub.client("viewer") as late:
        await client.watch(query, source="-5m")
        await client.rows(1)
        await hub.ingest(rows("took 99 or so"))
        await client.rows(2)
        await late.watch(query, source="-5m", newest=1)
        await late.rows(1)

    assert [set(row) - {"id", "entry", "ts"} for row in client.all_rows()] == [{"attrs"}, {"attrs"}]
    assert [row["attrs"] for row in client.all_rows()] == [{"ms": "70"}, {"ms": "99"}]
    assert [row["attrs"] for row in late.all_rows()] == [{"ms": "99"}]


async def test_only_the_first_of_equal_rows_comes(hub: Hub) -> None:
    await hub.ingest(rows("a", "b", "a"))
    async with hub.client() as client:
        await client.watch("* | dedup message", source="-5m")
        await client.rows(2)
        await hub.ingest(rows("a", "b", "c"))
        await client.rows(3)

    assert messages(client) == ["a", "b", "c"]


async def test_rows_that_nobody_was_shown_are_no_reason_to_leave_a_row_out(hub: Hub) -> None:
    await hub.ingest(rows("a", "b"))
    async with hub.client() as client:
        await client.watch("* | dedup message")
        await caught(client)
        await hub.ingest(rows("a", "b", "c", "a"))
        await client.rows(3)

    assert messages(client) == ["a", "b", "c"]


async def test_a_trace_is_followed_behind_its_match(hub: Hub) -> None:
    async with hub.client() as client:
        await client.watch("hit | trace")
        await caught(client)
        await hub.ingest(rows("before", trace_id="t") + b"\n" + rows("hit", trace_id="t"))
        await hub.ingest(rows("other", trace_id="u") + b"\n" + rows("after", trace_id="t"))
        await client.rows(2)

    assert messages(client) == ["hit", "after"]


async def test_the_newest_rows_and_fetched_rows_pass_the_stages_too(hub: Hub) -> None:
    for n in range(5):
        await hub.ingest(rows(f"x{n}", f"hit{n}", f"y{n}"))
    async with hub.client() as client:
        ch = await client.watch("hit | context 1 0 | hide host", source="-5m", newest=4)
        found = await client.rows(4)
        await client.send(frames.Fetch(id="f", ch=ch, start="1-0-0", end=found[0]["id"]))
        await client.until(lambda f: isinstance(f, Fetched) and f.done)
        fetched = [f for f in client.seen if isinstance(f, Fetched)]

    assert [row["message"] for row in found] == ["x3", "hit3", "x4", "hit4"]
    assert not any("host" in row for row in found)
    groups = [group for frame in reversed(fetched) for group in frame.b]
    assert [msgspec.json.decode(row)["message"] for group in groups for row in group.rows][:2] == [
        "x0",
        "hit0",
    ]


async def test_a_query_that_costs_too_much_is_suspended_with_a_notice_and_nobody_else_is(hub: Hub) -> None:
    dear = " ".join(f'-message~"[{a}-z][0-9]+[{b}]$"' for a in "abcdefg" for b in "stuvwxyz")
    lines = b"\n".join(
        rows("the quick brown fox jumps over the lazy dog, 17 times a day") for _ in range(1_000)
    )
    async with hub.client() as client, hub.client("viewer") as other:
        await client.watch(dear)
        await caught(client)
        await other.watch("fox")
        await caught(other)
        for _ in range(7):
            await hub.ingest(lines)
        notice = await client.until(lambda f: isinstance(f, frames.Err))
        await other.rows(7_000)
        await other.watch(dear)
        again = await other.until(lambda f: isinstance(f, frames.Err))

    assert isinstance(notice, frames.Err)
    assert notice.p.code == "LIMIT"
    assert "us a row, 20 are allowed" in notice.p.why
    assert notice == again


async def test_a_pattern_that_finds_half_a_character_harms_nobody(hub: Hub) -> None:
    async with hub.client() as client, hub.client("viewer") as other:
        await client.watch('* | extract "(?P<half>\\C)$"')
        await caught(client)
        await other.watch("")
        await caught(other)
        await hub.ingest(rows("ol\u00e9"))
        await other.rows(1)
        (row,) = await client.rows(1)

    assert row["attrs"] == {"half": "\ufffd"}


async def test_a_fault_in_one_query_stops_that_query_alone(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("debugterm_server.rooms.hub.tables.LiveTable.take", fault)
    async with hub.client() as client, hub.client("viewer") as other:
        await client.watch("* | stats count")
        await caught(client)
        await other.watch("")
        await caught(other)
        await hub.ingest(rows("a"))
        await hub.ingest(rows("b"))
        await other.rows(2)
        err = await client.until(lambda f: isinstance(f, frames.Err))

    assert isinstance(err, frames.Err)
    assert err.p.code == "INTERNAL"
    assert messages(other) == ["a", "b"]


async def test_nasty_rows_pass_every_kind_of_live_query(hub: Hub) -> None:
    nasty = [
        10**4000,
        -(10**30),
        1e308,
        "9" * 3000,
        True,
        [[1], {"x": "\u2028"}],
        {"x": None},
        "\u00e9",
        "",
        -0.0,
    ]
    queries = [
        "* | stats p99(n), uniq(n), first(n), sum(n), avg(n), max(n) by n",
        '* | extract "(?P<a>\\C)(?P<b>)" | stats count by a, b',
        "* | timechart 1s avg(n) by n",
        "* | top 1000 n",
        "* | patterns 5",
        "* | dedup n, tags | fields n, tags.x",
        "n>1 | context 1 | hide tags",
        "n:9* OR n:=-0.0 OR n~9 OR -n:1e308 | trace",
    ]
    async with hub.client() as client:
        for query in queries:
            await client.watch(query)
        ch = await client.watch("")
        await hub.ingest(b"\n".join(rows("\U0001f600 x", n=n, tags={"x": n}) for n in nasty))
        await client.until(lambda f: isinstance(f, frames.Rows) and f.ch == ch)
        for _ in range(2 * (len(queries) + 1)):
            await client.until(lambda f: isinstance(f, frames.Rate))

    assert [frame for frame in client.seen if isinstance(frame, frames.Err)] == []
