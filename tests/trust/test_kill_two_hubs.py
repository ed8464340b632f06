"""T1: 50 clients on two hubs, which are killed ten times at random: five zeros, quick resumes, no act without a record."""

import asyncio
import random
import statistics
from collections.abc import Callable
from contextlib import suppress

import aiohttp
import pytest
from debugterm_protocol import frames
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import Chat

from tests.support.checker import Mark
from tests.support.journal import Journal
from tests.support.postgres import Postgres, postgres
from tests.support.processes import Deployment, deployed, until
from tests.support.proxy import Proxy
from tests.trust.senders import NONE, Audience, Traffic, is_loud

KILLS = 10
PRODUCERS = 4
RESUME_SECONDS = 3.0
NAMES = [role.value for role in Role]
CLIENTS = 50


def wanted(producer: str) -> Callable[[Mark], bool]:
    return lambda mark: mark.producer == producer and is_loud(mark)


async def audience_of(there: Deployment, url: str) -> tuple[Audience, list[Journal]]:
    """Ten clients of each role: two see everything, the others what is loud of one producer."""
    audience, journals = Audience(), []
    each = CLIENTS // len(NAMES)
    for number, name in enumerate(NAMES):
        producers = [f"p{n % PRODUCERS}" for n in range(each)]
        queries = [f"service:{producer} level>=warn" for producer in producers]
        if number < 2:
            queries[0] = ""
        for n, journal in enumerate(await there.journals(queries, url=url, name=name)):
            wants = wanted(producers[n]) if queries[n] else lambda _mark: True
            journals.append(audience.add(f"{name} {n}", journal, wants=wants))
    return audience, journals


class Talker:
    """Says one line after another in the lobby; the next one when it knows what became of the last."""

    def __init__(self, there: Deployment, url: str) -> None:
        self.taken: list[str] = []
        self._there = there
        self._url = url
        self._number = 0

    async def talk(self) -> None:
        while True:
            with suppress(aiohttp.ClientError, AssertionError, TimeoutError, OSError):
                await self._connected()
            await asyncio.sleep(0.05)

    async def _connected(self) -> None:
        async with self._there.socket(self._there.hub, "commander", url=self._url) as client:
            await client.send(frames.Join(id="j", session="lobby"))
            joined = await client.until(lambda f: isinstance(f, frames.Joined))
            assert isinstance(joined, frames.Joined)
            while True:
                self._number += 1
                text = f"line {self._number}"
                await client.send(frames.Cmd(id=text, ch=joined.ch, p=Chat(text=text)))
                answer = await client.until(
                    lambda f, text=text: isinstance(f, frames.Ok | frames.Err) and f.id == text  # type: ignore[misc]
                )
                if isinstance(answer, frames.Ok):
                    self.taken.append(text)
                await asyncio.sleep(0.05)


def unrecorded(server: Postgres, database: str) -> tuple[int, int]:
    """How many lines of chat there are, and how many of them without a record of their acceptance."""
    sql = (
        "SELECT count(*) || ' ' || count(*) FILTER (WHERE NOT EXISTS (SELECT FROM audit a "
        "WHERE a.log = 'development' AND a.seq = c.seq AND a.type = 'command.accepted')) FROM chat c"
    )
    said = server.psql(f"\\c {database}\n{sql}")
    lines = [line.split() for line in said.splitlines() if line.strip() and line.split()[0].isdigit()]
    return int(lines[-1][0]), int(lines[-1][1])


@pytest.mark.timeout(115)
async def test_ten_kills_of_two_hubs_with_fifty_clients() -> None:
    chance = random.Random(17)
    with postgres() as server:
        url = server.new_database()
        async with (
            deployed(hubs=2, external=True, database_url=url) as there,
            Proxy([hub.address for hub in there.hubs]) as proxy,
        ):
            audience, journals = await audience_of(there, proxy.url)
            await until(lambda: all(one.refresh().watching for one in journals), "all clients watch")
            talker = Talker(there, proxy.url)
            async with asyncio.TaskGroup() as group, Traffic(there, url=proxy.url) as traffic:
                talking = group.create_task(talker.talk())
                for kill in range(KILLS):
                    await traffic.more(chance.randrange(5, 30))
                    hub = there.hubs[kill % 2]
                    proxy.backends.reverse()
                    hub.kill()
                    hub.start()
                    await hub.ready(there.http)
                await traffic.more(20)
                talking.cancel()
            verdict = await audience.verdict(there, traffic)
            lines, without = unrecorded(server, url.partition("?")[0].rpartition("/")[2])

    resumes = [seconds for one in journals for seconds in one.resumes]
    p99 = statistics.quantiles(resumes, n=100)[98]
    figures = f"{len(resumes)} resumes: median {statistics.median(resumes):.2f} s, p99 {p99:.2f} s"
    print(figures, f"{lines} lines said", sep="; ")  # noqa: T201 - for whoever runs it
    assert verdict.numbers == NONE, str(verdict)
    assert verdict.untouched, verdict
    assert len(resumes) > CLIENTS
    assert p99 < RESUME_SECONDS
    assert without == 0
    assert lines >= len(talker.taken) > 0
