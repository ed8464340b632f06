"""Probes over the socket: a person types, and sees what is wrong, what it would show and what could come next."""

import msgspec
from debugterm_protocol import frames, limits
from debugterm_protocol.views import Probe, Probed

from tests.support.hub import Client, served


async def probe(client: Client, query: str, at: int | None = None) -> Probed:
    await client.send(Probe(id=f"p{len(client.seen)}", query=query, at=at))
    answer = await client.until(lambda f: isinstance(f, frames.Ok | frames.Err))
    assert isinstance(answer, frames.Ok), answer
    return msgspec.json.decode(answer.p, type=Probed)


async def test_a_person_is_helped_while_typing() -> None:
    async with served() as hub, hub.client() as client:
        await hub.ingest(
            b'{"level":"error","service":"pay","status":504}\n' * 3 + b'{"service":"shop","level":"info"}'
        )
        await client.watch("service:shop")
        typing = await probe(client, "level:er", 8)
        while not typing.suggestions or typing.suggestions[0].n != 3:  # names are learnt once a second
            await client.until(lambda f: isinstance(f, frames.Rate))
            typing = await probe(client, "level:er", 8)
        whole = await probe(client, "level:error status:504")
        wrong = await probe(client, "service: pay")
        near = await probe(client, "statsu:504")
        recent = await probe(client, "serv", 4)

    assert (typing.suggestions[0].text, typing.suggestions[0].n) == ("error", 3)
    assert (whole.match, whole.all, whole.sampled) == (3, 4, False)
    assert (wrong.column, wrong.match) == (9, 0)
    assert near.near == ["status"]
    assert [one.text for one in recent.suggestions] == ["service:shop", "service:"]


async def test_who_probes_too_often_is_refused_and_stays_connected() -> None:
    async with served() as hub, hub.client() as client:
        for number in range(3 * limits.PROBES_A_SECOND):
            await client.send(Probe(id=str(number), query="a"))
        wanted = {str(number) for number in range(3 * limits.PROBES_A_SECOND)}
        await client.until(lambda _: wanted <= answers(client).keys())
        await client.send(frames.Ping(ts="still here"))
        await client.until(lambda f: isinstance(f, frames.Pong))

    refused = [frame for frame in answers(client).values() if isinstance(frame, frames.Err)]
    assert len(refused) >= 2 * limits.PROBES_A_SECOND
    assert {frame.p.code for frame in refused} == {"RATE"}


def answers(client: Client) -> dict[str, frames.Ok | frames.Err]:
    return {frame.id: frame for frame in client.seen if isinstance(frame, frames.Ok | frames.Err)}
