"""What both SQL engines promise alike."""

import asyncio

import pytest
from debugterm_server.store import migrate
from debugterm_server.store.engine import Conflict, Store, StoreUnavailable
from debugterm_server.store.tables import audit, meta, metadata, sessions
from sqlalchemy import Connection, insert, select, text

RECORD = {
    "log": "l",
    "seq": 1,
    "ts": "",
    "type": "",
    "action": "",
    "human": "",
    "session": "",
    "record": b"{}",
}
SESSION = {
    "id": "s_1",
    "env": "prod",
    "slug": "INC-42",
    "title": "t",
    "created_by": "h_1",
    "created_at": "2026",
}


async def test_the_migrated_schema_is_the_schema_of_the_code(store: Store) -> None:
    def difference(connection: Connection) -> list[object]:
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with store.read() as read:
        assert await read.run_sync(difference) == []
    assert await migrate.version(store) == migrate.HEAD


async def test_two_starts_at_once_migrate_once(empty_store: Store) -> None:
    await asyncio.gather(migrate.upgrade(empty_store), migrate.upgrade(empty_store))

    async with empty_store.read() as read:
        assert len((await read.execute(select(meta))).all()) == 1


async def test_the_schema_of_the_first_release_is_brought_up_with_its_data(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "HEAD", "0001")
    await migrate.upgrade(empty_store)
    async with empty_store.write() as write:
        await write.execute(insert(sessions).values(SESSION))
    monkeypatch.undo()

    assert await migrate.upgrade(empty_store) == "0001"
    assert await migrate.version(empty_store) == migrate.HEAD
    async with empty_store.read() as read:
        assert (await read.execute(select(sessions.c.slug))).scalars().all() == ["INC-42"]


async def test_a_database_from_the_future_is_refused_in_words(store: Store) -> None:
    async with store.write() as write:
        await write.execute(text("UPDATE alembic_version SET version_num = '0999'"))

    with pytest.raises(migrate.WrongSchema, match="newer than 0002"):
        await migrate.ready(store)


async def test_sqlite_is_made_ready_at_start_and_postgres_says_what_to_run(empty_store: Store) -> None:
    if empty_store.kind == "postgres":
        with pytest.raises(migrate.WrongSchema, match="run `debugterm-server migrate`"):
            await migrate.ready(empty_store)
        return
    await migrate.ready(empty_store)

    assert await migrate.version(empty_store) == migrate.HEAD


async def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    async def fails_half_way() -> None:
        async with store.write() as write:
            await write.execute(insert(sessions).values(**SESSION))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails_half_way()

    async with store.read() as read:
        assert (await read.execute(select(sessions))).all() == []


async def test_a_slug_is_unique_among_open_sessions_only(store: Store) -> None:
    async with store.write() as write:
        await write.execute(insert(sessions).values(**SESSION, closed_at="2026"))
        await write.execute(insert(sessions).values(**{**SESSION, "id": "s_2"}))

    with pytest.raises(Conflict):
        async with store.write() as write:
            await write.execute(insert(sessions).values(**{**SESSION, "id": "s_3"}))


@pytest.mark.parametrize("verb", ["UPDATE audit SET ts = 'later'", "DELETE FROM audit"])
async def test_a_record_can_be_neither_changed_nor_removed(store: Store, verb: str) -> None:
    async with store.write() as write:
        await write.execute(insert(audit).values(**RECORD))

    with pytest.raises(StoreUnavailable, match="insert-only"):
        async with store.write() as write:
            await write.execute(text(verb))


async def test_a_reader_does_not_wait_for_a_writer(store: Store) -> None:
    async with store.write() as write:
        await write.execute(insert(sessions).values(**SESSION))
        async with store.read() as read:
            assert (await read.execute(select(sessions))).all() == []
