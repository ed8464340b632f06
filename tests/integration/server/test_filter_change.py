"""Another query while rows flow: one step, no row of the old one after it, none missing; and how many watches."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest
from debugterm_protocol import frames, limits
from debugterm_protocol.frames import Place, ServerFrame
from debugterm_protocol.views import Watched

from tests.support.hub import Client, Hub, served


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as started:
        yield started


def numbered(start: int, end: int) -> bytes:
    return b"\n".join(
        b'{"level":"%b","message":"row %d","n":%d}' % (b"error" if n % 2 else b"info", n, n)
        for n in range(start, end)
    )


async def asked(client: Client, ident: str, **more: object) -> frames.Ok | frames.Err:
    """The answer to a watch."""
    await client.send(frames.Watch(id=ident, **more))  # type: ignore[arg-type]  # whatever the test asks
    answer = await client.until(lambda f: isinstance(f, frames.Ok | frames.Err) and f.id == ident)
    assert isinstance(answer, frames.Ok | frames.Err)
    return answer


def taken(answer: frames.Ok | frames.Err) -> Watched:
    assert isinstance(answer, frames.Ok), answer
    return msgspec.json.decode(answer.p, type=Watched)


def numbers(seen: Sequence[ServerFrame], ch: str) -> list[int]:
    return [
        msgspec.json.decode(row)["attrs"]["n"]
        for frame in seen
        if isinstance(frame, frames.Rows) and frame.ch == ch
        for group in frame.b
        for row in group.rows
    ]


async def test_no_row_of_the_old_query_comes_after_the_ok_and_none_of_the_new_one_is_missing(
    hub: Hub,
) -> None:
    async with hub.client() as client:
        old = taken(await asked(client, "a", query=""))

        async def write() -> None:
            for n in range(0, 2_000, 10):
                await hub.ingest(numbered(n, n + 10))

        writing = asyncio.get_running_loop().create_task(write())
        await client.rows(200)
        new = taken(await asked(client, "b", query="level:error", replaces=old.ch))
        switch = len(client.seen)
        await writing
        await client.until(lambda f: isinstance(f, frames.Rows) and 1_999 in numbers([f], new.ch), seconds=20)

    before, after = client.seen[:switch], client.seen[switch:]
    kept = numbers(before, old.ch)
    assert numbers(after, old.ch) == []
    assert kept == list(range(len(kept)))
    assert numbers(after, new.ch) == list(range(len(kept) + 1 - len(kept) % 2, 2_000, 2))


async def test_the_new_query_is_filled_with_its_newest_rows_and_says_how_far_it_looked(hub: Hub) -> None:
    for start in range(0, 3_000, 1_000):
        await hub.ingest(numbered(start, start + 1_000))
    async with hub.client() as client:
        old = taken(await asked(client, "a", query="level:info"))
        new = taken(await asked(client, "b", query="level:error", source="-15m", newest=600, replaces=old.ch))
        caught = await client.until(lambda f: isinstance(f, frames.Caught) and f.ch == new.ch)
        first = client.all_rows()[0]["id"]

    assert isinstance(caught, frames.Caught)
    assert (caught.more, caught.back_to) == (True, first)
    assert numbers(client.seen, new.ch) == list(range(1_801, 3_000, 2))


async def test_a_search_back_that_saw_everything_says_so(hub: Hub) -> None:
    await hub.ingest(numbered(0, 100))
    async with hub.client() as client:
        await asked(client, "a", query="level:error", source="-15m", newest=600)
        caught = await client.until(lambda f: isinstance(f, frames.Caught))

    assert isinstance(caught, frames.Caught)
    assert not caught.more
    assert caught.back_to < client.all_rows()[0]["id"]


@pytest.mark.parametrize("bad", [{"query": "level:"}, {"query": "x", "source": Place("e", "wrong")}])
async def test_a_bad_query_is_refused_and_the_one_it_should_replace_goes_on(
    hub: Hub, bad: dict[str, object]
) -> None:
    async with hub.client() as client:
        old = taken(await asked(client, "a", query="level:error"))
        refused = await asked(client, "b", replaces=old.ch, **bad)
        await hub.ingest(numbered(0, 4))
        await client.rows(2)

    assert isinstance(refused, frames.Err)
    assert numbers(client.seen, old.ch) == [1, 3]


async def test_a_watch_may_replace_itself_and_then_each_row_still_comes_once(hub: Hub) -> None:
    async with hub.client() as client:
        old = taken(await asked(client, "a", query=""))
        await hub.ingest(numbered(0, 3))
        await client.rows(3)
        new = taken(await asked(client, "b", query="", replaces=old.ch))
        await hub.ingest(numbered(3, 6))
        await client.rows(6)

    assert new.ch == old.ch
    assert numbers(client.seen, new.ch) == [0, 1, 2, 3, 4, 5]


async def test_a_connection_has_50_watches_and_may_change_each_of_them(hub: Hub) -> None:
    async with hub.client() as client:
        ok = [taken(await asked(client, f"w{n}", query=f"n:{n}")) for n in range(limits.WATCHES)]
        one_more = await asked(client, "more", query="n:51")
        changed = await asked(client, "changed", query="n:51", replaces=ok[0].ch)
        again = await asked(client, "again", query="n:1")

    assert isinstance(one_more, frames.Err)
    assert one_more.p.code == "LIMIT"
    assert isinstance(changed, frames.Ok)
    assert isinstance(again, frames.Ok)


async def test_a_thousand_watches_on_one_socket_are_refused_with_a_reason_and_stall_nobody(hub: Hub) -> None:
    async with hub.client() as client, hub.client("viewer") as other:
        await asked(other, "w", query="")
        for n in range(1_000):
            await client.send(frames.Watch(id=f"w{n}", query=f"n:{n}"))
        await hub.ingest(numbered(0, 1))
        await other.rows(1)
        while sum(isinstance(f, frames.Ok | frames.Err) for f in client.seen) < 1_000:
            await client.read()

    answers = [f for f in client.seen if isinstance(f, frames.Ok | frames.Err)]
    codes = {f.p.code for f in answers if isinstance(f, frames.Err)}
    assert sum(isinstance(f, frames.Ok) for f in answers) <= limits.WATCHES
    assert codes <= {"LIMIT", "RATE"}
    assert all(f.p.why for f in answers if isinstance(f, frames.Err))


async def test_an_acknowledgement_of_what_was_never_sent_is_refused(hub: Hub) -> None:
    async with hub.client() as client:
        ch = taken(await asked(client, "a", query="")).ch
        await hub.ingest(numbered(0, 1))
        await client.rows(1)
        await client.send(frames.Ack(ch=ch, o="99999999999999-0-0"))
        refused = await client.until(lambda f: isinstance(f, frames.Err))

    assert isinstance(refused, frames.Err)
    assert refused.p.code == "BAD_OFFSET"
    assert "never sent" in refused.p.why
