"""kill -9 of Valkey under load: no acknowledged row is lost, the epoch stays, nobody is told a reset."""

import os
import random
import signal
import time

import pytest
from debugterm_protocol import frames

from tests.support.processes import Deployment, deployed, until
from tests.trust.senders import LOUD, NONE, Audience, Traffic, is_loud

KILLS = 5
BACK_SECONDS = 10
"""How long ingest may be away after one kill."""


async def epoch(there: Deployment) -> str:
    """The epoch that the hub tells a client which connects now."""
    async with there.socket(there.hub, "viewer") as client:
        assert isinstance(client.welcome, frames.Welcome)
        return client.welcome.epoch


async def kill(there: Deployment, traffic: Traffic) -> None:
    """The embedded one is started again by the hub, an external one by whoever runs it, here the test."""
    if there.valkey is not None:
        before = traffic.refused
        there.valkey.kill()
        await until(lambda: traffic.refused > before, "a sender is told that nothing was kept")
        there.valkey.start()
        return
    old = there.hub.valkey()
    os.kill(old, signal.SIGKILL)
    await until(lambda: there.hub.valkey() not in (0, old), "the hub started a new Valkey")


@pytest.mark.timeout(90)
@pytest.mark.parametrize(("external", "seed"), [(False, 3), (True, 4)], ids=["embedded", "external"])
async def test_five_kills_of_valkey_lose_nothing_and_reset_nobody(*, external: bool, seed: int) -> None:
    chance = random.Random(seed)
    async with deployed(external=external) as there:
        audience = Audience()
        everything = audience.add("everything", await there.journal())
        audience.add("loud", await there.tail(LOUD), wants=is_loud)
        await until(lambda: everything.refresh().watching, "the client watches")
        before = await epoch(there)
        async with Traffic(there) as traffic:
            for _ in range(KILLS):
                await traffic.more(chance.randrange(5, 30))
                at = time.monotonic()
                await kill(there, traffic)
                await traffic.more(1)
                assert time.monotonic() - at < BACK_SECONDS, f"seed {seed}: ingest was away too long"
        verdict = await audience.verdict(there, traffic)

        assert verdict.numbers == NONE, f"seed {seed}: {verdict}"
        assert verdict.untouched, verdict
        assert await epoch(there) == before
        assert (audience.reconnected["everything"], everything.resent) == (1, 0)
