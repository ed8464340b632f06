"""A shared session over real sockets: two people, one filter, and a refusal in words."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from debugterm_protocol import frames
from debugterm_protocol.audits import AuditRow
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import Chat, Filter, Said, Viewed
from debugterm_server.core.policy import Subject
from debugterm_server.core.records import Draft
from debugterm_server.rooms.audit import Audit, Query
from debugterm_server.rooms.sessions import recovery
from debugterm_server.store.engine import open_store, where

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


async def test_an_intent_that_a_dead_hub_left_behind_gets_its_outcome(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recovery, "EVERY_SECONDS", 0.05)
    monkeypatch.setattr(recovery, "SETTLED_SECONDS", 0)
    who = Subject(human="h_x", name="x", env="development", role=Role.RESPONDER)
    left = Draft(
        log="development", type="command.accepted", subject=who, session="s_1", action="chat", idem="c-1"
    )
    async with served() as hub:
        store = open_store(where("", hub.settings.data_dir))
        async with Audit(store) as audit:
            seq = await audit.record(left)
            outcomes: list[AuditRow] = []
            async with asyncio.timeout(10):
                while not outcomes:
                    await asyncio.sleep(0.05)
                    outcomes = await audit.search(Query(log="development", text="command.cancelled"))
        await store.close()
        monkeypatch.setattr(recovery, "EVERY_SECONDS", 60)
        await asyncio.sleep(0.3)  # let the duty rest: a cancelled read drops its connection with a warning

    assert [(row.cause, row.result) for row in outcomes] == [(seq, "recovered")]
