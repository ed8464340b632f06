"""kill -9 of the hub again and again under load: nothing acknowledged is lost, every client sees every row once."""

import asyncio
import random

import psutil
import pytest

from tests.support.processes import Hub, deployed, until
from tests.trust.senders import LOUD, NONE, Audience, Traffic, is_loud

KILLS = 10


async def starting(hub: Hub, chance: random.Random) -> None:
    """A moment in the start of a hub, told by the work that it has done: the machine may be busy."""
    work = chance.uniform(0.1, 1.2)
    await until(lambda: psutil.Process(hub.pid).cpu_times().user > work, "the hub is starting")


async def moment(traffic: Traffic, chance: random.Random) -> None:
    """A moment to kill: in the middle of anything, when a batch just went out, when an answer just came."""
    await traffic.more(chance.randrange(2, 20))
    event = chance.choice([None, traffic.asked, traffic.answered])
    if event is not None:
        event.clear()
        async with asyncio.timeout(10):
            await event.wait()


@pytest.mark.timeout(110)
@pytest.mark.parametrize(("external", "seed"), [(False, 1), (True, 2)], ids=["embedded", "external"])
async def test_ten_kills_of_the_hub_lose_nothing_and_double_nothing(*, external: bool, seed: int) -> None:
    chance = random.Random(seed)
    async with deployed(external=external) as there:
        audience = Audience()
        everything = audience.add("everything", await there.journal())
        # `tail` waits up to 10 s after many kills: once is enough.
        loud = await (there.tail(LOUD) if external else there.journal(LOUD))
        audience.add("loud", loud, wants=is_loud)
        await until(
            lambda: everything.refresh().watching and (external or loud.refresh().watching),
            "the clients watch",
        )
        async with Traffic(there) as traffic:
            for kill in range(KILLS):
                if kill % 3 == 2:
                    await starting(there.hub, chance)
                else:
                    await moment(traffic, chance)
                there.hub.kill()
                there.hub.start()
            await moment(traffic, chance)
        verdict = await audience.verdict(there, traffic)

        assert verdict.numbers == NONE, f"seed {seed}: {verdict}"
        assert verdict.untouched, verdict
        assert everything.resent == 0
        assert verdict.acked > 2_000
        assert audience.reconnected["everything"] > KILLS // 3
