"""Counts on a served hub: exact by second and level, filled back in time, whole for a viewer that takes no rows."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
from debugterm_protocol import codec, frames, limits, views

from tests.support.hub import Client, Hub, served


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as started:
        yield started


def lines(n: int, *, level: str = "info", service: str = "pay", **attrs: object) -> bytes:
    more = b"".join(
        b',"%b":%b' % (key.encode(), codec._encoder.encode(value)) for key, value in attrs.items()
    )
    line = b'{"level":"%b","service":"%b","message":"row"%b}' % (level.encode(), service.encode(), more)
    return b"\n".join([line] * n)


def totals(client: Client, ch: str) -> dict[str, int]:
    """Rows by level in all seconds that this client was told of, each as it was told last."""
    seconds: dict[int, Mapping[str, int]] = {}
    for frame in client.seen:
        if isinstance(frame, views.Histogram) and frame.ch == ch:
            seconds = {
                frame.start + at: {level: numbers[at] for level, numbers in frame.by.items()}
                for at in range(frame.seconds)
            }
        elif isinstance(frame, frames.Rate) and frame.ch == ch:
            assert frame.match == sum(frame.by.values()) <= frame.all
            seconds[frame.s] = frame.by
    found: Counter[str] = Counter()
    for by in seconds.values():
        found.update(by)
    return dict(found)


async def counted(client: Client, ch: str, expected: dict[str, int]) -> None:
    """Read until the seconds that were told add up to these levels, and a second more: not one row twice."""
    await client.until(lambda _: totals(client, ch) == expected)
    await client.until(lambda f: isinstance(f, frames.Rate) and f.ch == ch)
    assert totals(client, ch) == expected


async def asking(client: Client, query: str, **wanted: object) -> str:
    ch = await client.watch(query)
    await client.send(views.Aside(ch=ch, **wanted))  # type: ignore[arg-type]  # given by name in each test
    return ch


async def test_rates_say_the_rows_of_each_second_by_level(hub: Hub) -> None:
    async with hub.client() as client:
        ch = await client.watch("level>=warn")
        await client.until(lambda f: isinstance(f, frames.Caught))
        await hub.ingest(b"\n".join([lines(5), lines(3, level="warn"), lines(2, level="error")]))
        await counted(client, ch, {"warn": 3, "error": 2})

    rates = [frame for frame in client.seen if isinstance(frame, frames.Rate)]
    assert sum(frame.all for frame in {frame.s: frame for frame in rates}.values()) == 10
    assert [frame.s for frame in rates] == sorted(frame.s for frame in rates)


async def test_a_histogram_holds_what_came_before_the_watch_and_says_from_when_on_it_is_exact(
    hub: Hub,
) -> None:
    await hub.ingest(b"\n".join([lines(2_500), lines(300, level="error"), lines(40, level="warn")]))
    async with hub.client() as client:
        ch = await asking(client, "level>=warn", histogram=True)
        frame = await client.until(lambda f: isinstance(f, views.Histogram) and f.exact_from == f.start)

    assert isinstance(frame, views.Histogram)
    assert frame.ch == ch
    assert {level: sum(numbers) for level, numbers in frame.by.items()} == {"warn": 40, "error": 300}
    assert {len(numbers) for numbers in frame.by.values()} == {frame.seconds} == {limits.HISTOGRAM_SECONDS}


async def test_past_and_present_add_up_whatever_falls_between(hub: Hub) -> None:
    await hub.ingest(lines(700, level="error"))
    async with hub.client() as client:
        ch = await asking(client, "service:pay", histogram=True)
        for _ in range(5):
            await hub.ingest(lines(100, level="error") + b"\n" + lines(10))
            await hub.ingest(lines(1_000, service="shop"))
        await counted(client, ch, {"error": 1_200, "info": 50})


async def test_a_query_that_takes_everything_shows_the_count_of_the_environment(hub: Hub) -> None:
    await hub.ingest(lines(20) + b"\n" + lines(3, level="fatal"))
    async with hub.client() as client:
        ch = await asking(client, "", histogram=True)
        await hub.ingest(lines(30))
        await counted(client, ch, {"info": 50, "fatal": 3})


async def test_counts_are_exact_while_a_viewer_takes_no_rows(hub: Hub) -> None:
    async with hub.client() as client:
        ch = await asking(client, "service:pay", histogram=True, facets=["level", "service"])
        await client.until(lambda f: isinstance(f, frames.Caught))
        for _ in range(3):
            await hub.ingest(lines(9_000) + b"\n" + lines(1_000, level="error"))
        await counted(client, ch, {"info": 27_000, "error": 3_000})
    facets = [frame for frame in client.seen if isinstance(frame, views.Facets)][-1]

    gaps = [frame for frame in client.seen if isinstance(frame, frames.Gap)]
    assert gaps, "it never acknowledged: its window is full"
    assert [(v.value, v.n) for v in facets.fields[0].values] == [("info", 27_000), ("error", 3_000)]
    assert [(v.value, v.n) for v in facets.fields[1].values] == [("pay", 30_000)]


async def test_facets_count_past_and_present_and_say_what_they_leave_out(hub: Hub) -> None:
    await hub.ingest(
        b"\n".join([lines(40, status=504), lines(9, status=[1]), lines(7, service="shop", status=200)])
    )
    async with hub.client() as client:
        await asking(client, "service:pay", facets=["status", "service"])
        await client.until(lambda f: isinstance(f, frames.Caught))
        await hub.ingest(b"\n".join([lines(2, status=504), lines(3), lines(5, service="shop")]))
        frame = await client.until(
            lambda f: isinstance(f, views.Facets) and sum(v.n for v in f.fields[1].values) == 54
        )

    assert isinstance(frame, views.Facets)
    assert frame.fields == [
        views.Facet(field="status", values=[views.FacetValue(value=504, n=42)], other=9, missing=3),
        views.Facet(field="service", values=[views.FacetValue(value="pay", n=54)], other=0, missing=0),
    ]


async def test_the_hub_chooses_fields_whose_values_come_again(hub: Hub) -> None:
    for number in range(30):
        await hub.ingest(lines(1, version=f"v{number % 2}", user=f"u{number}"))
    async with hub.client() as client:
        await asking(client, "", facets=["*"])
        await client.until(
            lambda f: (
                isinstance(f, views.Facets)
                and [field.field for field in f.fields] == ["level", "service", "host", "version"]
            )
        )


async def test_nobody_is_told_what_nobody_asked_for(hub: Hub) -> None:
    async with hub.client() as client:
        ch = await asking(client, "", histogram=True, facets=["level"], patterns=True)
        await client.until(lambda f: isinstance(f, views.Facets))
        await client.send(views.Aside(ch=ch))
        await client.send(frames.Ping(ts="asked"))
        await client.until(lambda f: isinstance(f, frames.Pong))
        told = len(client.seen)
        await hub.ingest(lines(5))
        await counted(client, ch, {"info": 5})

    late = {type(frame) for frame in client.seen[told:]}
    assert late <= {frames.Rate, frames.Rows, frames.Caught}


async def test_two_viewers_of_one_query_get_the_same_bytes(hub: Hub) -> None:
    await hub.ingest(lines(10, level="error"))
    async with hub.client() as ana, hub.client("viewer") as bo:
        for client in (ana, bo):
            await asking(client, "level:error", histogram=True, facets=["service"])
            await client.until(lambda f: isinstance(f, frames.Caught))
        await hub.ingest(lines(10, level="error"))
        told = [await _texts(client, rates=3) for client in (ana, bo)]

    kinds = ("histogram", "facets", "rate")
    both = [
        {text for text in texts if text.startswith(tuple(f'{{"t":"{kind}"' for kind in kinds))}
        for texts in told
    ]
    assert both[0] & both[1]
    assert sum('"t":"facets"' in text for text in both[0] & both[1]) >= 1
    assert {_second(text) for text in both[0] & both[1] if '"t":"rate"' in text} >= {
        _second(text) for text in both[0] | both[1] if '"match":10' in text
    }


async def _texts(client: Client, *, rates: int) -> list[str]:
    """The frames of a client as they came, until so many rates."""
    texts: list[str] = []
    while sum('"t":"rate"' in text for text in texts) < rates:
        message = await client.ws.receive()
        assert message.type is aiohttp.WSMsgType.TEXT
        texts.append(message.data)
    return texts


def _second(text: str) -> int:
    frame = codec.decode_server(text)
    assert isinstance(frame, frames.Rate)
    return frame.s


async def test_who_asks_again_and_again_is_told_once_a_second(hub: Hub) -> None:
    async with hub.client() as client:
        ch = await asking(client, "level:error", histogram=True)
        await client.until(lambda f: isinstance(f, frames.Caught))
        for number in range(100):
            await client.send(views.Aside(ch=ch, histogram=True, facets=[f"f{number}"]))
        await client.send(frames.Ping(ts="asked"))
        await client.until(lambda f: isinstance(f, frames.Pong))

    assert sum(isinstance(frame, views.Histogram) for frame in client.seen) <= 5
