"""One door to SQL for both engines: a transaction to write in, a transaction to read in, three errors.

SQLite: writers begin with BEGIN IMMEDIATE, so that reading the head of an audit log and appending to it is one
step for every process on the host, and each commit is fsynced (WAL, synchronous=FULL). A second engine reads, so
that a reader never waits for a writer. Postgres: one pool does both.
"""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

Write = AsyncConnection
"""A transaction that commits when its `async with` ends well."""
Read = AsyncConnection
"""A transaction that sees one moment and changes nothing."""

BUSY_SECONDS = 4
"""How long a statement waits for another process; below the 5 s after which the audit room gives up."""
_URL_OPTIONS = frozenset({"host", "port", "sslmode"})
POOL = 5
"""Connections of one process to Postgres: its smallest hosted plans allow 20 in all."""


class StoreUnavailable(Exception):
    """SQL did not answer, or refused; nothing of the transaction stays. The message is one line for the log."""


class Conflict(Exception):
    """Something with this name or number exists already; nothing of the transaction stays."""


class BadUrl(ValueError):
    """`DATABASE_URL` cannot be used; the message is one line that says what to change."""


class Store:
    """The SQL database of one deployment."""

    def __init__(self, writing: AsyncEngine, reading: AsyncEngine) -> None:
        self._writing = writing
        self._reading = reading

    @property
    def kind(self) -> Literal["sqlite", "postgres"]:
        """Which engine stands behind."""
        return "sqlite" if self._writing.dialect.name == "sqlite" else "postgres"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Write]:
        """One transaction; never open a second one inside it. Raises Conflict, StoreUnavailable."""
        with _translated():
            async with self._writing.begin() as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Read]:
        """One moment of the database. Raises StoreUnavailable."""
        with _translated():
            async with self._reading.connect() as connection:
                yield connection

    async def close(self) -> None:
        """Give back every connection."""
        await self._writing.dispose()
        if self._reading is not self._writing:
            await self._reading.dispose()


@asynccontextmanager
async def savepoint(write: Write) -> AsyncIterator[None]:
    """A part of a transaction that can fail alone: its writes are undone, the rest stays. Errors as `Store.write`."""
    with _translated():
        async with write.begin_nested():
            yield


def where(database_url: str, data_dir: Path) -> URL:
    """The address SQLAlchemy needs: SQLite in the data folder unless a Postgres URL is given.

    Platforms write `postgres://` and libpq's `sslmode`; asyncpg knows neither. Raises BadUrl.
    """
    if not database_url:
        return URL.create("sqlite+aiosqlite", database=str(data_dir / "debugterm.db"))
    try:
        url = make_url(database_url)
    except (SQLAlchemyError, ValueError):
        raise BadUrl("DATABASE_URL is not a URL; one looks like postgresql://user@host:5432/name") from None
    kind = url.get_backend_name()
    if kind not in {"postgres", "postgresql"}:
        raise BadUrl(
            f"DATABASE_URL names {kind[:20]!r}, but only PostgreSQL is supported; leave it out for SQLite"
        )
    if unknown := sorted(url.query.keys() - _URL_OPTIONS):
        raise BadUrl(f"DATABASE_URL has the option {unknown[0][:40]!r}, which is not known; leave it out")
    modes = url.normalized_query.get("sslmode")
    url = url.difference_update_query(["sslmode"]).set(drivername="postgresql+asyncpg")
    return url.update_query_dict({"ssl": modes[0]}) if modes else url


def open_store(url: URL) -> Store:
    """A store at this address; nothing is connected before the first transaction.

    A file that SQLite cannot open raises StoreUnavailable here: the driver's thread would outlive the loop and
    complain for itself.
    """
    if url.get_backend_name() != "sqlite":
        engine = create_async_engine(
            url,
            pool_size=POOL,
            max_overflow=0,
            pool_timeout=BUSY_SECONDS,
            pool_pre_ping=True,
            connect_args={
                "timeout": BUSY_SECONDS,
                "command_timeout": BUSY_SECONDS,
                "server_settings": {"application_name": "debugterm", "synchronous_commit": "on"},
            },
        )
        return Store(engine, engine)
    try:
        sqlite3.connect(url.database or "").close()
    except sqlite3.Error as error:
        raise StoreUnavailable(_line(error)) from None
    # One writer: a second could only wait in SQLite's busy loop, which is unfair and holds a thread.
    writing = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=BUSY_SECONDS)
    reading = create_async_engine(url, pool_size=4, max_overflow=0, pool_timeout=BUSY_SECONDS)
    _tune(writing, begin="BEGIN IMMEDIATE")
    _tune(reading, begin="BEGIN", extra=("query_only=ON",))
    return Store(writing, reading)


def _tune(engine: AsyncEngine, *, begin: str, extra: tuple[str, ...] = ()) -> None:
    pragmas = (
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(dbapi: Any, _record: object) -> None:
        # The driver must not begin by itself: it would begin too late, with a read.
        dbapi.isolation_level = None
        cursor = dbapi.cursor()
        for pragma in (*pragmas, *extra):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if _is_duplicate(error):
            raise Conflict from None
        raise StoreUnavailable(_line(error)) from error
    except (SQLAlchemyError, OSError) as error:
        raise StoreUnavailable(_line(error)) from error
    except Exception as error:
        # asyncpg's own errors while connecting (wrong password, no such database) are not wrapped.
        if type(error).__module__.startswith("asyncpg."):
            raise StoreUnavailable(_line(error)) from error
        raise


def _is_duplicate(error: IntegrityError) -> bool:
    name = getattr(error.orig, "sqlite_errorname", "")
    return (
        name in {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
        or getattr(error.orig, "sqlstate", "") == "23505"
    )


def _line(error: BaseException) -> str:
    origin = getattr(error, "orig", None) or error
    return (str(origin).partition("\n")[0] or type(origin).__name__)[:200]
