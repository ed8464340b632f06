"""A Redis that writes to disk once a second, as platforms sell it: a batch is acknowledged after that write, or not."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from debugterm_server.bus import connection, streams
from debugterm_server.bus.connection import BusDown, Redis
from debugterm_server.bus.entries import Batch
from debugterm_server.bus.streams import Streams

from tests.support.valkey import redis_server

ROW = Batch(
    rows=b'{"ts":"2026-11-23T00:00:00.000000Z"}', n=1, t0=5, t1=9, levels={"info": 1}, key="k", src=""
)


@pytest.fixture
async def redis() -> AsyncIterator[Redis]:
    with redis_server() as server:
        client = connection.connect(server.url)
        await client.config_set("appendonly", "yes")
        yield client
        await client.aclose()


async def on(redis: Redis, *, fsync: str) -> Streams:
    await redis.config_set("appendfsync", fsync)
    promise = await connection.wait_ready(redis, seconds=10)
    assert promise.durability == "waitaof"
    return Streams(redis, secret=b"k" * 32, promise=promise)


async def test_what_redis_did_not_write_in_time_is_not_acknowledged(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "FSYNC_MS", 200)
    stream = await on(redis, fsync="no")

    with pytest.raises(BusDown, match="did not write to disk"):
        await stream.publish("prod", logs=[ROW], metrics=[], marker=None)


async def test_of_many_at_once_none_is_acknowledged_either(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "FSYNC_MS", 200)
    stream = await on(redis, fsync="no")

    ends = await asyncio.gather(
        *(stream.publish("prod", logs=[ROW], metrics=[], marker=None) for _ in range(40)),
        return_exceptions=True,
    )

    assert [end for end in ends if not isinstance(end, BusDown)] == []


async def test_a_batch_is_acknowledged_when_the_second_is_over(redis: Redis) -> None:
    stream = await on(redis, fsync="everysec")
    begun = time.monotonic()

    published = await stream.publish("prod", logs=[ROW], metrics=[], marker=None)

    assert published.outcome == "new"
    assert time.monotonic() - begun < 4
