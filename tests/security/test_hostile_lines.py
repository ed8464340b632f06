"""Lines written by an attacker or a broken program, against a served hub: kept or refused in words, never a failure.

Rows 23 to 26 of the threat model. After each attack the hub still stores and shows an ordinary line.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from debugterm_protocol import frames, limits

from tests.support.hub import Hub, served


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as started:
        yield started


async def stored(hub: Hub, body: bytes, **query: str) -> list[dict[str, Any]]:
    """Every row that the hub made of a body, in order, and it still takes an ordinary one."""
    answer = await hub.ingest(body, **query)
    last = await hub.ingest(b"an ordinary line")
    async with hub.client() as client:
        _ = await client.watch("", source="-24h", newest=limits.NEWEST_ROWS)
        await client.until(lambda f: isinstance(f, frames.Caught))
        rows = client.all_rows()
    assert rows[-1]["id"] == f"{last['first']}-0"
    assert len(rows) - 1 == answer["accepted"]
    return rows[:-1]


HOSTILE_JSON = {
    "nested 100,000 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "an array 100,000 deep": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "an integer of 5,000 digits": b'{"message":"m","n":' + b"9" * 5_000 + b"}",
    "NaN": b'{"message":"m","n":NaN}',
    "an infinite number": b'{"message":"m","n":1e999}',
    "a lone surrogate": b'{"message":"\\ud800"}',
    "a NUL in the text": b'{"message":"a\\u0000b"}',
    "a raw NUL": b'{"message":"a\x00b"}',
    "overlong UTF-8": b'{"message":"\xc0\xaf"}',
    "UTF-16": '{"message":"m"}'.encode("utf-16"),
    "a key twice": b'{"message":"one","level":"info","level":"fatal"}',
    "a key of 60,000 characters": b'{"message":"m","' + b"k" * 60_000 + b'":1}',
    "5,000 keys": b'{"message":"m",' + b",".join(b'"k%d":1' % i for i in range(5_000)) + b"}",
    "our own names with other types": b'{"ts":{},"level":[1],"service":{"a":1},"host":null,"attrs":3,"message":7}',
    "our own flags": b'{"message":"m","parse_error":"no","truncated":{},"id":"1-1-1","env":"prod"}',
    "a prototype": b'{"message":"m","__proto__":{"x":1},"constructor":1}',
}


@pytest.mark.parametrize("name", HOSTILE_JSON)
async def test_a_hostile_object_becomes_one_row_of_bounded_size(hub: Hub, name: str) -> None:
    [row] = await stored(hub, HOSTILE_JSON[name])

    assert isinstance(row["message"], str)
    assert isinstance(row["attrs"], dict)
    assert row["level"] in {"trace", "debug", "info", "warn", "error", "fatal"}
    assert len(str(row)) <= 2 * limits.ROW_BYTES


async def test_an_identity_of_a_row_cannot_be_chosen_by_its_sender(hub: Hub) -> None:
    [row] = await stored(hub, b'{"message":"m","id":"9-9-9","env":"prod"}')

    assert row["id"] != "9-9-9"
    assert row.get("env") != "prod"


async def test_a_line_of_a_megabyte_is_cut_and_says_so(hub: Hub) -> None:
    first, second = await stored(hub, b"a" * (1_000_000) + b"\nthe next")

    assert first["truncated"] is True
    assert len(first["message"]) <= limits.ROW_BYTES
    assert second["message"] == "the next"


async def test_a_body_that_never_ends_is_refused_and_nothing_of_it_kept(hub: Hub) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(limits.INGEST_BODY_BYTES // 65_536 + 16):
            yield b"a" * 65_536

    async with hub.http.post(
        f"{hub.url}/v1/ingest", data=endless(), headers={"Authorization": f"Bearer {hub.key}"}
    ) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (413, "TOO_LARGE")

    assert await stored(hub, b"") == []


async def test_a_hundred_thousand_lines_of_one_byte_do_not_stop_the_loop(hub: Hub) -> None:
    async with hub.client() as client, asyncio.TaskGroup() as group:
        flood = group.create_task(hub.ingest(b"x\n" * 100_000))
        answered = 0
        while not flood.done():
            await client.send(frames.Ping(ts="now"))
            await client.until(lambda f: isinstance(f, frames.Pong))
            answered += 1

    assert flood.result()["accepted"] == 100_000
    assert answered > 20, "a viewer waits while a large body is worked on"


@pytest.mark.parametrize(
    ("ts", "kept"),
    [
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"),
        ("2999-12-31T23:59:59Z", "2999-12-31T23:59:59.000000Z"),
        ("1953-01-01T00:00:00Z", "1953-01-01T00:00:00.000000Z"),
    ],
)
async def test_an_absurd_time_is_kept_and_marked(hub: Hub, ts: str, kept: str) -> None:
    [row] = await stored(hub, f'{{"ts":"{ts}","message":"m"}}'.encode())

    assert (row["ts"], row["ts_skewed"]) == (kept, True)


async def test_a_time_of_another_zone_is_the_same_moment_in_utc(hub: Hub) -> None:
    [row] = await stored(hub, b'{"ts":"2026-11-23T20:00:00+05:30","message":"m"}')

    assert row["ts"] == "2026-11-23T14:30:00.000000Z"


@pytest.mark.parametrize("ts", ["-1", "1e400", "2016-12-31T23:59:60Z", "2026-13-45T99:99:99Z", "now", ""])
async def test_what_is_no_time_still_is_a_row(hub: Hub, ts: str) -> None:
    [row] = await stored(hub, f'{{"ts":"{ts}","message":"m"}}'.encode())

    assert row["message"] == "m"


async def test_absurd_times_do_not_change_the_order(hub: Hub) -> None:
    times = ("2999-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-11-23T00:00:00Z")

    rows = await stored(hub, "\n".join(f'{{"ts":"{t}","message":"{t}"}}' for t in times).encode())

    assert [row["message"] for row in rows] == list(times)


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        (b"ol\xe9 \xff\xfe", ["ol\ufffd \ufffd\ufffd"]),
        (b"\xef\xbb\xbfwith a mark", ["with a mark"]),
        (b"dos\r\nlines\r\n", ["dos", "lines"]),
        (b"one\rline", ["one\rline"]),
        (b"tab\tkept", ["tab\tkept"]),
        (b"\n\n \n", []),
    ],
)
async def test_bytes_that_are_not_clean_text_stay_one_row_a_line(
    hub: Hub, body: bytes, messages: list[str]
) -> None:
    assert [row["message"] for row in await stored(hub, body)] == messages
