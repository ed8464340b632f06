"""The walk back in time: everybody gets what they lack, once and newest first, and hears how far it came."""

import asyncio
from collections.abc import Callable

import pytest
from debugterm_protocol.offsets import parse
from debugterm_server.bus.entries import Entry, Slice
from debugterm_server.rooms.hub import recount
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.recount import Place, Recount


class Stream:
    """Entries one a second, of which some are forged: read, but never handed out."""

    def __init__(self, seconds: range, *, forged: frozenset[int] = frozenset(), gone: str = "0-0") -> None:
        self.seconds = seconds
        self.forged = forged
        self.gone = gone
        self.asked: list[tuple[str, ...]] = []

    async def before(self, env: str, end: str, start: str, *, count: int) -> Slice:
        self.asked.append((env, end, start))
        bound, oldest = parse(end.removeprefix("(")), parse(start)
        ids = [s for s in reversed(self.seconds) if (s * 1000, 0) < bound[:2] and (s * 1000, 0) >= oldest[:2]]
        read = ids[:count]
        entries = [
            Entry(id=f"{s * 1000}-0", rows=b'{"ts":"x"}', n=1, t0=0, t1=0, levels={"info": 1})
            for s in read
            if s not in self.forged
        ]
        first, last = (f"{read[0] * 1000}-0", f"{read[-1] * 1000}-0") if read else ("", "")
        return Slice(entries, first, last, more=len(read) == count)

    async def trimmed(self, env: str) -> str:
        return self.gone if env else ""


class Wish:
    """A job that notes what it gets."""

    def __init__(self, before: int, back_to: int | None) -> None:
        self.before: Place = (before * 1000, 0)
        self.wanted = back_to
        self.got: list[int] = []
        self.complete_from = 0
        self.then: Callable[[], None] = lambda: None

    def back_to(self) -> int | None:
        return self.wanted

    def take(self, read: Read) -> None:
        self.got.append(read.place[0] // 1000)
        self.then()

    def reached(self, second: int) -> None:
        self.complete_from = second


async def walked(stream: Stream, *jobs: Wish, extra: int = 0) -> Recount:
    """Walk until nobody wants more."""
    walk = Recount("env", stream)
    for job in jobs:
        walk.add(job)
    for _ in range(1 + extra):
        assert await walk._turn()
    return walk


async def test_the_past_is_given_newest_first_back_to_where_it_is_wanted() -> None:
    job = Wish(110, 104)
    await walked(Stream(range(100, 120)), job)

    assert job.got == [109, 108, 107, 106, 105, 104]
    assert job.complete_from == 104


async def test_two_who_came_at_different_times_are_served_by_one_walk() -> None:
    early, late = Wish(105, 100), Wish(112, 102)
    stream = Stream(range(90, 120))
    await walked(stream, early, late)

    assert early.got == [104, 103, 102, 101, 100]
    assert late.got == [111, 110, 109, 108, 107, 106, 105, 104, 103, 102]
    assert (early.complete_from, late.complete_from) == (100, 102)
    assert len(stream.asked) == 6


async def test_where_the_stream_begins_the_past_is_complete() -> None:
    job = Wish(110, 50)
    await walked(Stream(range(105, 120)), job)

    assert (job.got[-1], job.complete_from) == (105, 50)


async def test_what_retention_took_is_never_called_complete() -> None:
    job = Wish(110, 50)
    await walked(Stream(range(105, 120), gone="104000-7"), job)

    assert job.complete_from == 105


async def test_forged_entries_are_walked_past() -> None:
    job = Wish(110, 100)
    await walked(Stream(range(90, 120), forged=frozenset(range(101, 109))), job)

    assert job.got == [109, 100]


async def test_while_nobody_asks_nothing_is_read_and_then_it_goes_on_where_it_stopped() -> None:
    job = Wish(110, 104)
    stream = Stream(range(100, 120))

    def stop() -> None:
        job.wanted = None if len(job.got) == 3 else job.wanted

    job.then = stop
    walk = await walked(stream, job)
    stopped = list(job.got)
    job.wanted = 104
    assert await walk._turn()

    assert stopped == [109, 108, 107, 106]
    assert job.got == [109, 108, 107, 106, 105, 104]


async def test_who_is_dropped_gets_nothing_more() -> None:
    job = Wish(110, 100)
    walk = Recount("env", Stream(range(90, 120)))
    job.then = lambda: walk.drop(job)
    walk.add(job)
    assert await walk._turn()

    assert job.got == [109]


async def test_a_turn_ends_at_its_bound_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recount, "TURN_ROWS", 4)
    job = Wish(110, 100)
    walk = Recount("env", Stream(range(90, 120)))
    walk.add(job)

    assert not await walk._turn()
    assert (job.got, job.complete_from) == ([109, 108, 107, 106], 107)
    assert not await walk._turn()
    assert await walk._turn()
    assert (job.got[-1], job.complete_from) == (100, 100)


async def test_a_new_wish_wakes_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recount, "REST_SECONDS", 0)
    walk = Recount("env", Stream(range(90, 120)))
    running = asyncio.get_running_loop().create_task(walk.run())
    try:
        for before in (95, 100):
            job, done = Wish(before, 90), asyncio.Event()
            job.then = lambda job=job, done=done: done.set() if job.got[-1] == 90 else None  # type: ignore[misc]
            walk.add(job)
            async with asyncio.timeout(5):
                await done.wait()
    finally:
        running.cancel()

    assert job.got == list(range(99, 89, -1))
