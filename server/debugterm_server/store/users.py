"""People and their roles per environment."""

from dataclasses import dataclass

from debugterm_protocol.roles import Role
from sqlalchemy import insert, select, update

from debugterm_server.store.engine import Read, Write
from debugterm_server.store.tables import roles, users


@dataclass(frozen=True, slots=True)
class User:
    """A person as SQL keeps them."""

    id: str
    name: str
    password: str
    """Hash, `dt1$…`."""
    created_at: str
    disabled_at: str | None
    roles: dict[str, Role]
    """By environment."""

    def __repr__(self) -> str:
        return f"User({self.id!r}, {self.name!r})"


async def add(write: Write, user: User) -> None:
    """Keep a new user with their roles. Raises Conflict when the name is taken."""
    await write.execute(
        insert(users).values(id=user.id, name=user.name, password=user.password, created_at=user.created_at)
    )
    for env, role in user.roles.items():
        await write.execute(insert(roles).values(human=user.id, env=env, role=role.value))


async def named(read: Read, name: str) -> User | None:
    """The user with this name."""
    return await _one(read, select(users.c.id).where(users.c.name == name).scalar_subquery())


async def by_id(read: Read, human: str) -> User | None:
    """The user with this id."""
    return await _one(read, human)


async def _one(read: Read, human: object) -> User | None:
    row = (await read.execute(select(users).where(users.c.id == human))).first()
    if row is None:
        return None
    held = await read.execute(select(roles.c.env, roles.c.role).where(roles.c.human == row.id))
    return User(
        row.id, row.name, row.password, row.created_at, row.disabled_at, {env: Role(r) for env, r in held}
    )


async def listing(read: Read) -> list[User]:
    """Everybody, by name."""
    held: dict[str, dict[str, Role]] = {}
    for human, env, role in await read.execute(select(roles.c.human, roles.c.env, roles.c.role)):
        held.setdefault(human, {})[env] = Role(role)
    rows = await read.execute(select(users).order_by(users.c.name))
    return [
        User(r.id, r.name, r.password, r.created_at, r.disabled_at, dict(sorted(held.get(r.id, {}).items())))
        for r in rows
    ]


async def set_role(write: Write, human: str, env: str, role: Role) -> None:
    """Give a user this role in this environment, in the place of the one they had."""
    changed = await write.execute(
        update(roles).where(roles.c.human == human, roles.c.env == env).values(role=role.value)
    )
    if changed.rowcount == 0:
        await write.execute(insert(roles).values(human=human, env=env, role=role.value))


async def set_password(write: Write, human: str, password: str) -> None:
    """Replace the hash of a user's password."""
    await write.execute(update(users).where(users.c.id == human).values(password=password))


async def disable(write: Write, human: str, at: str) -> None:
    """Keep a user out; their records and their name stay."""
    await write.execute(update(users).where(users.c.id == human).values(disabled_at=at))
