"""Users, roles and ingest keys are made and ended here; each change is recorded before it takes effect."""

import re
import secrets
from dataclasses import dataclass

from debugterm_protocol.errors import Code
from debugterm_protocol.roles import Role

from debugterm_server.core.canonical import sha256
from debugterm_server.core.policy import Subject
from debugterm_server.core.records import SERVER_LOG, Draft
from debugterm_server.core.refusal import Refusal
from debugterm_server.kit import ids
from debugterm_server.kit.clock import Clock, rfc3339, wall
from debugterm_server.rooms.access import keys as keyring
from debugterm_server.rooms.access.passwords import Passwords
from debugterm_server.rooms.access.recorder import Recorder
from debugterm_server.store import keys, tokens, users
from debugterm_server.store.engine import Conflict, Store, Write
from debugterm_server.store.keys import Key
from debugterm_server.store.users import User

NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}", re.ASCII)
"""A user's name: shown in chat and records, so nothing that could imitate another."""
ENV = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
KEY_NAME = re.compile(r"[\x20-\x7e]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at its birth: the only moment at which its secret exists in clear."""

    key: Key
    secret: str

    def __repr__(self) -> str:
        return f"NewKey({self.key!r})"


class Accounts:
    """Changes who may do what. `by` is who changes; None is the operator, named by `console`, at the server."""

    def __init__(
        self,
        store: Store,
        audit: Recorder,
        passwords: Passwords,
        *,
        console: str = "",
        clock: Clock = wall,
    ) -> None:
        self._store = store
        self._audit = audit
        self._passwords = passwords
        self._console = console
        self._clock = clock

    async def add_user(
        self, name: str, *, password: str, env: str, role: Role, by: Subject | None = None
    ) -> User:
        """Make a user with a role in one environment. Raises Refusal, AuditUnavailable."""
        name = name.lower()
        _fits(NAME, name, "user name", "letters, digits and . _ @ + -, at most 64, like ana.lopez")
        _fits_env(env)
        hashed = await self._passwords.hash(password)
        user = User(ids.new("h"), name, hashed, rfc3339(self._clock()), None, {env: role})

        async def also(write: Write, _seq: int, _ts: str) -> None:
            await users.add(write, user)

        draft = self._draft("user.add", by, (user.id, f"{env}:{role}"), {"name": name})
        try:
            await self._audit.record(draft, also)
        except Conflict:
            raise Refusal(
                Code.CONFLICT,
                f"there is a user {name} already",
                fix=f"change their role: debugterm-server users role {name} --role ROLE --env ENV",
            ) from None
        return user

    async def set_role(self, name: str, *, env: str, role: Role, by: Subject | None = None) -> User:
        """Give a user a role in an environment. Raises Refusal, AuditUnavailable."""
        _fits_env(env)
        user = await self._user(name)

        async def also(write: Write, _seq: int, _ts: str) -> None:
            await users.set_role(write, user.id, env, role)

        await self._audit.record(self._draft("user.role", by, (user.id, f"{env}:{role}")), also)
        return user

    async def set_password(self, name: str, password: str, *, by: Subject | None = None) -> User:
        """Replace a password and end every login made with the old one. Raises Refusal, AuditUnavailable."""
        user = await self._user(name)
        hashed = await self._passwords.hash(password)

        async def also(write: Write, _seq: int, _ts: str) -> None:
            await users.set_password(write, user.id, hashed)
            await tokens.revoke_all(write, user.id, self._clock())

        await self._audit.record(self._draft("user.password", by, (user.id,)), also)
        return user

    async def disable_user(self, name: str, *, by: Subject | None = None) -> User:
        """Keep a user out and end every login of theirs. Raises Refusal, AuditUnavailable."""
        user = await self._user(name)

        async def also(write: Write, _seq: int, ts: str) -> None:
            await users.disable(write, user.id, ts)
            await tokens.revoke_all(write, user.id, self._clock())

        await self._audit.record(self._draft("user.disable", by, (user.id,)), also)
        return user

    async def all_users(self) -> list[User]:
        """Everybody, by name. Raises StoreUnavailable."""
        async with self._store.read() as read:
            return await users.listing(read)

    async def add_key(self, *, env: str, name: str, by: Subject | None = None) -> NewKey:
        """Make an ingest key. Raises Refusal, AuditUnavailable."""
        _fits_env(env)
        _fits(KEY_NAME, name, "key name", "1 to 64 plain characters that say who sends, like web-1")
        secret = keyring.PREFIX + secrets.token_urlsafe(32)
        key = Key(ids.new("k"), env, name, rfc3339(self._clock()))

        async def also(write: Write, _seq: int, _ts: str) -> None:
            await keys.add(write, key, sha256(secret.encode()))

        await self._audit.record(self._draft("key.add", by, (key.id, env), {"name": name}), also)
        return NewKey(key, secret)

    async def revoke_key(self, key_id: str, *, by: Subject | None = None) -> Key:
        """End an ingest key; it works for at most 5 s more. Raises Refusal, AuditUnavailable."""
        async with self._store.read() as read:
            key = await keys.find(read, key_id)
        if key is None:
            raise Refusal(
                Code.NOT_FOUND, f"there is no key {key_id[:64]}", fix="list them: debugterm-server keys ls"
            )

        async def also(write: Write, _seq: int, ts: str) -> None:
            await keys.revoke(write, key.id, ts)

        await self._audit.record(self._draft("key.revoke", by, (key.id, key.env), {"name": key.name}), also)
        return key

    async def all_keys(self) -> list[Key]:
        """Every ingest key, oldest first. Raises StoreUnavailable."""
        async with self._store.read() as read:
            return await keys.listing(read)

    def _draft(
        self, type_: str, by: Subject | None, target: tuple[str, ...], private: dict[str, str] | None = None
    ) -> Draft:
        operator = {"console": self._console} if by is None and self._console else {}
        return Draft(
            log=SERVER_LOG, type=type_, subject=by, target=target, private={**operator, **(private or {})}
        )

    async def _user(self, name: str) -> User:
        async with self._store.read() as read:
            user = await users.named(read, name.lower())
        if user is None:
            raise Refusal(
                Code.NOT_FOUND, f"there is no user {name[:64]}", fix="list them: debugterm-server users ls"
            )
        return user


def _fits_env(env: str) -> None:
    _fits(ENV, env, "environment", "small letters, digits and -, at most 32, like prod-eu")


def _fits(pattern: re.Pattern[str], value: str, what: str, like: str) -> None:
    if pattern.fullmatch(value) is None:
        raise Refusal(Code.BAD_REQUEST, f"{value[:64]!r} is no {what}", fix=f"use {like}")
