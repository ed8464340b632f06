"""Older rows on request: those of a gap, those before the screen, and what is said when they are gone."""

from collections.abc import AsyncIterator

import pytest
from debugterm_protocol import frames
from debugterm_server.bus.streams import key
from redis import asyncio as aioredis

from tests.support.hub import Client, Hub, served


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as started:
        yield started


def numbered(start: int, end: int, *, level: str = "info") -> bytes:
    return b"\n".join(
        b'{"level":"%b","message":"row %d","n":%d}' % (level.encode(), n, n) for n in range(start, end)
    )


async def fetched(client: Client, ch: str, start: str, end: str) -> list[frames.Fetched]:
    """All frames of one fetch."""
    before = len(client.seen)
    await client.send(frames.Fetch(id=f"f{before}", ch=ch, start=start, end=end))
    await client.until(lambda f: isinstance(f, frames.Fetched) and f.done)
    return [f for f in client.seen[before:] if isinstance(f, frames.Fetched)]


def ids(frame: frames.Fetched) -> list[str]:
    return [f"{group.e}-{index}" for group in frame.b for index in group.i]


def in_order(frames_: list[frames.Fetched]) -> list[str]:
    """All rows of a fetch: the last frame has the oldest."""
    return [one for frame in frames_[::-1] for one in ids(frame)]


async def shown(hub: Hub, client: Client, count: int, query: str = "") -> tuple[str, list[str]]:
    """A watch that has shown everything, and the ids of its rows."""
    ch = await client.watch(query, source="-15m")
    rows = await client.rows(count)
    await client.until(lambda f: isinstance(f, frames.Caught))
    return ch, [row["id"] for row in rows]


async def test_a_gap_is_filled_with_both_its_ends_and_only_what_the_query_asks_for(hub: Hub) -> None:
    await hub.ingest(numbered(0, 100) + b"\n" + numbered(100, 120, level="error"))
    await hub.ingest(numbered(120, 200, level="error"))
    async with hub.client() as client:
        ch, there = await shown(hub, client, 100, "level:error")
        frames_ = await fetched(client, ch, there[10], there[90])

    assert in_order(frames_) == there[10:91]
    assert frames_[-1].back_to == ""


async def test_going_back_brings_the_newest_rows_first_and_says_where_to_go_on(hub: Hub) -> None:
    for start in range(0, 4_000, 400):
        await hub.ingest(numbered(start, start + 400))
    async with hub.client() as client:
        ch, there = await shown(hub, client, 4_000)
        first = await fetched(client, ch, there[0], there[-1])
        second = await fetched(client, ch, there[0], first[-1].back_to)

    assert in_order(first) == there[3_000:]
    assert in_order(second) == there[2_001:3_001]
    assert all(ids(frame) == sorted(ids(frame), key=there.index) for frame in first + second)


async def test_a_fetch_over_a_range_that_retention_took_says_so_and_brings_the_rest(hub: Hub) -> None:
    for start in range(0, 30, 10):
        await hub.ingest(numbered(start, start + 10))
    async with hub.client() as client:
        ch, there = await shown(hub, client, 30)
        redis = aioredis.Redis.from_url(hub.place.redis_url)
        gone = there[9].rpartition("-")[0]
        await redis.hset(key("development", "meta"), "trim_id", gone)
        await redis.xdel(key("development", "log"), gone)
        await redis.aclose()
        frames_ = await fetched(client, ch, there[0], there[-1])
        gap = next(f for f in client.seen if isinstance(f, frames.Gap))

    assert (gap.why, gap.n, gap.start) == ("retention", None, there[0])
    assert in_order(frames_) == there[10:]
    assert frames_[-1].back_to == ""


async def test_a_second_fetch_is_refused_while_one_runs(hub: Hub) -> None:
    for start in range(0, 20_000, 1_000):
        await hub.ingest(numbered(start, start + 1_000))
    async with hub.client() as client:
        ch = await client.watch("level:error")
        await client.until(lambda f: isinstance(f, frames.Caught))
        for name in ("one", "two"):
            await client.send(frames.Fetch(id=name, ch=ch, start="0-0-0", end="99999999999999-0-0"))
        refused = await client.until(lambda f: isinstance(f, frames.Err))
        done = await client.until(lambda f: isinstance(f, frames.Fetched) and f.done)

    assert isinstance(refused, frames.Err)
    assert (refused.id, refused.p.code) == ("two", "RATE")
    assert isinstance(done, frames.Fetched)
    assert done.id == "one"


@pytest.mark.parametrize(
    ("ch", "start", "end", "code"),
    [
        ("log:development:0000000000", "1-0-0", "2-0-0", "NOT_FOUND"),
        ("met:development", "1-0-0", "2-0-0", "NOT_FOUND"),
        ("", "yesterday", "2-0-0", "BAD_OFFSET"),
        ("", "1-0-0", "-1", "BAD_OFFSET"),
        ("", "2-0-0", "1-0-0", "BAD_OFFSET"),
    ],
)
async def test_a_fetch_that_means_nothing_is_refused(
    hub: Hub, ch: str, start: str, end: str, code: str
) -> None:
    async with hub.client() as client:
        own = await client.watch("")
        await client.watch(kind="met")
        await client.send(frames.Fetch(id="f", ch=ch or own, start=start, end=end))
        answer = await client.until(lambda f: isinstance(f, frames.Err))

    assert isinstance(answer, frames.Err)
    assert (answer.id, answer.p.code) == ("f", code)


async def test_a_fetch_is_written_into_the_audit_log(hub: Hub) -> None:
    await hub.ingest(numbered(0, 5))
    async with hub.client() as client:
        ch, there = await shown(hub, client, 5)
        await fetched(client, ch, there[0], there[-1])
    token = await hub.token("auditor")
    text = ""
    while "query.fetched" not in text:
        async with hub.http.get(
            f"{hub.url}/v1/audit", headers={"Authorization": f"Bearer {token}"}
        ) as answer:
            text = await answer.text()
