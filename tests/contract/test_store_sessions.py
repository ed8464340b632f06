"""Sessions, roster and chat, alike on SQLite and Postgres."""

from dataclasses import replace

from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import ChatLine, Member
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
