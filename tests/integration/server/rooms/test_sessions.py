"""Two hubs, one Redis, one SQL database: what one person does, everybody sees, once, and it is recorded first."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest
from debugterm_protocol import limits
from debugterm_protocol.frames import Cmd, Here, Join, Leave, Place, Roster, Status
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import (
    Chat,
    ChatLine,
    Create,
    Created,
    Done,
    Drive,
    Drove,
    Entered,
    Fate,
    Filter,
    Left,
    Said,
    Snapshot,
    Title,
    Viewed,
    apply_event,
)
from debugterm_server.bus.bells import Bells
from debugterm_server.bus.connection import Redis
from debugterm_server.bus.sessions import Change, Changed, Conflict, Kept, Seen, SessionBus
from debugterm_server.core.policy import Subject
from debugterm_server.kit.clock import wall
from debugterm_server.rooms.sessions import feed as feed_module
from debugterm_server.rooms.sessions.needs import Conn, Refused
from debugterm_server.rooms.sessions.recovery import Recovery
from debugterm_server.rooms.sessions.room import Sessions
from debugterm_server.store import sessions as sql
from debugterm_server.store.audit import Query
from sqlalchemy import text

from tests.support.sessions import ADA, BO, CTL, LOBBY, VI, Gate, Hub, Screen, a_hub
from tests.support.valkey import Server, redis_server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with redis_server() as started:
        yield started


@pytest.fixture
async def hubs(server: Server, tmp_path: Path) -> AsyncIterator[tuple[Hub, Hub]]:
    async with AsyncExitStack() as stack:
        one = await a_hub(stack, server, tmp_path)
        await one.redis.flushall()
        yield one, await a_hub(stack, server, tmp_path)


@pytest.fixture
def hub(hubs: tuple[Hub, Hub]) -> Hub:
    return hubs[0]


async def refused(running: object) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        await running  # type: ignore[misc]  # whatever was called
    return caught.value.problem.code, caught.value.problem.why


async def test_the_first_to_come_makes_the_lobby_and_is_in_it(hub: Hub) -> None:
    _, joined = await hub.join(ADA)

    assert isinstance(joined.snapshot, Snapshot)
    assert (joined.ch, joined.recovered, joined.o) == (CTL, False, "2")
    assert list(joined.snapshot.members) == ["h_ada"]
    assert [one.name for one in joined.presence] == ["ada"]
    assert await hub.records() == [(1, "session.open", "create"), (2, "session.join", "join")]


async def test_chat_and_filter_made_on_one_hub_appear_on_the_other_within_100_ms(
    hubs: tuple[Hub, Hub],
) -> None:
    one, two = hubs
    ada, _ = await one.join(ADA)
    bo, _ = await two.join(BO)
    await ada.until(lambda: any(isinstance(event.p, Entered) for event in ada.events()))

    await one.do(ADA, Chat(text="pool is empty"))
    await bo.until(lambda: bo.texts() == ["pool is empty"], seconds=1)
    loop = asyncio.get_running_loop()
    waits = []
    for n in range(5):
        start = loop.time()
        await one.do(ADA, Filter(query=f"level:>=error pool{n}"))
        await bo.until(lambda n=n: bo.state is not None and bo.state.view.query.endswith(f"pool{n}"))  # type: ignore[misc]
        waits.append(loop.time() - start)

    assert sorted(waits)[2] < 0.1
    await ada.until(lambda: ada.state == bo.state)
    kept = await one.bus.load(LOBBY)
    assert kept is not None
    assert bo.state == kept.snapshot


async def test_concurrent_writers_on_two_hubs_lose_nothing_and_double_nothing(hubs: tuple[Hub, Hub]) -> None:
    one, two = hubs
    ada, _ = await one.join(ADA)
    bo, _ = await two.join(BO)
    said = [f"{who}{n}" for n in range(20) for who in ("ada", "bo")]

    await asyncio.gather(
        *(
            hub.do(subject, Chat(text=f"{subject.name}{n}"))
            for n in range(20)
            for hub, subject in ((one, ADA), (two, BO))
        )
    )
    await ada.until(lambda: len(ada.texts()) == 40)
    await bo.until(lambda: len(bo.texts()) == 40)

    assert sorted(ada.texts()) == sorted(said) == sorted(bo.texts())
    kept = await one.bus.load(LOBBY)
    assert kept is not None
    assert kept.snapshot == ada.state == bo.state
    async with one.store.read() as read:
        rows = await sql.tail(read, LOBBY, 100)
    assert rows == kept.snapshot.chat


async def test_a_command_is_recorded_before_and_after(hub: Hub) -> None:
    await hub.join(ADA)
    done = await hub.do(ADA, Title(text="Checkout is down"))
    await hub.do(ADA, Drive())

    found = await hub.records()
    async with asyncio.timeout(5):
        while len(found) < 6:
            await asyncio.sleep(0.05)
            found = await hub.records()
    assert done == Done(seq=3, rev=3)
    assert [(kind, action) for _, kind, action in found] == [
        ("session.open", "create"),
        ("session.join", "join"),
        ("command.accepted", "title"),
        ("command.accepted", "drive"),
        ("command.finished", "title"),
        ("command.finished", "drive"),
    ]
    rows = await hub.audit.audit.search(Query(log="prod", session=LOBBY))
    assert {row.cause for row in rows if row.type == "command.finished"} == {3, 4}
    assert [row.args for row in rows if row.seq == 3] == [{"text": "Checkout is down"}]


async def test_with_the_audit_log_shut_nothing_happens_and_the_person_is_told(hub: Hub) -> None:
    ada, _ = await hub.join(ADA)
    before = await hub.bus.load(LOBBY)
    hub.audit.shut = True

    for command in (Chat(text="x"), Title(text="x"), Filter(query="x"), Drive()):
        assert await refused(hub.do(ADA, command)) == (
            "AUDIT_UNAVAILABLE",
            "the audit log cannot be written, so nothing was done",
        )
    # Not even a refusal is given that is not recorded.
    assert (await refused(hub.do(ADA, Chat(text=""))))[0] == "AUDIT_UNAVAILABLE"
    assert (await refused(hub.join(BO)))[0] == "AUDIT_UNAVAILABLE"
    assert (await refused(hub.do(ADA, Create(title="new"))))[0] == "AUDIT_UNAVAILABLE"
    assert await hub.bus.load(LOBBY) == before
    assert ada.events() == []


async def test_a_refusal_is_recorded_with_its_reason(hub: Hub) -> None:
    await hub.join(VI)

    assert await refused(hub.do(VI, Filter(query="level:>=error"))) == (
        "FORBIDDEN",
        "a viewer may not set the shared filter in prod",
    )
    rows = await hub.audit.audit.search(Query(log="prod", session=LOBBY, limit=1))
    assert (rows[0].type, rows[0].action, rows[0].decision, rows[0].rule) == (
        "command.denied",
        "filter",
        "deny",
        "viewer:session.filter",
    )
    assert rows[0].args["query"] == "level:>=error"
    assert rows[0].reason == "a viewer may not set the shared filter in prod"


async def test_a_repeat_gets_the_first_answer_and_happens_once(hubs: tuple[Hub, Hub]) -> None:
    one, two = hubs
    await one.join(ADA)
    await two.join(BO)
    first = await one.do(ADA, Chat(text="once"), id_="c-1")

    assert await two.do(ADA, Chat(text="once"), id_="c-1") == first
    assert (await refused(one.do(ADA, Chat(text="twice"), id_="c-1", digest="sha256:2")))[0] == "DUPLICATE"
    assert (await refused(one.do(BO, Chat(text="once"), id_="c-1")))[0] == "DUPLICATE"
    kept = await one.bus.load(LOBBY)
    assert kept is not None
    assert [line.text for line in kept.snapshot.chat] == ["once"]
    rows = await one.audit.audit.search(Query(log="prod", session=LOBBY, limit=2))
    assert {row.rule for row in rows if row.type == "command.denied"} == {"session:duplicate"}


async def test_the_same_command_sent_twice_at_once_to_two_hubs_happens_once(hubs: tuple[Hub, Hub]) -> None:
    one, two = hubs
    await one.join(ADA)

    answers = await asyncio.gather(*(hub.do(ADA, Chat(text="once"), id_="c-9") for hub in (one, two) * 3))

    assert len(set(map(str, answers))) == 1
    kept = await one.bus.load(LOBBY)
    async with one.store.read() as read:
        rows = await sql.tail(read, LOBBY, 100)
    assert kept is not None
    assert [line.text for line in kept.snapshot.chat] == ["once"]
    assert rows == kept.snapshot.chat


async def test_death_between_intent_and_effect_leaves_an_intent_without_effect(hub: Hub) -> None:
    ada, _ = await hub.join(ADA)
    before = await hub.bus.load(LOBBY)

    def die() -> None:
        raise SystemExit("killed")

    hub.audit.then = die
    with pytest.raises(SystemExit):
        await hub.do(ADA, Chat(text="lost"), id_="c-1")

    assert await hub.bus.load(LOBBY) == before
    assert ada.events() == []
    assert (await hub.records())[-1][1] == "command.accepted"
    assert await fate(hub, ADA, "c-1") == Fate(state="accepted")


async def fate(hub: Hub, subject: Subject, command: str) -> Fate:
    answer = await hub.sessions.status(subject, Status(id="q", cmd=command))
    return msgspec.json.decode(answer, type=Fate)


async def test_status_says_what_became_of_ones_own_command_only(hub: Hub) -> None:
    await hub.join(ADA)
    done = await hub.do(ADA, Chat(text="x"), id_="c-1")
    await refused(hub.do(ADA, Chat(text=""), id_="c-2"))

    assert await fate(hub, ADA, "c-1") == Fate(state="finished", answer=done)
    assert await fate(hub, ADA, "c-2") == Fate(state="refused")
    assert await fate(hub, ADA, "c-3") == Fate(state="unknown")
    assert await fate(hub, BO, "c-1") == Fate(state="unknown")


class Rival(SessionBus):
    """A Redis in which somebody else is always a little faster, `times` times."""

    def __init__(self, redis: Redis, rival: Callable[[], Change | None]) -> None:
        super().__init__(redis)
        self.rival = rival

    async def change(self, change: Change) -> Changed | Seen | Conflict:
        if faster := self.rival():
            assert await super().change(faster) == Changed()
        return await super().change(change)


async def test_an_intent_that_may_not_happen_any_more_is_cancelled_and_sql_put_right(
    hub: Hub, server: Server
) -> None:
    await hub.join(ADA)
    await hub.join(BO)
    kept = await hub.bus.load(LOBBY)
    assert kept is not None
    gone = Left(human="h_ada", name="ada", driver="")
    after = apply_event(kept.snapshot, gone, kept.snapshot.rev + 1)
    faster = [Change(before=kept, after=Kept(kept.epoch, after), event=gone)]
    bus = Rival(hub.redis, lambda: faster.pop() if faster else None)
    sessions = Sessions(bus=bus, bells=Bells(hub.redis), store=hub.store, audit=hub.audit)
    beaten = Hub(sessions, hub.audit, hub.store, hub.redis, bus)

    assert await refused(beaten.do(ADA, Chat(text="too late"), id_="c-1")) == (
        "FORBIDDEN",
        "you are not in this session",
    )
    assert [kind for _, kind, _ in (await hub.records())[-2:]] == ["command.accepted", "command.cancelled"]
    async with hub.store.read() as read:
        assert await sql.tail(read, LOBBY, 10) == []
    assert await fate(hub, ADA, "c-1") == Fate(state="cancelled")


async def test_a_client_that_comes_back_gets_what_it_missed_and_no_snapshot(hubs: tuple[Hub, Hub]) -> None:
    one, two = hubs
    ada, joined = await one.join(ADA)
    await two.join(BO)
    await ada.until(lambda: len(ada.events()) == 1)
    await one.sessions.gone("c_ada")
    for n in range(3):
        await two.do(BO, Chat(text=str(n)))
    place = Place(epoch=joined.epoch, offset=ada.events()[-1].o)

    back = Screen()
    back.state = ada.state
    again = await two.sessions.join(ADA, Conn("c_ada2"), Join(id="j2", session="lobby", source=place), back)

    assert again.recovered
    assert not isinstance(again.snapshot, Snapshot)
    assert again.o == place.offset
    assert back.frames == []
    await back.until(lambda: len(back.texts()) == 3)
    kept = await one.bus.load(LOBBY)
    assert kept is not None
    assert back.state == kept.snapshot


@pytest.mark.parametrize("place", [Place("e_other", "2"), Place("", "0")])
async def test_a_client_with_an_unknown_place_gets_a_snapshot(hub: Hub, place: Place) -> None:
    await hub.join(ADA)
    _, joined = await hub.join(ADA, source=place)

    assert not joined.recovered
    assert isinstance(joined.snapshot, Snapshot)


async def test_a_place_that_is_no_offset_is_refused(hub: Hub) -> None:
    assert (await refused(hub.join(ADA, source=Place("e_1", "1-2-x"))))[0] == "BAD_OFFSET"


async def test_a_lost_redis_is_rebuilt_from_sql_with_higher_revisions_and_a_new_epoch(
    hubs: tuple[Hub, Hub],
) -> None:
    one, two = hubs
    ada, before = await one.join(ADA)
    bo, _ = await two.join(BO)
    for n in range(3):
        await one.do(ADA, Chat(text=str(n)))
    await one.do(ADA, Title(text="Checkout is down"))
    await one.do(ADA, Drive())
    await bo.until(lambda: bo.state is not None and bo.state.driver == "h_ada")
    old = bo.state
    assert old is not None
    await one.redis.flushall()

    await two.do(BO, Chat(text="still here"))
    await ada.until(lambda: "still here" in [line.text for line in ada.state.chat] if ada.state else False)
    await bo.until(lambda: bo.state == ada.state)
    kept = await one.bus.load(LOBBY)
    assert kept is not None
    assert kept.epoch != before.epoch
    assert kept.snapshot.rev > old.rev
    assert kept.snapshot == ada.state
    assert kept.snapshot.title == "Checkout is down"
    assert set(kept.snapshot.members) == {"h_ada", "h_bo"}
    assert [line.text for line in kept.snapshot.chat] == ["0", "1", "2", "still here"]
    assert kept.snapshot.driver == ""
    _, back = await one.join(ADA, source=Place(before.epoch, str(old.rev)))
    assert not back.recovered


async def test_a_session_that_came_from_an_older_backup_is_shown_whole(hub: Hub) -> None:
    ada, joined = await hub.join(ADA)
    for n in range(3):
        await hub.do(ADA, Chat(text=str(n)))
    await ada.until(lambda: len(ada.texts()) == 3)
    assert isinstance(joined.snapshot, Snapshot)
    await hub.redis.flushall()
    older = Kept("e_backup", joined.snapshot)
    said = Said(ChatLine(seq=3, at="", human="h_bo", name="bo", text="other"))
    for kept in (older, Kept("e_backup", apply_event(older.snapshot, said, joined.snapshot.rev + 1))):
        before = None if kept is older else older
        event = None if before is None else said
        assert await hub.bus.change(Change(before=before, after=kept, event=event)) == Changed()

    await ada.until(lambda: isinstance(ada.events()[-1].p, Created))
    assert ada.events()[-1].o == "3"


async def test_the_feed_survives_a_dead_redis_and_goes_on_where_it_was(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        server = stack.enter_context(redis_server())
        hub = await a_hub(stack, server, tmp_path)
        ada, _ = await hub.join(ADA)
        server.kill()
        assert (await refused(hub.do(ADA, Chat(text="lost"))))[0] == "UNAVAILABLE"
        server.start()

        async with asyncio.timeout(20):
            while True:
                try:
                    await hub.do(ADA, Chat(text="back"))
                    break
                except Refused:
                    await asyncio.sleep(0.05)
        await ada.until(
            lambda: ada.state is not None and "back" in [line.text for line in ada.state.chat], seconds=20
        )


async def test_a_missed_bell_only_delays(hub: Hub, monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.setattr(feed_module, "FALLBACK_SECONDS", 0.05)
    ada, _ = await hub.join(ADA)
    monkeypatch.setattr(feed_module.Feed, "ring", lambda *_: None)

    await hub.do(ADA, Chat(text="silent"))
    await ada.until(lambda: ada.texts() == ["silent"])


async def test_joins_during_a_storm_of_chat_miss_nothing_and_get_nothing_twice(hubs: tuple[Hub, Hub]) -> None:
    one, two = hubs
    await one.join(ADA)

    async def storm() -> None:
        for n in range(40):
            await one.do(ADA, Chat(text=str(n)))

    async def joiner(n: int) -> Screen:
        await asyncio.sleep(n * 0.01)
        person = Subject(human=f"h_{n}", name=f"n{n}", env="prod", role=Role.VIEWER)
        return (await (one, two)[n % 2].join(person, conn=f"c_{n}"))[0]

    screens = (await asyncio.gather(storm(), *(joiner(n) for n in range(12))))[1:]
    kept = await one.bus.load(LOBBY)
    assert kept is not None
    for screen in screens:
        assert isinstance(screen, Screen)
        await screen.until(lambda screen=screen: screen.state == kept.snapshot)  # type: ignore[misc]


async def test_two_hubs_make_one_lobby(hubs: tuple[Hub, Hub]) -> None:
    one, two = hubs
    await asyncio.gather(one.join(ADA), two.join(BO), one.join(VI))

    kept = await one.bus.load(LOBBY)
    assert kept is not None
    assert set(kept.snapshot.members) == {"h_ada", "h_bo", "h_vi"}
    assert [kind for _, kind, _ in await one.records()].count("session.open") == 1


async def test_a_session_is_made_once_listed_and_joined_by_its_slug(hubs: tuple[Hub, Hub]) -> None:
    one, two = hubs
    made = await one.do(ADA, Create(title="Checkout is slow", slug="INC-42"), id_="c-1")

    assert await two.do(ADA, Create(title="Checkout is slow", slug="INC-42"), id_="c-1") == made
    assert await refused(two.do(BO, Create(title="other", slug="INC-42"))) == (
        "CONFLICT",
        "another open session is called INC-42",
    )
    assert (await refused(one.do(VI, Create(title="mine"))))[0] == "FORBIDDEN"
    _, joined = await two.join(BO, session="INC-42")
    assert joined.ch == f"{made.session}/ctl"
    listing = await one.sessions.listing(VI)
    assert [(one.slug, one.title, [m.name for m in one.members], one.here) for one in listing.sessions] == [
        ("lobby", "Lobby", [], []),
        ("INC-42", "Checkout is slow", ["bo"], ["h_bo"]),
    ]


async def test_another_environment_sees_no_session_of_this_one(hub: Hub) -> None:
    made = await hub.do(ADA, Create(title="secret", slug="INC-1"))
    stranger = Subject(human="h_s", name="s", env="staging", role=Role.COMMANDER)

    for name in (made.session, "INC-1", LOBBY, f"{LOBBY}/x", "s_}{"):
        assert (await refused(hub.join(stranger, session=name)))[0] == "NOT_FOUND"
    assert (await refused(hub.do(stranger, Chat(text="x"), ch=f"{made.session}/ctl")))[0] == "NOT_FOUND"
    assert await hub.sessions._states.load("staging", made.session) is None
    assert [one.id for one in (await hub.sessions.listing(stranger)).sessions] == ["s_lobby-staging"]
    assert (await hub.audit.audit.search(Query(log="staging", text="session.join")))[0].decision == "deny"


async def test_presence_is_seen_on_the_other_hub_at_most_five_times_a_second(hubs: tuple[Hub, Hub]) -> None:
    one, two = hubs
    await one.join(ADA)
    bo, _ = await two.join(BO)
    await bo.until(lambda: any(isinstance(frame, Roster) for frame in bo.frames))
    await asyncio.sleep(0.3)
    bo.frames.clear()

    for n in range(60):
        await one.sessions.here("c_ada", Here(ch=CTL, state="typing", query="q" * n + "x"))
        await asyncio.sleep(0.01)
    await one.sessions.here("c_ada", Here(ch=CTL, state="idle", query="y" * 500))

    def last() -> tuple[str, str]:
        rosters = [frame for frame in bo.frames if isinstance(frame, Roster)]
        people = {each.name: each for each in rosters[-1].presence} if rosters else {}
        return (people["ada"].state, people["ada"].query) if "ada" in people else ("", "")

    await bo.until(lambda: last() == ("idle", "y" * limits.PRESENCE_QUERY_CHARS))
    assert len([frame for frame in bo.frames if isinstance(frame, Roster)]) <= 7
    await one.sessions.gone("c_ada")
    await bo.until(lambda: last() == ("", ""))
    assert bo.state is not None
    assert "h_ada" in bo.state.members


async def test_leaving_by_one_of_two_connections_keeps_the_person(hubs: tuple[Hub, Hub]) -> None:
    one, two = hubs
    phone, _ = await one.join(ADA, conn="c_phone")
    _ = await two.join(ADA, conn="c_laptop")

    await one.sessions.leave(ADA, Conn("c_phone"), Leave(id="l1", ch=CTL))
    kept = await one.bus.load(LOBBY)
    assert kept is not None
    assert "h_ada" in kept.snapshot.members

    await one.sessions.gone("c_phone")
    bo, _ = await one.join(BO)
    await two.sessions.leave(ADA, Conn("c_laptop"), Leave(id="l2", ch=CTL))
    await bo.until(lambda: [event.p for event in bo.events()] == [Left(human="h_ada", name="ada", driver="")])
    async with one.store.read() as read:
        assert set(await sql.roster(read, LOBBY)) == {"h_bo"}
    assert [event for event in phone.events() if isinstance(event.p, Left)] == []
    assert (await refused(two.do(ADA, Chat(text="x"))))[0] == "FORBIDDEN"


async def test_setting_the_filter_takes_the_wheel_and_another_may_take_it_over(hub: Hub) -> None:
    ada, _ = await hub.join(ADA)
    await hub.join(BO, conn="c_bo")

    await hub.do(ADA, Filter(query="level:>=error"))
    assert await refused(hub.do(BO, Filter(query="x"))) == ("CONFLICT", "ada drives the shared view")
    await hub.do(BO, Drive())
    await hub.do(BO, Filter(query="x"))
    await ada.until(lambda: ada.state is not None and ada.state.view.query == "x")

    kinds = [type(event.p) for event in ada.events()]
    assert kinds == [Entered, Viewed, Drove, Viewed]


async def test_a_stopping_hub_leaves_no_ghosts(hub: Hub, server: Server, tmp_path: Path) -> None:
    bo, _ = await hub.join(BO)
    async with AsyncExitStack() as stack:
        other = await a_hub(stack, server, tmp_path)
        await other.join(ADA)
        assert [one.name for one in (await hub.bus.present(LOBBY, {}))] == ["ada", "bo"]

    assert [one.name for one in (await hub.bus.present(LOBBY, {}))] == ["bo"]
    assert bo.state is not None


@pytest.mark.parametrize("id_", ["", "x" * 129])
async def test_an_id_that_nobody_can_keep_is_refused(hub: Hub, id_: str) -> None:
    await hub.join(ADA)
    frame = Cmd(id=id_, ch=CTL, p=Chat(text="x"))

    assert (await refused(hub.sessions.run(ADA, frame, "")))[0] == "BAD_REQUEST"


async def test_a_command_without_session_is_refused(hub: Hub) -> None:
    assert await refused(hub.sessions.run(ADA, Cmd(id="1", p=Chat(text="x")), "")) == (
        "BAD_REQUEST",
        "the command names no session",
    )


async def recover(hub: Hub, *, seconds_later: float = 120) -> int:
    """Recovery as another hub does it that much later."""

    async def mine(_env: str) -> bool:
        return True

    def clock() -> float:
        return wall() + seconds_later

    return await Recovery(bus=hub.bus, store=hub.store, audit=hub.audit, lease=mine, clock=clock).look("prod")


async def outcomes(hub: Hub) -> list[tuple[str, str, int, str]]:
    rows = await hub.audit.audit.search(Query(log="prod", session=LOBBY, limit=1000))
    return [
        (row.type, row.action, row.cause, row.result)
        for row in reversed(rows)
        if row.type in ("command.finished", "command.cancelled")
    ]


async def test_recovery_cancels_what_never_happened_and_takes_its_row_back(hub: Hub) -> None:
    await hub.join(ADA)
    await hub.do(ADA, Title(text="true"))

    def die() -> None:
        raise SystemExit("killed")

    hub.audit.then = die
    for command in (Chat(text="lost"), Title(text="lost")):
        with pytest.raises(SystemExit):
            await hub.do(ADA, command, id_=f"c-{type(command).__name__}")
    hub.audit.then = lambda: None

    assert await recover(hub, seconds_later=0) == 0  # somebody may still be working on it
    await asyncio.sleep(0.7)  # the outcome of the title is written behind
    assert await recover(hub) == 2
    assert await recover(hub) == 0
    assert (await outcomes(hub))[-2:] == [
        ("command.cancelled", "chat", 4, "recovered"),
        ("command.cancelled", "title", 5, "recovered"),
    ]
    async with hub.store.read() as read:
        assert await sql.tail(read, LOBBY, 10) == []
        row = await sql.find(read, "prod", LOBBY)
    assert row is not None
    assert row.title == "true"
    assert await fate(hub, ADA, "c-Chat") == Fate(state="cancelled")


async def test_recovery_finishes_what_happened_and_runs_nothing(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, _ = await hub.join(ADA)
    monkeypatch.setattr(Gate, "later", lambda *_: None)  # the hub dies before it wrote the outcome
    await hub.do(ADA, Chat(text="seen by all"))
    await hub.do(ADA, Drive())
    before = await hub.bus.load(LOBBY)

    assert await recover(hub) == 2
    assert await outcomes(hub) == [
        ("command.finished", "chat", 3, "recovered"),
        ("command.finished", "drive", 4, "recovered"),
    ]
    assert await hub.bus.load(LOBBY) == before
    assert ada.texts() == ["seen by all"]


async def test_what_a_rebuilt_session_was_rebuilt_from_did_happen(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hub.join(ADA)
    monkeypatch.setattr(Gate, "later", lambda *_: None)
    await hub.do(ADA, Chat(text="seen by all"))
    await hub.do(ADA, Drive())
    await hub.redis.flushall()
    await hub.join(BO)

    assert await recover(hub) == 2
    assert [(kind, action) for kind, action, _, _ in await outcomes(hub)] == [
        ("command.finished", "chat"),
        ("command.cancelled", "drive"),
    ]
    async with hub.store.read() as read:
        assert [line.text for line in await sql.tail(read, LOBBY, 10)] == ["seen by all"]


async def test_with_the_audit_table_really_read_only_chat_is_refused_and_comes_back(hub: Hub) -> None:
    ada, _ = await hub.join(ADA)
    before = await hub.bus.load(LOBBY)
    refuse = "CREATE TRIGGER shut BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'read only'); END"
    async with hub.store.write() as write:
        await write.execute(text(refuse))

    assert (await refused(hub.do(ADA, Chat(text="x"))))[0] == "AUDIT_UNAVAILABLE"
    assert await hub.bus.load(LOBBY) == before
    async with hub.store.read() as read:
        assert await sql.tail(read, LOBBY, 10) == []

    async with hub.store.write() as write:
        await write.execute(text("DROP TRIGGER shut"))
    await hub.do(ADA, Chat(text="y"))
    await ada.until(lambda: ada.texts() == ["y"])
