"""Ingest keys: which program may send rows into which environment."""

from dataclasses import dataclass

from sqlalchemy import Row, insert, select, update

from debugterm_server.store.engine import Read, Write
from debugterm_server.store.tables import ingest_keys


@dataclass(frozen=True, slots=True)
class Key:
    """An ingest key without its secret."""

    id: str
    env: str
    name: str
    created_at: str
    revoked_at: str | None = None


_COLUMNS = (
    ingest_keys.c.id,
    ingest_keys.c.env,
    ingest_keys.c.name,
    ingest_keys.c.created_at,
    ingest_keys.c.revoked_at,
)


def _key(row: Row[str, str, str, str, str | None]) -> Key:
    return Key(row.id, row.env, row.name, row.created_at, row.revoked_at)


async def add(write: Write, key: Key, hashed: str) -> None:
    """Keep a new key; `hashed` is the SHA-256 of its secret, hex."""
    await write.execute(
        insert(ingest_keys).values(
            id=key.id, hash=hashed, env=key.env, name=key.name, created_at=key.created_at
        )
    )


async def hashed_as(read: Read, hashed: str) -> Key | None:
    """The key with this hash that is not revoked."""
    query = select(*_COLUMNS).where(ingest_keys.c.hash == hashed, ingest_keys.c.revoked_at.is_(None))
    row = (await read.execute(query)).first()
    return _key(row) if row else None


async def listing(read: Read) -> list[Key]:
    """Every key, oldest first."""
    return [_key(row) for row in await read.execute(select(*_COLUMNS).order_by(ingest_keys.c.created_at))]


async def find(read: Read, key_id: str) -> Key | None:
    """The key with this id, revoked or not."""
    row = (await read.execute(select(*_COLUMNS).where(ingest_keys.c.id == key_id))).first()
    return _key(row) if row else None


async def revoke(write: Write, key_id: str, at: str) -> None:
    """End a key; a key that was ended before keeps its time."""
    await write.execute(
        update(ingest_keys)
        .where(ingest_keys.c.id == key_id, ingest_keys.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )
