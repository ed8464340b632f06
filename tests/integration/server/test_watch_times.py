"""A watch whose query says since when begins there, and shares its channel with who looks from now on."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from debugterm_protocol import frames
from debugterm_protocol.frames import Place
from debugterm_protocol.views import Watched

from tests.support.hub import Client, Hub, served


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as started:
        yield started


async def watched(client: Client, query: str, **more: object) -> Watched:
    await client.send(frames.Watch(id="w", query=query, **more))  # type: ignore[arg-type]  # fields of the frame
    ok = await client.until(lambda f: isinstance(f, frames.Ok))
    assert isinstance(ok, frames.Ok)
    return msgspec.json.decode(ok.p, type=Watched)


def messages(client: Client) -> list[str]:
    return [row["message"] for row in client.all_rows()]


async def test_a_watch_begins_where_its_query_says_and_goes_on(hub: Hub) -> None:
    await hub.ingest(b"hit one\nmiss\nhit two")
    async with hub.client() as late, hub.client() as now:
        first = await watched(late, "hit last:5m")
        second = await watched(now, "hit")
        await late.rows(2)
        await hub.ingest(b"hit three")
        await late.rows(3)
        await now.rows(1)

    assert messages(late) == ["hit one", "hit two", "hit three"]
    assert messages(now) == ["hit three"]
    assert (first.ch, first.query) == (second.ch, "hit")


async def test_only_the_newest_come_when_that_is_asked(hub: Hub) -> None:
    await hub.ingest(b"hit one\nhit two\nhit three")
    async with hub.client() as client:
        await watched(client, "hit from:-1h", source="now", newest=2)
        await client.until(lambda f: isinstance(f, frames.Caught))

    assert messages(client) == ["hit two", "hit three"]


async def test_who_comes_back_goes_on_at_the_place_and_not_at_the_time(hub: Hub) -> None:
    await hub.ingest(b"hit one")
    await hub.ingest(b"hit two")
    async with hub.client() as client:
        await watched(client, "hit last:5m")
        (first, _) = await client.rows(2)
        epoch = next(frame.ep for frame in client.seen if isinstance(frame, frames.Rows))
    async with hub.client() as again:
        await watched(again, "hit last:5m", source=Place(epoch, first["id"]))
        await again.rows(1)

    assert messages(again) == ["hit two"]
