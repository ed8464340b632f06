"""Sessions, roster and chat, alike on SQLite and Postgres."""

from dataclasses import replace

from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import ChatLine, Member
from debugterm_server.core.policy import Subject
from debugterm_server.core.records import Draft
from debugterm_server.rooms.audit import Audit
from debugterm_server.store import sessions
from debugterm_server.store.engine import Store
from debugterm_server.store.sessions import SessionRow

POOL = SessionRow("s_1", "prod", "INC-42", "pool", "h_1", "2026-11-23T17:20:11.000000Z")


async def test_a_session_is_found_by_id_and_by_the_slug_of_an_open_one(store: Store) -> None:
    async with store.write() as write:
        await sessions.add(write, POOL)
        await sessions.add(write, replace(POOL, id="s_2", env="staging", slug=""))
        await sessions.retitle(write, "s_1", "pool is empty")

    async with store.read() as read:
        assert await sessions.find(read, "prod", "INC-42") == replace(POOL, title="pool is empty")
        assert await sessions.find(read, "prod", "s_1") == replace(POOL, title="pool is empty")
        assert await sessions.find(read, "staging", "INC-42") is None
        assert await sessions.find(read, "staging", "") is None
        assert [row.id for row in await sessions.listing(read, "prod")] == ["s_1"]


async def test_a_closed_session_gives_its_slug_away_and_keeps_its_id(store: Store) -> None:
    async with store.write() as write:
        await sessions.add(write, POOL)
        await sessions.close(write, "s_1", "2026-11-23T18:00:00.000000Z")
        await sessions.add(write, replace(POOL, id="s_2"))

    async with store.read() as read:
        newer = await sessions.find(read, "prod", "INC-42")
        older = await sessions.find(read, "prod", "s_1")
        assert newer is not None
        assert newer.id == "s_2"
        assert older is not None
        assert older.closed_at == "2026-11-23T18:00:00.000000Z"
        assert [row.id for row in await sessions.listing(read, "prod")] == ["s_2"]


async def test_the_newest_chat_lines_come_oldest_first(store: Store) -> None:
    lines = [ChatLine(seq, "2026", "h_1", "ana", f"line {seq}\n'é") for seq in (3, 5, 9)]
    async with store.write() as write:
        await sessions.add(write, POOL)
        for line in lines:
            await sessions.say(write, "s_1", line)

    async with store.read() as read:
        assert await sessions.tail(read, "s_1", 2) == lines[1:]


async def test_entering_twice_keeps_one_member_with_the_newer_role(store: Store) -> None:
    ana = Member("h_1", "ana", Role.VIEWER, "2026")
    async with store.write() as write:
        await sessions.add(write, POOL)
        await sessions.enter(write, "s_1", ana)
        await sessions.enter(write, "s_1", Member("h_1", "ana", Role.COMMANDER, "2027"))
        await sessions.enter(write, "s_1", Member("h_2", "bob", Role.VIEWER, "2026"))
        await sessions.leave(write, "s_1", "h_2")

    async with store.read() as read:
        assert await sessions.roster(read, "s_1") == {"h_1": Member("h_1", "ana", Role.COMMANDER, "2027")}


async def test_a_chat_line_is_taken_back_alone(store: Store) -> None:
    lines = [ChatLine(seq, "2026", "h_1", "ana", "x") for seq in (3, 5)]
    async with store.write() as write:
        await sessions.add(write, POOL)
        for line in lines:
            await sessions.say(write, "s_1", line)
        await sessions.unsay(write, "s_1", 3)

    async with store.read() as read:
        assert await sessions.tail(read, "s_1", 9) == lines[1:]


async def test_the_members_of_every_open_session_are_listed_by_name(store: Store) -> None:
    ana, bob = (Member(f"h_{name}", name, Role.VIEWER, "2026") for name in ("ana", "bob"))
    async with store.write() as write:
        for row in (POOL, replace(POOL, id="s_2", slug=""), replace(POOL, id="s_3", env="staging")):
            await sessions.add(write, row)
            await sessions.enter(write, row.id, bob)
        await sessions.enter(write, "s_1", ana)
        await sessions.close(write, "s_2", "2026")

    async with store.read() as read:
        assert await sessions.rosters(read, "prod") == {"s_1": [ana, bob]}


async def test_what_became_of_a_request_is_read_from_its_own_records(store: Store) -> None:
    ana = Subject("h_1", "ana", "prod", Role.COMMANDER)
    asked = Draft(log="prod", type="command.accepted", subject=ana, session="s_1", idem="c-1")
    async with Audit(store) as audit:
        await audit.record(asked)
        await audit.record(replace(asked, idem="c-2"))
        await audit.record(replace(asked, type="command.finished", cause=1))
        await audit.record(replace(asked, session="s_2", type="session.open", subject=None))

    async with store.read() as read:
        traces = await sessions.traces(read, "prod", "h_1", "c-1")
        assert [(trace.seq, trace.type, trace.cause) for trace in traces] == [
            (3, "command.finished", 1),
            (1, "command.accepted", None),
        ]
        assert await sessions.traces(read, "prod", "h_2", "c-1") == []
        assert await sessions.last_record(read, "prod", "s_1") == (3, "command.finished")
        assert await sessions.last_record(read, "prod", "s_2") == (4, "session.open")
        assert await sessions.last_record(read, "staging", "s_1") == (0, "")
