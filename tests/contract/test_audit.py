"""The audit room on both engines: gapless, chained, durable or refused, together with what belongs to it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from debugterm_protocol.roles import Role
from debugterm_server.core.policy import Subject
from debugterm_server.core.records import AuditUnavailable, Draft
from debugterm_server.rooms.audit import Audit
from debugterm_server.store import audit as store_audit
from debugterm_server.store import sessions
from debugterm_server.store.audit import Query
from debugterm_server.store.engine import Conflict, Store, Write, open_store, where
from debugterm_server.store.sessions import SessionRow
from debugterm_server.store.tables import audit as audit_table
from sqlalchemy import func, select, text

ANA = Subject("h_1", "ana", "prod", Role.COMMANDER, jti="j_1", ip="203.0.113.9", client="terminal/0.1.0")
CHAT = Draft(
    log="prod",
    type="command.accepted",
    subject=ANA,
    session="s_1",
    action="chat",
    private={"text": "pool\0 is empty"},
)


@pytest.fixture
async def audit(store: Store) -> AsyncIterator[Audit]:
    async with Audit(store, clock=lambda: 1_795_454_411.5) as room:
        yield room


async def count(store: Store, log: str = "prod") -> int:
    async with store.read() as read:
        query = select(func.count()).select_from(audit_table).where(audit_table.c.log == log)
        return (await read.execute(query)).scalar_one()


async def test_records_of_each_log_count_from_one_and_verify(audit: Audit, store: Store) -> None:
    numbers = [await audit.record(CHAT) for _ in range(3)]
    other = await audit.record(Draft(log="staging", type="session.join", subject=None))

    assert numbers == [1, 2, 3]
    assert other == 1
    assert await audit.verify("prod") == []
    assert await audit.verify("staging") == []
    async with store.read() as read:
        assert (await store_audit.head(read, "prod")).seq == 3


async def test_many_at_once_get_different_numbers_without_gaps(audit: Audit) -> None:
    numbers = await asyncio.gather(*(audit.record(CHAT) for _ in range(200)))

    assert sorted(numbers) == list(range(1, 201))
    assert await audit.verify("prod") == []


async def test_what_belongs_to_a_record_is_written_with_it(audit: Audit, store: Store) -> None:
    async def also(write: Write, seq: int, ts: str) -> None:
        await sessions.add(write, SessionRow("s_1", "prod", "", f"record {seq}", "h_1", ts))

    await audit.record(CHAT, also)

    async with store.read() as read:
        found = await sessions.find(read, "prod", "s_1")
    assert found is not None
    assert (found.title, found.created_at) == ("record 1", "2026-11-23T17:20:11.500000Z")


async def test_what_fails_with_its_record_takes_only_that_record_back(audit: Audit, store: Store) -> None:
    async def twice(write: Write, _seq: int, ts: str) -> None:
        await sessions.add(write, SessionRow("s_1", "prod", "INC-42", "t", "h_1", ts))

    async def broken(_write: Write, _seq: int, _ts: str) -> None:
        raise ZeroDivisionError

    results = await asyncio.gather(
        audit.record(CHAT, twice),
        audit.record(CHAT),
        audit.record(CHAT, twice),
        audit.record(CHAT, broken),
        audit.record(CHAT),
        return_exceptions=True,
    )

    assert list(results[:2]) == [1, 2]
    assert isinstance(results[2], Conflict)
    assert isinstance(results[3], ZeroDivisionError)
    assert results[4] == 3
    assert await audit.verify("prod") == []


async def test_a_row_sql_cannot_take_does_not_take_its_neighbours(audit: Audit, store: Store) -> None:
    async def broken(write: Write, _seq: int, _ts: str) -> None:
        await write.execute(text("INSERT INTO no_such_table VALUES (1)"))

    results = await asyncio.gather(
        audit.record(CHAT), audit.record(CHAT, broken), audit.record(CHAT), return_exceptions=True
    )

    assert results[0] == 1
    assert isinstance(results[1], AuditUnavailable)
    assert results[2] == 2
    assert await audit.verify("prod") == []


async def test_without_the_right_to_insert_nothing_is_recorded_and_nothing_else_written(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    async with store.write() as write:
        if store.kind == "sqlite":
            await write.execute(
                text("CREATE TRIGGER ro BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'read-only'); END")
            )
        else:
            await write.execute(text("CREATE ROLE auditless LOGIN"))
            await write.execute(
                text("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO auditless")
            )
            await write.execute(text("REVOKE INSERT ON audit FROM auditless"))
    limited = open_store(where(database_url.replace("postgres@", "auditless@"), tmp_path))

    async def also(write: Write, _seq: int, ts: str) -> None:
        await sessions.add(write, SessionRow("s_1", "prod", "", "t", "h_1", ts))

    async with Audit(limited) as room:
        with pytest.raises(AuditUnavailable):
            await room.record(CHAT, also)
    await limited.close()

    assert await count(store) == 0
    async with store.read() as read:
        assert await sessions.find(read, "prod", "s_1") is None


async def test_a_log_held_by_somebody_else_refuses_in_time_and_goes_on_afterwards(
    audit: Audit, store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await audit.record(CHAT)
    monkeypatch.setattr("debugterm_server.rooms.audit.sequencer.PATIENCE_SECONDS", 0.3)
    other = open_store(where(database_url, tmp_path))
    async with other.write() as write:
        await store_audit.hold_head(write, "prod")
        with pytest.raises(AuditUnavailable, match="not durable"):
            await audit.record(CHAT)
    await other.close()
    monkeypatch.undo()

    assert await audit.record(CHAT) == 2
    assert await count(store) == 2


async def test_who_stops_waiting_leaves_no_record(audit: Audit, store: Store) -> None:
    async with store.write() as write:
        await store_audit.hold_head(write, "prod")
        impatient = asyncio.get_running_loop().create_task(audit.record(CHAT))
        patient = asyncio.get_running_loop().create_task(audit.record(CHAT))
        await asyncio.sleep(0)
        impatient.cancel()
    assert await patient == 1
    assert await count(store) == 1


async def test_what_is_written_behind_is_there_after_closing_in_order(store: Store) -> None:
    async with Audit(store) as room:
        for n in range(250):
            room.later(Draft(log="prod", type="query.applied", subject=ANA, private={"query": f"q{n}"}))

    async with Audit(store) as room:
        rows = await room.search(Query("prod", limit=1000))
        assert [row.args["query"] for row in reversed(rows)] == [f"q{n}" for n in range(250)]
        assert room.behind_ok


async def test_behind_a_full_queue_losses_are_counted_and_recorded(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("debugterm_server.rooms.audit.behind.MOST", 2)
    async with Audit(store) as room:
        for _ in range(5):
            room.later(CHAT)
        assert not room.behind_ok

    async with Audit(store) as room:
        rows = await room.search(Query("prod"))
        assert [(row.type, row.result) for row in rows] == [
            ("integrity.gap", "3 records were not written"),
            ("command.accepted", ""),
            ("command.accepted", ""),
        ]


async def test_search_opens_records_and_finds_by_what_people_type(audit: Audit, store: Store) -> None:
    async with store.write() as write:
        await write.execute(
            text("INSERT INTO users (id, name, password, created_at) VALUES ('h_1', 'ana%', '', '')")
        )
    await audit.record(CHAT)
    await audit.record(Draft(log="prod", type="session.join", subject=None, session="s_2"))

    async def seqs(**filters: object) -> list[int]:
        return [row.seq for row in await audit.search(Query("prod", **filters))]  # type: ignore[arg-type]  # kept short

    row = (await audit.search(Query("prod", text="chat")))[0]
    assert (row.seq, row.name, row.ip, row.role, row.args) == (
        1,
        "ana",
        "203.0.113.9",
        "commander",
        {"text": "pool\0 is empty"},
    )
    assert await seqs() == [2, 1]
    assert await seqs(limit=1) == [2]
    assert await seqs(before=2) == [1]
    assert await seqs(text="JOIN") == [2]
    assert await seqs(text="ANA%") == [1]
    assert await seqs(text="%") == [1]
    assert await seqs(text="\0") == []
    assert await seqs(human="h_1") == [1]
    assert await seqs(session="s_2") == [2]
    assert await seqs(since="2026-11-23T17:20:11.500000Z") == [2, 1]
    assert await seqs(since="2026-11-23T17:20:11.500001Z") == []


async def test_a_record_changed_in_sql_is_found(audit: Audit, store: Store) -> None:
    for _ in range(3):
        await audit.record(CHAT)
    async with store.write() as write:
        for table in ("audit", "audit_private"):
            for drop in (
                [f"DROP TRIGGER {table}_no_update", f"DROP TRIGGER {table}_no_delete"]
                if store.kind == "sqlite"
                else [f"DROP TRIGGER {table}_insert_only ON {table}"]
            ):
                await write.execute(text(drop))
        await write.execute(text("DELETE FROM audit WHERE seq = 3"))
        await write.execute(text("DELETE FROM audit_private WHERE seq = 1 AND field = 'actor.ip'"))

    assert [(fault.seq, fault.kind) for fault in await audit.verify("prod")] == [(1, "missing"), (2, "head")]


WRITER = """
import asyncio, sys
from pathlib import Path
from debugterm_server.core.records import Draft
from debugterm_server.rooms.audit import Audit
from debugterm_server.store.engine import open_store, where

async def main() -> None:
    store = open_store(where(sys.argv[1], Path(sys.argv[2])))
    async with Audit(store) as room:
        await room.record(Draft(log=sys.argv[3], type="ready", subject=None))
        print("ready", flush=True)
        sys.stdin.readline()
        for _ in range(100):
            await asyncio.gather(*(room.record(Draft(log="prod", type="t", subject=None)) for _ in range(3)))
    await store.close()

asyncio.run(main())
"""


async def test_two_processes_never_share_a_number_and_leave_no_gap(
    store: Store, audit: Audit, database_url: str, tmp_path: Path
) -> None:
    pipe = asyncio.subprocess.PIPE
    writers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, database_url, str(tmp_path), name, stdin=pipe, stdout=pipe
        )
        for name in ("first", "second")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert await writer.stdout.readline() == b"ready\n"
    await asyncio.gather(*(writer.communicate(b"go\n") for writer in writers))
    assert [writer.returncode for writer in writers] == [0, 0]

    assert await count(store) == 600
    assert await audit.verify("prod") == []
    async with store.read() as read:
        assert (await store_audit.head(read, "prod")).seq == 600
