"""Clients walk in while rows flow: between the past and what is live no row is missing, and none is sent twice."""

import itertools
import random

from debugterm_protocol import frames
from debugterm_protocol.offsets import Offset, parse

from tests.support.processes import Deployment, deployed
from tests.trust.senders import Traffic, stored

VIEWERS = 20
LIVE_ROWS = 300


async def sent_to_a_late_viewer(there: Deployment, *, since: str) -> list[Offset]:
    """Everything that the hub sends to one connection, from the past to a little of what is live."""
    async with there.socket(there.hub, "viewer") as client:
        await client.watch(source=since)
        await client.until(lambda frame: isinstance(frame, frames.Caught))
        rows = await client.rows(len(client.all_rows()) + LIVE_ROWS)
    return [parse(row["id"]) for row in rows]


async def test_the_seam_between_past_and_live_neither_drops_nor_repeats_a_row() -> None:
    chance = random.Random(5)
    async with deployed() as there:
        async with Traffic(there) as traffic, there.socket(there.hub, "responder") as first:
            await first.watch()
            await traffic.more(20)
            seen = [
                await sent_to_a_late_viewer(there, since=chance.choice(["now", "-1s", "-3s"]))
                for _ in range(VIEWERS)
            ]
        rows = [row.offset for row in await stored(there.redis_url)]

    place = {offset: index for index, offset in enumerate(rows)}
    for number, offsets in enumerate(seen):
        steps = [(a, b) for a, b in itertools.pairwise(offsets) if place[b] != place[a] + 1]
        assert steps == [], f"viewer {number} of {VIEWERS}: after one row came not the next: {steps[:3]}"
