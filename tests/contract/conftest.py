"""Each test of this folder runs on every engine of its pair, all of them real."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from debugterm_server.store import migrate
from debugterm_server.store.engine import Store, open_store, where

from tests.support.postgres import Postgres, postgres


@pytest.fixture(scope="session")
def pg() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """What a user would put into DATABASE_URL."""
    if request.param == "sqlite":
        return ""
    server: Postgres = request.getfixturevalue("pg")
    return server.new_database()


@pytest.fixture
async def empty_store(database_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    store = open_store(where(database_url, tmp_path))
    yield store
    await store.close()


@pytest.fixture
async def store(empty_store: Store) -> Store:
    await migrate.upgrade(empty_store)
    return empty_store
