"""The first door, on a served hub: what is stored, what is refused, and with which words."""

import asyncio
import gzip
import os
import signal
from collections.abc import AsyncIterator

import aiohttp
import msgspec
import pytest
from debugterm_protocol import frames, limits

from tests.support.hub import Hub, served


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as started:
        yield started


def headers(hub: Hub, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {hub.key}", **more}


async def test_a_batch_is_answered_with_what_was_stored_and_can_be_seen(hub: Hub) -> None:
    body = b'{"level":"ERR","msg":"pool exhausted","service":"pay","size":20}\nplain words\n{"broken\n'

    answer = await hub.ingest(body, service="shop", host="web-1")

    assert (answer["accepted"], answer["parse_errors"], answer["points"]) == (3, 1, 0)
    async with hub.client() as client:
        await client.watch("", source="-5m")
        first, second, third = await client.rows(3)
    assert (first["level"], first["message"], first["service"]) == ("error", "pool exhausted", "pay")
    assert (first["attrs"], first["host"], first["id"]) == ({"size": 20}, "web-1", f"{answer['first']}-0")
    assert (second["message"], second["service"]) == ("plain words", "shop")
    assert third["parse_error"] is True


async def test_a_resend_of_a_batch_is_harmless(hub: Hub) -> None:
    first = await hub.ingest(b"a\nb", batch_id="night")

    again = await hub.ingest(b"a\nb", batch_id="night")

    assert (again["duplicate"], again["first"]) == (True, first["first"])
    async with hub.client() as client:
        await client.watch("", source="-5m")
        await client.until(lambda f: isinstance(f, frames.Caught))
        assert len(client.all_rows()) == 2


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_a_packed_body_is_unpacked_once(hub: Hub, encoding: str) -> None:
    from backports import zstd

    packed = gzip.compress(b"one\ntwo") if encoding == "gzip" else zstd.compress(b"one\ntwo")
    async with hub.http.post(
        f"{hub.url}/v1/ingest", data=packed, headers=headers(hub, **{"Content-Encoding": encoding})
    ) as answer:
        assert (answer.status, (await answer.json())["accepted"]) == (200, 2)


@pytest.mark.parametrize(
    ("body", "more", "query", "status", "code"),
    [
        (b"not gzip", {"Content-Encoding": "gzip"}, {}, 400, "BAD_ENCODING"),
        (b"x", {"Content-Encoding": "snappy"}, {}, 400, "BAD_ENCODING"),
        (b"x", {"Content-Encoding": "br"}, {}, 400, "BAD_ENCODING"),
        (b"x", {}, {"service": "a" * 9_000}, 400, "BAD_REQUEST"),
        (b"x", {"X-Long": "a" * 9_000}, {}, 400, "BAD_REQUEST"),
        (
            gzip.compress(b"a" * (limits.INGEST_BODY_BYTES + 1)),
            {"Content-Encoding": "gzip"},
            {},
            413,
            "TOO_LARGE",
        ),
        (b"x", {}, {"batch_id": "a" * 200}, 400, "BAD_BATCH"),
        (b"x", {}, {"colour": "typo"}, 400, "BAD_REQUEST"),
        (b"x", {}, {"key": "dtk_secret"}, 400, "TOKEN_IN_URL"),
    ],
)
async def test_bad_input_is_refused_in_words(
    hub: Hub,
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    more: dict[str, str],
    query: dict[str, str],
    status: int,
    code: str,
) -> None:
    async with hub.http.post(
        f"{hub.url}/v1/ingest", data=body, params=query, headers=headers(hub, **more)
    ) as answer:
        problem = (await answer.json())["error"]
        assert (answer.status, problem["code"]) == (status, code)
        assert "dtk_secret" not in str(problem)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    # What strangers send is answered, not logged; the second answer comes when the first request is over and done.
    async with hub.http.get(f"{hub.url}/livez") as answer:
        assert answer.status == 200
    assert [record.getMessage() for record in caplog.records if record.name.startswith("aiohttp")] == []


async def test_what_is_not_http_is_answered_in_the_same_shape(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    host, _, port = hub.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))

    writer.write(b"what is this\r\n\r\n")
    async with asyncio.timeout(10):
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")

    writer.close()
    assert head.split()[1] == b"400"
    assert b"aiohttp" not in head
    assert msgspec.json.decode(body)["error"]["code"] == "BAD_REQUEST"
    assert caplog.records == []


async def test_every_bad_key_gets_the_same_answer_that_says_how_to_make_one(hub: Hub) -> None:
    answers = set()
    for authorization in ("", "Bearer x", "Bearer dtk_" + "a" * 43, "Basic dXNlcjpwYXNz"):
        async with hub.http.post(
            f"{hub.url}/v1/ingest", data=b"x", headers={"Authorization": authorization}
        ) as answer:
            answers.add((answer.status, await answer.text()))

    [(status, text)] = answers
    assert status == 401
    assert msgspec.json.decode(text)["error"] == {
        "code": "UNAUTHENTICATED",
        "why": "this ingest key is not valid here",
        "fix": "make a key: debugterm-server keys add --env ENV --name NAME",
    }


async def test_without_redis_a_batch_gets_503_and_nothing_of_it_is_kept(hub: Hub) -> None:
    assert hub.place.supervisor is not None
    os.kill(hub.place.supervisor.pid, signal.SIGSTOP)
    os.kill(hub.place.supervisor.pid, signal.SIGKILL)

    async with hub.http.post(f"{hub.url}/v1/ingest", data=b"lost", headers=headers(hub)) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        assert (await answer.json())["error"]["code"] == "UNAVAILABLE"

    async with asyncio.timeout(15):
        while not await _ready(hub):
            await asyncio.sleep(0.05)
    await hub.ingest(b"kept")
    async with hub.client() as client:
        await client.watch("", source="-5m")
        assert [row["message"] for row in await client.rows(1)] == ["kept"]


async def test_a_metric_line_becomes_a_point_that_viewers_get(hub: Hub) -> None:
    async with hub.client() as client:
        await client.watch(kind="met")
        answer = await hub.ingest(b'{"metric":"cpu","value":0.5,"unit":"1","host":"a"}\n{"msg":"row"}')
        frame = await client.until(lambda f: isinstance(f, frames.Points))

    assert (answer["accepted"], answer["points"]) == (1, 1)
    assert isinstance(frame, frames.Points)
    assert [(p.metric, p.value, p.unit, p.host) for p in frame.p] == [("cpu", 0.5, "1", "a")]


async def test_the_health_page_says_what_an_acknowledgement_is_worth(hub: Hub) -> None:
    async with hub.http.get(f"{hub.url}/health") as answer:
        health = msgspec.json.decode(await answer.read())

    assert health["durability"] == {"level": "always", "means": "an acknowledged row is fsynced"}
    assert health["parts"] == {"stream": "pass", "database": "pass", "audit": "pass", "accepting": "pass"}


async def _ready(hub: Hub) -> bool:
    try:
        async with hub.http.get(f"{hub.url}/readyz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False
