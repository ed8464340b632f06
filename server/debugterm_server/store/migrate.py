"""Bring a database to the schema of this release, or say in one line that somebody must.

Alembic is imported only when there is something to do: a start compares one row.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from debugterm_server.store.engine import Store

HEAD = "0002"
"""The schema this release needs."""

_LOCK = 0x64656275
"""Advisory lock of Postgres: two hubs that start together migrate one after the other."""


class WrongSchema(Exception):
    """The database is older or newer than this release; the message is one line that says what to do."""


async def version(store: Store) -> str:
    """The schema the database has; empty when it has none. Raises StoreUnavailable."""
    async with store.read() as read:
        return await read.run_sync(_version)


def _version(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


async def upgrade(store: Store) -> str:
    """Run every missing step in one transaction; returns the version before. Raises as `version`, WrongSchema."""
    before = await version(store)
    if before == HEAD:
        return before
    if before > HEAD:
        raise WrongSchema(_newer(before))
    async with store.write() as write:
        if store.kind == "postgres":
            await write.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await write.run_sync(_run)
    return before


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)


async def ready(store: Store) -> None:
    """Make a store fit for this release: SQLite is migrated here, Postgres by `migrate`, before a deploy.

    Raises WrongSchema, StoreUnavailable.
    """
    found = await version(store)
    if found == HEAD:
        return
    if found > HEAD:
        raise WrongSchema(_newer(found))
    if store.kind == "postgres":
        raise WrongSchema(
            f"the database has {'schema ' + found if found else 'no schema'}, this release needs {HEAD}: "
            "run `debugterm-server migrate`"
        )
    await upgrade(store)


def _newer(found: str) -> str:
    return f"the database has schema {found}, newer than {HEAD} of this release: start the newer release"
