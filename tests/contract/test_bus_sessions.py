"""Sessions on a real Redis: compare-and-set, resume, marks, presence and bells, on Valkey and on Redis 7.0."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest
from debugterm_protocol.frames import Presence
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import (
    ChatLine,
    Created,
    Done,
    Event,
    Said,
    SharedView,
    Snapshot,
    Titled,
    apply_event,
)
from debugterm_server.bus import bells as bells_module
from debugterm_server.bus import sessions as bus_module
from debugterm_server.bus.bells import Bell, Bells
from debugterm_server.bus.connection import BusDown, Redis, connect
from debugterm_server.bus.sessions import Change, Changed, Conflict, Kept, Mark, Seen, SessionBus

from tests.support.valkey import Server, redis_server


@pytest.fixture(scope="module", params=["valkey", "redis"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with redis_server(request.param) as started:
        yield started


@pytest.fixture
async def redis(server: Server) -> AsyncIterator[Redis]:
    client = connect(server.url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
def bus(redis: Redis) -> SessionBus:
    return SessionBus(redis)


def a_session(rev: int = 0, title: str = "t") -> Snapshot:
    return Snapshot(
        v=1,
        rev=rev,
        id="s_1",
        env="prod",
        slug="",
        title=title,
        created_by="h_ada",
        created_at="",
        members={},
        driver="",
        view=SharedView(),
        chat=[],
    )


def next_of(kept: Kept, event: Event, command: str = "", digest: str = "d", seq: int = 1) -> Change:
    after = apply_event(kept.snapshot, event, kept.snapshot.rev + 1)
    mark = Mark(human="h_ada", digest=digest, answer=Done(seq=seq, rev=after.rev)) if command else None
    return Change(
        before=kept, after=Kept(kept.epoch, after), event=event, seq=seq, command=command, mark=mark
    )


async def opened(bus: SessionBus) -> Kept:
    kept = Kept("e_1", a_session(rev=1))
    created = Created(a_session())
    assert await bus.change(Change(before=None, after=kept, event=created, seq=1)) == Changed()
    return kept


async def test_a_session_is_what_was_put_there(bus: SessionBus) -> None:
    assert await bus.load("s_1") is None

    kept = await opened(bus)

    assert await bus.load("s_1") == kept


async def test_a_session_that_exists_is_not_opened_again(bus: SessionBus) -> None:
    kept = await opened(bus)
    second = Change(before=None, after=Kept("e_2", a_session(rev=9)), event=None)

    assert await bus.change(second) == Conflict(kept)
    assert await bus.load("s_1") == kept


async def test_a_change_of_an_old_revision_is_a_conflict_and_does_nothing(bus: SessionBus) -> None:
    kept = await opened(bus)
    first, second = (next_of(kept, Titled(title=title, by="ada")) for title in ("first", "second"))

    assert await bus.change(first) == Changed()
    assert await bus.change(second) == Conflict(first.after)
    assert await bus.load("s_1") == first.after
    since = await bus.since("s_1", 1)
    assert since is not None
    assert [told.event for told in since.events] == [Titled(title="first", by="ada")]


async def test_a_change_of_another_epoch_is_a_conflict(bus: SessionBus) -> None:
    kept = await opened(bus)
    stale = Kept("e_0", kept.snapshot)

    assert await bus.change(next_of(stale, Titled(title="x", by="ada"))) == Conflict(kept)


async def test_a_change_of_a_session_that_redis_lost_is_a_conflict_with_nothing(bus: SessionBus) -> None:
    assert await bus.change(next_of(Kept("e_1", a_session(1)), Titled(title="x", by="ada"))) == Conflict(None)


async def test_text_that_looks_like_the_head_of_a_state_does_not_deceive_the_script(bus: SessionBus) -> None:
    kept = await opened(bus)
    trick = '{"v":1,"rev":99,"epoch":"e_9"'
    change = next_of(kept, Titled(title=trick, by=trick))

    assert await bus.change(change) == Changed()
    assert await bus.change(next_of(change.after, Titled(title="y", by="ada"))) == Changed()
    since = await bus.since("s_1", 1)
    assert since is not None
    assert (since.epoch, since.rev) == ("e_1", 3)


async def test_a_repeated_command_gets_the_first_answer_whatever_the_state_is_now(bus: SessionBus) -> None:
    kept = await opened(bus)
    change = next_of(kept, Titled(title="x", by="ada"), command="c1", seq=7)
    assert await bus.change(change) == Changed()

    assert await bus.change(next_of(change.after, Titled(title="y", by="ada"), command="c1", seq=8)) == Seen(
        Mark(human="h_ada", digest="d", answer=Done(seq=7, rev=2))
    )
    assert await bus.mark("s_1", "c1") == change.mark
    assert await bus.mark("s_1", "c2") is None
    assert await bus.load("s_1") == change.after


async def test_two_hundred_concurrent_writers_lose_nothing_and_double_nothing(bus: SessionBus) -> None:
    await opened(bus)

    async def say(seq: int) -> None:
        line = ChatLine(seq=seq, at="", human="h_ada", name="ada", text=str(seq))
        while True:
            now = await bus.load("s_1")
            assert now is not None
            if await bus.change(next_of(now, Said(line), command=f"c{seq}", seq=seq)) == Changed():
                return

    await asyncio.gather(*(say(seq) for seq in range(2, 42)))

    final = await bus.load("s_1")
    since = await bus.since("s_1", 0)
    assert final is not None
    assert since is not None
    assert [line.seq for line in final.snapshot.chat] == list(range(2, 42))
    assert [told.rev for told in since.events] == list(range(1, 42))
    state = a_session()
    for told in since.events:
        state = apply_event(state, told.event, told.rev)
    assert state == final.snapshot


async def test_events_after_a_revision_are_read_in_order_and_say_whether_any_is_missing(
    bus: SessionBus,
) -> None:
    kept = await opened(bus)
    for n in range(4):
        change = next_of(kept, Titled(title=str(n), by="ada"), seq=10 + n)
        await bus.change(change)
        kept = change.after

    since = await bus.since("s_1", 3)
    assert since is not None
    assert [(told.rev, told.seq) for told in since.events] == [(4, 12), (5, 13)]
    assert since.continues(3)
    caught_up = await bus.since("s_1", 5)
    assert caught_up is not None
    assert caught_up.continues(5)
    assert not caught_up.continues(6)
    assert await bus.since("s_2", 0) is None


async def test_old_events_go_and_take_their_marks_with_them(
    bus: SessionBus, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "EVENTS", 3)
    kept = await opened(bus)
    for n in range(5):
        change = next_of(kept, Titled(title=str(n), by="ada"), command=f"c{n}")
        await bus.change(change)
        kept = change.after

    since = await bus.since("s_1", 1)
    assert since is not None
    assert [told.rev for told in since.events] == [4, 5, 6]
    assert not since.continues(1)
    assert sorted(await redis.hkeys("dt:{s:s_1}:cmd")) == [b"c2", b"c3", b"c4"]
    assert 0 < await redis.pttl("dt:{s:s_1}:cmd") <= 24 * 3600 * 1000


async def test_a_rebuilt_session_starts_a_new_stream_above_the_old_numbers(
    bus: SessionBus, redis: Redis
) -> None:
    kept = await opened(bus)
    await bus.change(next_of(kept, Titled(title="x", by="ada")))
    await redis.delete("dt:{s:s_1}:state")
    rebuilt = Kept("e_2", a_session(rev=40, title="x"))

    assert await bus.change(Change(before=None, after=rebuilt, event=None)) == Changed()
    assert await bus.change(next_of(rebuilt, Titled(title="y", by="ada"))) == Changed()
    since = await bus.since("s_1", 0)
    assert since is not None
    assert (since.epoch, [told.rev for told in since.events]) == ("e_2", [41])


def presence(conn: str, name: str, state: str = "active") -> Presence:
    return msgspec.convert(
        {
            "conn": conn,
            "human": f"h_{name}",
            "name": name,
            "role": Role.VIEWER,
            "client": "t",
            "state": state,
        },
        Presence,
    )


async def test_who_is_here_is_listed_by_name_and_leaves_when_told(bus: SessionBus) -> None:
    await bus.present("s_1", {"c_2": presence("c_2", "bo")})

    both = await bus.present("s_1", {"c_1": presence("c_1", "ada")})
    assert [one.name for one in both] == ["ada", "bo"]
    assert await bus.rosters(["s_1", "s_2"]) == {"s_1": both, "s_2": []}
    assert await bus.present("s_1", {"c_2": None}) == [presence("c_1", "ada")]


async def test_a_connection_that_nobody_refreshed_for_30_s_is_gone(bus: SessionBus, redis: Redis) -> None:
    await bus.present("s_1", {"c_1": presence("c_1", "ada"), "c_2": presence("c_2", "bo")})
    seconds, _ = await redis.time()
    await redis.zadd("dt:{s:s_1}:here:at", {"c_2": (seconds - 31) * 1000})
    bells = Bells(redis)
    await bells.watch("s_1")
    listening = bells.listen()
    assert await hear(listening) == Bell("s_1", "all")

    assert await bus.present("s_1", {"c_1": presence("c_1", "ada")}) == [presence("c_1", "ada")]
    assert await hear(listening) == Bell("s_1", "here")
    assert 0 < await redis.pttl("dt:{s:s_1}:here") <= 60_000
    await listening.aclose()  # type: ignore[attr-defined]  # it is a generator


async def hear(listening: AsyncIterator[Bell]) -> Bell:
    async with asyncio.timeout(5):
        return await anext(listening)


async def test_bells_ring_for_watched_sessions_only_and_a_refresh_that_changes_nothing_is_silent(
    bus: SessionBus, redis: Redis
) -> None:
    bells = Bells(redis)
    await bells.watch("s_1")
    listening = bells.listen()
    assert await hear(listening) == Bell("s_1", "all")

    await bus.present("s_2", {"c_1": presence("c_1", "ada")})
    await bus.present("s_1", {"c_1": presence("c_1", "ada")})
    assert await hear(listening) == Bell("s_1", "here")
    await bus.present("s_1", {"c_1": presence("c_1", "ada")})
    await opened(bus)
    assert await hear(listening) == Bell("s_1", "ev")

    await bells.watch("s_2")
    assert await hear(listening) == Bell("s_2", "all")
    await bells.unwatch("s_1")
    await bus.present("s_1", {"c_1": None})
    await bus.present("s_2", {"c_1": None})
    assert await hear(listening) == Bell("s_2", "here")
    await listening.aclose()  # type: ignore[attr-defined]  # it is a generator


async def test_a_quiet_connection_is_asked_whether_it_lives(
    bus: SessionBus, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bells_module, "_QUIET_SECONDS", 0.05)
    bells = Bells(redis)
    await bells.watch("s_1")
    listening = bells.listen()
    assert await hear(listening) == Bell("s_1", "all")

    task = asyncio.ensure_future(hear(listening))  # noqa: TID251 - a test's own task
    await asyncio.sleep(0.3)  # several silences: pings must have been answered
    assert not task.done()
    await opened(bus)
    assert await task == Bell("s_1", "ev")
    await listening.aclose()  # type: ignore[attr-defined]  # it is a generator


async def test_everything_says_bus_down_when_redis_is_gone() -> None:
    nowhere = connect("unix:///nonexistent/socket")
    bus, bells = SessionBus(nowhere), Bells(nowhere)
    kept = Kept("e_1", a_session(1))

    with pytest.raises(BusDown):
        await bus.load("s_1")
    with pytest.raises(BusDown):
        await bus.change(next_of(kept, Titled(title="x", by="ada")))
    with pytest.raises(BusDown):
        await bus.since("s_1", 0)
    with pytest.raises(BusDown):
        await anext(bells.listen())
    await bells.watch("s_1")
    await nowhere.aclose()
