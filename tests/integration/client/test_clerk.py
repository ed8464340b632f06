"""The clerk carries out wishes on a scripted hub: the latest probe wins, and every refusal is news."""

import asyncio

import msgspec
from debugterm_client.config import Config
from debugterm_client.core import news
from debugterm_client.core.wishes import Do, Fetch, Look, Probe
from debugterm_client.net.clerk import NEWEST, Clerk
from debugterm_client.net.tasks import Nursery
from debugterm_protocol import frames, views
from debugterm_protocol.sessions import Chat

from tests.integration.client.conftest import Serve
from tests.integration.client.test_link import linked
from tests.support.scripted_hub import Peer


async def test_of_many_keys_only_the_latest_line_is_asked_about(config: Config, serve: Serve) -> None:
    asked: list[str] = []

    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.start()
        while len(asked) < 2:
            probe = await peer.expect(views.Probe)
            asked.append(probe.query)
            answer = views.Probed([], len(probe.query), 9, 60)
            await peer.send(frames.Ok(probe.id, msgspec.Raw(msgspec.json.encode(answer))))
        await peer.gone()

    await serve(script)
    async with linked(config) as (link, listener), Nursery("test", on_death=listener.fail) as nursery:
        await listener.first(news.Watching)
        clerk = Clerk(link, listener.take, start=lambda coro: nursery.spawn("wish", coro))
        for text in ("p", "pa", "pay"):
            clerk.wish(Probe(text, len(text)))
            await asyncio.sleep(0)
        await listener.first(news.Looked)
        clerk.wish(Probe("pay-", 4))
        await listener.until(lambda heard: sum(isinstance(each, news.Looked) for each in heard) == 2)

    looked = [each for each in listener.heard if isinstance(each, news.Looked)]
    assert asked == ["pay", "pay-"]
    assert [(each.text, each.answer.match) for each in looked] == [("pay", 3), ("pay-", 4)]


async def test_what_the_hub_refuses_is_told_and_nothing_dies(config: Config, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.start()
        fetch = await peer.expect(frames.Fetch)
        await peer.send(frames.Err(frames.Problem("RATE", "one fetch at a time"), fetch.id))
        watch = await peer.expect(frames.Watch)
        assert (watch.source, watch.newest, watch.replaces) == ("-15m", NEWEST, "log:prod:1")
        await peer.send(frames.Err(frames.Problem("BAD_QUERY", "no such deploy"), watch.id))
        probe = await peer.expect(views.Probe)
        await peer.send(frames.Err(frames.Problem("RATE", "too many probes"), probe.id))
        await peer.gone()

    await serve(script)
    async with linked(config) as (link, listener), Nursery("test", on_death=listener.fail) as nursery:
        await listener.first(news.Watching)
        clerk = Clerk(link, listener.take, start=lambda coro: nursery.spawn("wish", coro))
        clerk.wish(Fetch("1-0-0", "2-0-0"))
        failed = await listener.first(news.FetchFailed)
        clerk.wish(Look("deploy:v1~15m"))
        refused = await listener.first(news.LookRefused)
        clerk.wish(Probe("x", 1))
        clerk.wish(Do(Chat("hello")))
        complaint = await listener.first(news.Complaint)
        await asyncio.sleep(0)

    assert failed == news.FetchFailed("one fetch at a time")
    assert isinstance(refused, news.LookRefused)
    assert (refused.query, refused.problem.why) == ("deploy:v1~15m", "no such deploy")
    assert isinstance(complaint, news.Complaint)
    assert complaint.problem.why == "not in a session yet; nothing was sent"
