"""Opens the rooms that look after users, keys and audit without serving; also while a hub runs."""

import asyncio
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import structlog
from debugterm_protocol.errors import KINDS
from debugterm_protocol.exits import Exit

from debugterm_server.cli.console import fail, settings_or_exit
from debugterm_server.core.records import AuditUnavailable
from debugterm_server.core.refusal import Refusal
from debugterm_server.kit import derive
from debugterm_server.rooms.access import Access, Accounts, Passwords
from debugterm_server.rooms.audit import Audit
from debugterm_server.settings import Settings
from debugterm_server.store import migrate
from debugterm_server.store.engine import BadUrl, Store, StoreUnavailable, open_store, where

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a subcommand works with."""

    settings: Settings
    audit: Audit
    accounts: Accounts
    access: Access


def run(work: Callable[[Rooms], Awaitable[T]]) -> T:
    """Do the work with opened rooms; every failure is one line and its exit code."""
    settings = settings_or_exit()

    async def inside() -> T:
        async with opened(settings) as rooms:
            return await work(rooms)

    return guarded(inside, settings)


def guarded(work: Callable[[], Awaitable[T]], settings: Settings) -> T:
    """Run something that uses the database, with every failure as one line and no log beside it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))

    async def inside() -> T:
        return await work()

    try:
        return asyncio.run(inside())
    except Refusal as refusal:
        problem = refusal.problem
        fail(f"{problem.why}; {problem.fix}" if problem.fix else problem.why, KINDS[refusal.code].exit)
    except AuditUnavailable as error:
        fail(f"not done, because it could not be recorded: {error}", Exit.FAILED)
    except (migrate.WrongSchema, BadUrl) as error:
        fail(str(error))
    except StoreUnavailable as error:
        what = "DATABASE_URL" if settings.database_url else f"the data folder {settings.data_dir}"
        fail(f"the database does not answer: {error}; check {what}")
    except OSError as error:
        fail(
            f"cannot use the data folder {settings.data_dir}: {error.strerror or error}; "
            "set DEBUGTERM_DATA_DIR to a folder this user may write"
        )


def store_of(settings: Settings) -> Store:
    """The store of this deployment, not yet migrated. Raises BadUrl, OSError."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    return open_store(where(url, settings.data_dir))


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Rooms]:
    """The rooms on this deployment's database. Raises WrongSchema, StoreUnavailable, BadUrl, OSError."""
    store = store_of(settings)
    secret = settings.secret_key.get_secret_value() if settings.secret_key else None
    root = derive.root(secret, settings.data_dir)
    passwords = Passwords(root)
    try:
        await migrate.ready(store)
        async with Audit(store) as audit:
            accounts = Accounts(store, audit, passwords, console=_operator())
            access = Access(store, audit, root, first_env=settings.env, passwords=passwords)
            yield Rooms(settings, audit, accounts, access)
    finally:
        passwords.close()
        await store.close()


def _operator() -> str:
    """The name of the account at the console, for the record."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
