"""Queries written to hurt the hub: refused with a column, or bounded; whoever else watches notices nothing.

Row 34 of the threat model. In Python's own `re` the first pattern takes half a minute on a line of 29 letters.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from debugterm_protocol import frames, limits

from tests.support.hub import Client, Hub, served

QUADRATIC = r'message~"(a+)+$"'


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as started:
        yield started


async def answer(client: Client, query: str) -> frames.Ok | frames.Err:
    await client.send(frames.Watch(id=f"q{len(client.seen)}", query=query))
    found = await client.until(lambda f: isinstance(f, frames.Ok | frames.Err))
    assert isinstance(found, frames.Ok | frames.Err)
    return found


async def test_a_pattern_that_hangs_other_engines_costs_the_neighbours_nothing(hub: Hub) -> None:
    async with hub.client() as attacker, hub.client("viewer") as neighbour:
        _ = await attacker.watch(QUADRATIC)
        _ = await neighbour.watch("ordinary")
        lines = b"\n".join([b"a" * 30_000 + b"!"] * 15)
        async with asyncio.timeout(10):
            await hub.ingest(lines + b"\nordinary line\n" + lines)
            [row] = await neighbour.rows(1)

    assert row["message"] == "ordinary line"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('message~"' + "a" * (limits.REGEX_BYTES + 1) + '"', "BAD_QUERY"),
        ('message~"((a{1000}){1000}){1000}"', "BAD_QUERY"),
        ('message~"(?=a)"', "BAD_QUERY"),
        ('message~"("', "BAD_QUERY"),
        (r'message~"(a)\\1"', "BAD_QUERY"),
        ("a" * (limits.QUERY_BYTES + 1), "BAD_QUERY"),
        (" ".join(["a"] * (limits.QUERY_TERMS + 1)), "BAD_QUERY"),
        ("(" * 4_000, "BAD_QUERY"),
        ("!" * 4_000 + "a", "BAD_QUERY"),
        ("-" * 4_000 + "a", None),
        ("a" + " | where b" * (limits.QUERY_STAGES + 1), "BAD_QUERY"),
        ("level:error\x00", "BAD_QUERY"),
        ("\u202elevel:error", None),
        ("service:" + "*a" * 1_000, None),
    ],
)
async def test_a_query_without_bounds_is_refused_with_its_column_and_the_old_one_goes_on(
    hub: Hub, query: str, code: str | None
) -> None:
    async with hub.client() as client:
        ch = await client.watch("ordinary")

        found = await answer(client, query)

        if isinstance(found, frames.Err):
            assert found.p.code == code
            assert found.p.column is not None
            assert found.p.why
        else:
            assert code is None
        await hub.ingest(b"an ordinary line")
        await client.rows(1)
        assert any(isinstance(frame, frames.Rows) and frame.ch == ch for frame in client.seen)


async def test_a_thousand_watches_of_one_connection_are_refused_beyond_the_limit(hub: Hub) -> None:
    async with hub.client() as client:
        answers = [await answer(client, f"n{n}") for n in range(200)]

        refused = [one for one in answers if isinstance(one, frames.Err)]
        assert len(answers) - len(refused) == limits.WATCHES
        assert {one.p.code for one in refused} == {"LIMIT"}
        assert refused[0].p.fix == "unwatch one first"


async def test_a_frame_of_a_megabyte_ends_the_connection_and_no_other(hub: Hub) -> None:
    async with hub.client("viewer") as neighbour, hub.client() as client:
        await client.ws.send_str('{"t":"watch","id":"w","query":"' + "a" * 1_000_000 + '"}')

        message = await client.ws.receive()
        while message.type.name == "TEXT":
            message = await client.ws.receive()

        assert client.ws.close_code == 1009
        await neighbour.send(frames.Ping(ts="1"))
        await neighbour.until(lambda f: isinstance(f, frames.Pong))
