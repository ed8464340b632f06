"""Refresh tokens in families, and one-use login codes; only hashes are kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from debugterm_protocol.roles import Role
from sqlalchemy import insert, select, update

from debugterm_server.store.engine import Read, Write
from debugterm_server.store.tables import families, login_codes, refresh_tokens, roles, users


@dataclass(frozen=True, slots=True)
class Family:
    """One login; `place` is a keyed hash of the address it came from. Times are seconds since 1970."""

    id: str
    human: str
    env: str
    place: str
    born: float
    ends: float
    revoked_at: float | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A refresh token; once used, it has the `salt` from which its successor was made."""

    hash: str
    family: Family
    ends: float
    used_at: float | None
    salt: str | None


@dataclass(frozen=True, slots=True)
class LoginCode:
    """A one-use code."""

    human: str
    env: str
    ends: float
    used_at: float | None


async def open_family(write: Write, family: Family) -> None:
    """Keep a new login."""
    await write.execute(
        insert(families).values(
            id=family.id,
            human=family.human,
            env=family.env,
            place=family.place,
            born=family.born,
            ends=family.ends,
        )
    )


async def family(read: Read, family_id: str) -> Family | None:
    """The login with this id."""
    row = (await read.execute(select(families).where(families.c.id == family_id))).first()
    return Family(row.id, row.human, row.env, row.place, row.born, row.ends, row.revoked_at) if row else None


async def standing(read: Read, family_ids: Sequence[str]) -> set[tuple[str, str, str, Role]]:
    """Login, person, environment and role of each of these logins that was not ended and whose person is not disabled.

    A person with roles in several environments is there once for each.
    """
    query = (
        select(families.c.id, families.c.human, roles.c.env, roles.c.role)
        .join(users, users.c.id == families.c.human)
        .join(roles, roles.c.human == families.c.human)
        .where(families.c.id.in_(family_ids), families.c.revoked_at.is_(None), users.c.disabled_at.is_(None))
    )
    return {(row.id, row.human, row.env, Role(row.role)) for row in await read.execute(query)}


async def seen_at(read: Read, human: str, place: str) -> bool:
    """Whether this person has logged in from this place before."""
    query = select(families.c.id).where(families.c.human == human, families.c.place == place).limit(1)
    return (await read.execute(query)).first() is not None


async def revoke_family(write: Write, family_id: str, at: float) -> None:
    """End a login and every token of it."""
    await write.execute(
        update(families)
        .where(families.c.id == family_id, families.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )


async def revoke_all(write: Write, human: str, at: float) -> None:
    """End every login of a person."""
    await write.execute(
        update(families)
        .where(families.c.human == human, families.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )


async def add(write: Write, hashed: str, *, family_id: str, ends: float) -> None:
    """Keep a fresh token."""
    await write.execute(insert(refresh_tokens).values(hash=hashed, family=family_id, ends=ends))


async def hold(write: Write, hashed: str) -> Token | None:
    """The token with this hash, held until the transaction is over: of two users at once one comes second."""
    query = select(refresh_tokens).where(refresh_tokens.c.hash == hashed).with_for_update()
    row = (await write.execute(query)).first()
    if row is None:
        return None
    owner = await family(write, row.family)
    return Token(row.hash, owner, row.ends, row.used_at, row.salt) if owner else None


async def is_used(read: Read, hashed: str) -> bool:
    """Whether the token with this hash has been exchanged already."""
    query = select(refresh_tokens.c.used_at).where(refresh_tokens.c.hash == hashed)
    return (await read.execute(query)).scalar() is not None


async def use(write: Write, hashed: str, *, at: float, salt: str) -> None:
    """Mark a token as exchanged."""
    await write.execute(
        update(refresh_tokens).where(refresh_tokens.c.hash == hashed).values(used_at=at, salt=salt)
    )


async def add_code(write: Write, hashed: str, *, human: str, env: str, ends: float) -> None:
    """Keep a login code."""
    await write.execute(insert(login_codes).values(hash=hashed, human=human, env=env, ends=ends))


async def code(read: Read, hashed: str) -> LoginCode | None:
    """The login code with this hash."""
    row = (await read.execute(select(login_codes).where(login_codes.c.hash == hashed))).first()
    return LoginCode(row.human, row.env, row.ends, row.used_at) if row else None


async def use_code(write: Write, hashed: str, *, at: float) -> bool:
    """Mark a code as used; False when somebody else was first."""
    changed = await write.execute(
        update(login_codes)
        .where(login_codes.c.hash == hashed, login_codes.c.used_at.is_(None))
        .values(used_at=at)
    )
    return changed.rowcount == 1
