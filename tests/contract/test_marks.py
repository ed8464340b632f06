"""How far a stream was seen never goes back, whoever notes it and in whatever order."""

import asyncio

from debugterm_server.rooms.hub.marks import Marks
from debugterm_server.store.engine import Store


async def test_a_mark_only_rises_and_each_stream_has_its_own(store: Store) -> None:
    first, second = Marks(store), Marks(store)
    await first.note({"prod": ("a", "1700000000000-2"), "staging": ("a", "0-0")})
    await second.note({"prod": ("a", "1700000000000-1")})
    await second.note({"prod": ("a", "1699999999999-9")})
    seen = await first.seen("prod", "a")
    await second.note({"prod": ("a", "1700000000000-10")})

    assert seen == "1700000000000-2"
    assert await first.seen("prod", "a") == "1700000000000-10"
    assert await first.seen("prod", "b") == "0-0"
    assert await first.seen("staging", "a") == "0-0"


async def test_two_hubs_that_note_their_first_at_once_both_count(store: Store) -> None:
    hubs = [Marks(store) for _ in range(8)]
    for _ in range(2):  # who lost the race to be first notes it with the next second
        await asyncio.gather(*(hub.note({"prod": ("a", f"5-{n}")}) for n, hub in enumerate(hubs)))

    assert await hubs[0].seen("prod", "a") == "5-7"
