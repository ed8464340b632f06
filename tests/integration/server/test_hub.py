"""Live rows on a served hub: filters, resume, gaps, resets, and what a stranger at the socket gets."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import msgspec
import pytest
from debugterm_protocol import SUBPROTOCOL, codec, frames
from debugterm_protocol.close import Close
from debugterm_protocol.frames import Place
from debugterm_protocol.views import Flow, Watched
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


def numbers(client: Client) -> list[int]:
    return [row["attrs"]["n"] for row in client.all_rows()]


async def caught(client: Client) -> None:
    await client.until(lambda f: isinstance(f, frames.Caught))


async def test_a_filter_shows_only_what_matches_while_it_happens(hub: Hub) -> None:
    async with hub.client() as client:
        await client.watch("level>=error -n:3")
        await caught(client)
        await hub.ingest(numbered(0, 2) + b"\n" + numbered(2, 5, level="error"))
        await client.rows(2)

    assert numbers(client) == [2, 4]


async def test_equal_queries_have_one_channel_whatever_their_spelling(hub: Hub) -> None:
    async with hub.client() as ana, hub.client("viewer") as bo:
        assert await ana.watch("level>=warn  service:API") == await bo.watch("level>=warning AND service:API")


async def test_a_watch_is_answered_with_its_place_so_that_a_client_cut_off_at_once_misses_nothing(
    hub: Hub,
) -> None:
    await hub.ingest(numbered(0, 1))
    async with hub.client() as client:
        await client.send(frames.Watch(id="w", query="level>=info  AND service:api"))
        ok = await client.until(lambda f: isinstance(f, frames.Ok))
        place = msgspec.json.decode(ok.p, type=Watched) if isinstance(ok, frames.Ok) else None
    await hub.ingest(numbered(1, 3))
    assert place is not None
    async with hub.client() as again:
        await again.watch("", source=Place(place.ep, place.o))
        await again.rows(2)

    assert place.query == "level>=info service:api"
    assert place.recovered
    assert numbers(again) == [1, 2]


async def test_who_comes_back_gets_every_row_once_across_entries_and_inside_one(hub: Hub) -> None:
    await hub.ingest(numbered(0, 2_500))
    async with hub.client() as client:
        await client.watch("", source="-5m")
        rows = await client.rows(2_500)
    middle = rows[1_234]

    async with hub.client() as again:
        assert isinstance(again.welcome, frames.Welcome)
        await again.watch("", source=Place(again.welcome.epoch, middle["id"]))
        await caught(again)
        await hub.ingest(numbered(2_500, 2_510))
        await again.rows(2_510 - 1_235)

    assert numbers(again) == list(range(1_235, 2_510))


async def test_forged_entries_end_no_replay_and_no_watch(hub: Hub) -> None:
    redis = aioredis.Redis.from_url(hub.place.redis_url)
    await hub.ingest(numbered(0, 1))
    for _ in range(9):
        await redis.xadd(key("development", "log"), {"v": "1", "rows": "{}"})
    await hub.ingest(numbered(1, 2))
    async with hub.client() as client:
        await client.watch("", source="-15m")
        await caught(client)
        await redis.xadd(key("development", "log"), {"v": "1", "rows": "{}"})
        await hub.ingest(numbered(2, 3))
        await client.rows(3)
    await redis.aclose()

    assert numbers(client) == [0, 1, 2]


async def test_rows_that_arrive_during_the_catching_up_are_neither_lost_nor_doubled(hub: Hub) -> None:
    for start in range(0, 20_000, 1_000):
        await hub.ingest(numbered(start, start + 1_000))
    async with hub.client() as client:
        await client.watch("", source="-5m")

        async def write() -> None:
            for n in range(20_000, 20_300):
                await hub.ingest(numbered(n, n + 1))

        writing = asyncio.get_running_loop().create_task(write())
        while len(client.all_rows()) < 20_300:
            await client.rows(len(client.all_rows()) + 1)
            last = client.all_rows()[-1]["id"]
            await client.send(frames.Ack(ch=_channel(client), o=last))
        await writing

    assert numbers(client) == list(range(20_300))


async def test_the_past_waits_for_acknowledgements_and_then_goes_on_without_a_gap(hub: Hub) -> None:
    for start in range(0, 60_000, 1_000):
        await hub.ingest(numbered(start, start + 1_000))
    async with hub.client() as client:
        ch = await client.watch("", source="-5m")
        await client.rows(9_000)
        await client.send(frames.Ping(ts="now"))
        await client.until(lambda f: isinstance(f, frames.Pong))
        unasked = len(client.all_rows())
        while len(client.all_rows()) < 60_000:
            await client.send(frames.Ack(ch=ch, o=client.all_rows()[-1]["id"]))
            await client.rows(len(client.all_rows()) + 1)

    assert unasked <= 13_000
    assert numbers(client) == list(range(60_000))
    assert not [f for f in client.seen if isinstance(f, frames.Gap)]


@pytest.mark.parametrize("newest", [0, 1_000])
async def test_a_stream_without_a_row_in_the_span_is_live_at_once(hub: Hub, newest: int) -> None:
    async with hub.client() as client:
        await client.send(frames.Watch(id="w", query="", source="-15m", newest=newest))
        await client.until(lambda f: isinstance(f, frames.Caught))
        await hub.ingest(b'{"message":"the first"}\n')

        told = await client.until(lambda f: isinstance(f, frames.Rows))
        assert isinstance(told, frames.Rows)
        assert b"the first" in bytes(told.b[0].rows[0])


async def test_the_newest_rows_of_a_span_come_in_order_and_the_rest_is_said_to_be_missing(hub: Hub) -> None:
    await hub.ingest(numbered(0, 3_000))
    async with hub.client() as client:
        await client.watch("", source="-5m", newest=500)
        told = await client.until(lambda f: isinstance(f, frames.Caught))

    assert numbers(client) == list(range(2_500, 3_000))
    assert isinstance(told, frames.Caught)
    assert told.more


async def test_a_viewer_that_acknowledges_nothing_is_sent_less_and_told_exactly_what_is_missing(
    hub: Hub,
) -> None:
    levels = ["debug", "info", "warn", "error"]
    async with hub.client() as client:
        ch = await client.watch("")
        await caught(client)
        for start in range(0, 60_000, 1_000):
            await hub.ingest(numbered(start, start + 1_000, level=levels[start // 1_000 % 4]))
        state = await client.until(lambda f: isinstance(f, Flow) and f.floor == "none")
        await client.send(frames.Ack(ch=ch, o=client.all_rows()[-1]["id"]))
        await client.until(lambda f: isinstance(f, Flow) and f.state == "live")
        await hub.ingest(numbered(60_000, 60_010))
        await client.until(lambda f: isinstance(f, frames.Rows))

    shown, missing = numbers(client), gaps(client)
    by_level = [
        sum(row["level"] == level for row in client.all_rows()) + sum(gap.by.get(level, 0) for gap in missing)
        for level in levels
    ]
    sent = [sum(row["level"] == level for row in client.all_rows()) for level in levels]
    assert isinstance(state, Flow)
    assert state.state == "lagging"
    assert {gap.why for gap in missing} == {"slow"}
    assert all(gap.n == sum(gap.by.values()) for gap in missing)
    assert by_level == [15_000, 15_010, 15_000, 15_000]
    assert sent == sorted(sent)
    assert sent[-1] >= sent[0] + 1_000
    assert shown == sorted(set(shown))


def gaps(client: Client) -> list[frames.Gap]:
    """Those that came by themselves, and those that came with rows."""
    alone = [f for f in client.seen if isinstance(f, frames.Gap)]
    return alone + [f.gap for f in client.seen if isinstance(f, frames.Rows) and f.gap is not None]


async def test_a_place_in_another_epoch_is_told_reset_before_any_row(hub: Hub) -> None:
    await hub.ingest(numbered(0, 3))
    async with hub.client() as client:
        await client.watch("", source=Place("ffff", "1-0-0"))
        await client.rows(3)

    kinds = [type(frame).__name__ for frame in client.seen if isinstance(frame, frames.Reset | frames.Rows)]
    assert kinds == ["Reset", "Rows"]


@pytest.mark.parametrize(
    ("watch", "code"),
    [
        ({"query": "level>=loud"}, "BAD_QUERY"),
        ({"query": "service:"}, "BAD_QUERY"),
        ({"query": "", "source": Place("x", "-1")}, "BAD_OFFSET"),
        ({"query": "", "source": "yesterday"}, "BAD_OFFSET"),
    ],
)
async def test_a_bad_watch_is_refused_and_the_old_one_goes_on(
    hub: Hub, watch: dict[str, object], code: str
) -> None:
    async with hub.client() as client:
        await client.watch("")
        await caught(client)
        await client.send(frames.Watch(id="bad", **watch))  # type: ignore[arg-type]  # wrong on purpose
        answer = await client.until(lambda f: isinstance(f, frames.Err))
        await hub.ingest(numbered(0, 1))
        await client.rows(1)

    assert isinstance(answer, frames.Err)
    assert (answer.id, answer.p.code) == ("bad", code)


async def test_the_second_hand_tells_the_rate_of_everything_and_of_the_query(hub: Hub) -> None:
    async with hub.client() as client:
        await client.watch("level>=error")
        await caught(client)
        await hub.ingest(numbered(0, 5) + b"\n" + numbered(5, 7, level="error"))
        frame = await client.until(lambda f: isinstance(f, frames.Rate) and f.all > 0)

    assert isinstance(frame, frames.Rate)
    assert (frame.all, frame.match) == (7, 2)


async def test_a_stranger_gets_the_same_words_as_a_forger_and_is_closed(hub: Hub) -> None:
    for token in ("", "x.y.z", (await hub.token("viewer"))[:-3] + "abc"):
        async with hub.http.ws_connect(f"{hub.url}/ws", protocols=(SUBPROTOCOL,)) as ws:
            await ws.send_str(codec.encode(frames.Hello(id="1", env="development", token=token)).decode())
            err = codec.decode_server((await ws.receive()).data)
            bye = codec.decode_server((await ws.receive()).data)
            await ws.receive()

            assert isinstance(err, frames.Err)
            assert err.p.code == "UNAUTHENTICATED"
            assert isinstance(bye, frames.Bye)
            assert (bye.code, ws.close_code) == (Close.AUTHENTICATION, Close.AUTHENTICATION)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_foreign_page_is_refused_before_the_upgrade(hub: Hub, origin: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await hub.http.ws_connect(f"{hub.url}/ws", protocols=(SUBPROTOCOL,), headers={"Origin": origin})

    assert refused.value.status == 403


async def test_a_token_in_the_address_is_refused(hub: Hub) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await hub.http.ws_connect(f"{hub.url}/ws?token=x", protocols=(SUBPROTOCOL,))

    assert refused.value.status == 400


async def test_three_frames_that_are_none_end_the_connection(hub: Hub) -> None:
    async with hub.client() as client:
        for text in ("{", '{"t":"wat"}', '{"t":"ack","ch":"x","o":"1-1","extra":1}'):
            await client.ws.send_str(text)
        bye = await client.until(lambda f: isinstance(f, frames.Bye))

    assert isinstance(bye, frames.Bye)
    assert bye.code == Close.BAD_PROTOCOL


async def test_somebody_whose_account_is_closed_stops_receiving_within_five_seconds(hub: Hub) -> None:
    async with hub.client("viewer") as client:
        await client.watch("")
        await hub.accounts(lambda accounts: accounts.disable_user("viewer"))
        bye = await client.until(lambda f: isinstance(f, frames.Bye), seconds=5)

    assert isinstance(bye, frames.Bye)
    assert bye.code == Close.AUTHENTICATION


async def test_search_answers_newest_first_and_says_whether_it_is_whole(hub: Hub) -> None:
    await hub.ingest(numbered(0, 10) + b"\n" + numbered(10, 13, level="error"))
    token = await hub.token("viewer")
    async with hub.http.get(
        f"{hub.url}/v1/search",
        params={"q": "level>=error", "last": "15m", "limit": "2"},
        headers={"Authorization": f"Bearer {token}"},
    ) as answer:
        lines = [msgspec.json.decode(line) for line in (await answer.read()).splitlines()]

    assert [row["attrs"]["n"] for row in lines[:-1]] == [12, 11]
    assert lines[0]["env"] == "development"
    assert lines[-1]["truncated"] is True


def _channel(client: Client) -> str:
    return next(frame.ch for frame in client.seen if isinstance(frame, frames.Rows))
