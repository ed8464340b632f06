"""Two hubs, one Redis, one Postgres: what happens on one is seen on the other, and clients move when one dies."""

import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import pytest_asyncio
from debugterm_protocol import frames
from debugterm_protocol.sessions import Chat, Command, Event, Filter, Said, Viewed

from tests.support.hub import Client
from tests.support.postgres import Postgres, postgres
from tests.support.processes import Deployment, deployed, until
from tests.support.proxy import Proxy
from tests.trust.senders import LOUD, NONE, Audience, Traffic, is_loud

TIMES = 20
QUICK_SECONDS = 0.1
IN_FLIGHT_ROWS = 400
"""More than what is stored and not acknowledged yet at any moment."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two(server: Postgres) -> AsyncIterator[Deployment]:
    async with deployed(hubs=2, external=True, database_url=server.new_database()) as there:
        yield there


async def joined(client: Client) -> str:
    await client.send(frames.Join(id=f"j {client.name}", session="lobby"))
    answer = await client.until(lambda f: isinstance(f, frames.Joined | frames.Err))
    assert isinstance(answer, frames.Joined), answer
    return answer.ch


async def seconds(from_: Client, to: Client, frame: frames.Cmd, wanted: Callable[[Event], bool]) -> float:
    """How long something said on one hub takes to a client of the other."""
    begin = time.perf_counter()
    await from_.send(frame)
    await to.until(lambda f: isinstance(f, frames.Ev) and wanted(f.p))
    return time.perf_counter() - begin


def said(text: str) -> tuple[Command, Callable[[Event], bool]]:
    return Chat(text=text), lambda event: isinstance(event, Said) and event.line.text == text


def filtered(query: str) -> tuple[Command, Callable[[Event], bool]]:
    return Filter(query=query), lambda event: isinstance(event, Viewed) and event.view.query == query


@pytest.mark.timeout(60)
async def test_a_chat_line_and_a_filter_reach_the_other_hub_in_a_tenth_of_a_second(two: Deployment) -> None:
    first, second = two.hubs
    async with two.socket(first, "responder") as ana, two.socket(second, "commander") as bo:
        ch = await joined(ana)
        assert await joined(bo) == ch
        took = []
        for number in range(TIMES):
            for command, wanted in (said(f"line {number}"), filtered(f"service:s{number}")):
                cmd = frames.Cmd(id=f"{number} {type(command).__name__}", ch=ch, p=command)
                took.append(await seconds(ana, bo, cmd, wanted))

    assert statistics.median(took) < QUICK_SECONDS, sorted(f"{one * 1000:.0f} ms" for one in took)


@pytest.mark.timeout(90)
async def test_clients_of_a_killed_hub_move_to_the_other_and_miss_nothing(two: Deployment) -> None:
    first, second = two.hubs
    async with Proxy([first.address, second.address]) as proxy:
        audience = Audience()
        everything = audience.add("everything", await two.journal(url=proxy.url))
        audience.add("loud", await two.tail(LOUD, url=proxy.url), wants=is_loud)
        await until(lambda: everything.refresh().watching, "the client watches")
        async with Traffic(two, url=proxy.url) as traffic:
            await traffic.more(40)
            assert second.address not in proxy.taken
            first.kill()
            await traffic.more(40)
            await until(lambda: everything.refresh().ups == 2, "the client is on the other hub")
            await traffic.more(20)
        verdict = await audience.verdict(two, traffic)

        assert verdict.numbers == NONE, str(verdict)
        assert verdict.untouched, verdict
        assert second.address in proxy.taken


@pytest.mark.timeout(90)
async def test_a_hub_that_lags_behind_shows_nothing_twice(server: Postgres) -> None:
    async with deployed(external=True, database_url=server.new_database()) as there:
        assert there.valkey is not None
        async with Proxy([there.valkey.address]) as wire, Proxy([there.hub.address]) as door:
            late = await there.add_hub(REDIS_URL=wire.url.replace("http", "redis"))
            everything = await there.journal(url=door.url)
            audience = Audience()
            audience.add("everything", everything)
            await until(lambda: everything.refresh().watching == 1, "the client watches")
            async with Traffic(there) as traffic:
                await traffic.more(20)
                wire.blackhole()
                known = len(traffic.acked) + IN_FLIGHT_ROWS
                await until(
                    lambda: len(everything.refresh().shown) > known, "it is shown what the other lacks"
                )
                door.backends = [late.address]
                door.cut()
                await until(lambda: everything.refresh().watching == 2, "the hub that lags took its watch")
                before = len(everything.refresh().shown)
                await traffic.more(10)
                lagged = len(everything.refresh().shown) == before
                wire.heal()
                await traffic.more(20)
            verdict = await audience.verdict(there, traffic)

    assert verdict.numbers == NONE, str(verdict)
    assert verdict.untouched, verdict
    assert lagged, "the hub did not lag: nothing was tried"
    assert everything.resent == 0, "rows that the client had were sent again"
