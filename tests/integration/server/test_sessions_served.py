"""A shared session over real sockets: two people, one filter, and a refusal in words."""

from collections.abc import AsyncIterator

import pytest
from debugterm_protocol import frames
from debugterm_protocol.sessions import Chat, Filter, Said, Viewed

from tests.support.hub import Client, Hub, served


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as started:
        yield started


async def joined(client: Client) -> frames.Joined:
    await client.send(frames.Join(id="j" + client.name, session="lobby"))
    frame = await client.until(lambda f: isinstance(f, frames.Joined | frames.Err))
    assert isinstance(frame, frames.Joined), frame
    return frame


async def test_what_one_says_and_sets_the_other_sees(hub: Hub) -> None:
    async with hub.client("responder") as ana, hub.client("viewer") as bo:
        ch = (await joined(ana)).ch
        await joined(bo)
        await ana.send(frames.Cmd(id="1", ch=ch, p=Chat(text="all on pay-3?")))
        await ana.send(frames.Cmd(id="2", ch=ch, p=Filter(query="service:pay")))
        said = await bo.until(lambda f: isinstance(f, frames.Ev) and isinstance(f.p, Said))
        viewed = await bo.until(lambda f: isinstance(f, frames.Ev) and isinstance(f.p, Viewed))

    assert isinstance(said, frames.Ev)
    assert isinstance(said.p, Said)
    assert (said.p.line.name, said.p.line.text) == ("responder", "all on pay-3?")
    assert isinstance(viewed, frames.Ev)
    assert isinstance(viewed.p, Viewed)
    assert viewed.p.view.query == "service:pay"


async def test_a_viewer_who_sets_the_shared_filter_is_told_why_not_and_who_may(hub: Hub) -> None:
    async with hub.client("viewer") as bo:
        ch = (await joined(bo)).ch
        await bo.send(frames.Cmd(id="1", ch=ch, p=Filter(query="service:pay")))
        refused = await bo.until(lambda f: isinstance(f, frames.Err))

    assert isinstance(refused, frames.Err)
    assert refused.p.code == "FORBIDDEN"
    assert "viewer" in refused.p.why
    assert refused.p.who == "commander or responder"
