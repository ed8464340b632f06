"""Logins: a password or a one-use code becomes an access token of ten minutes and a family of refresh tokens."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace

from debugterm_protocol.errors import Code
from debugterm_protocol.roles import Role

from debugterm_server.core.policy import Subject
from debugterm_server.core.records import SERVER_LOG, Draft
from debugterm_server.core.refusal import Refusal, Unauthenticated
from debugterm_server.kit import ids
from debugterm_server.kit.clock import Clock, wall
from debugterm_server.kit.derive import Root
from debugterm_server.rooms.access import refreshing
from debugterm_server.rooms.access.keys import IngestKey, Keyring
from debugterm_server.rooms.access.passwords import Passwords
from debugterm_server.rooms.access.recorder import Recorder
from debugterm_server.rooms.access.refreshing import Reused, Rotated, Unknown
from debugterm_server.rooms.access.signing import LIFE_SECONDS, Signer
from debugterm_server.rooms.access.throttle import Throttle
from debugterm_server.store import tokens, users
from debugterm_server.store.engine import Store, Write
from debugterm_server.store.tokens import Family
from debugterm_server.store.users import User

CODE_SECONDS = 600
"""How long a login code of the console works: long enough to find the browser window."""
ASKED_AT_ONCE = 500
"""Logins in one question to the database."""
LONGEST_NAME = 64
LONGEST_SECRET = 256
"""Characters of a refresh token or login code; ours have less than 60."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from, for records and for counting failures."""

    ip: str = ""
    client: str = ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a login gives."""

    subject: Subject
    access_token: str
    expires_in: int
    refresh_token: str
    refresh_seconds: int
    """Seconds until the refresh token ends: the age of its cookie."""

    def __repr__(self) -> str:
        return f"Tokens({self.subject!r})"


class Access:
    """The room; close it with the server. `first_env` is where people without a wish are logged in."""

    def __init__(
        self,
        store: Store,
        audit: Recorder,
        root: Root,
        *,
        first_env: str,
        passwords: Passwords,
        clock: Clock = wall,
    ) -> None:
        self._store = store
        self._audit = audit
        self._first_env = first_env
        self._passwords = passwords
        self._clock = clock
        self._signer = Signer(root.key("access-token"), clock)
        self._refresh_key = root.key("refresh-token")
        self._place_key = root.key("login-place")
        self._throttle = Throttle(clock)
        self._keyring = Keyring(store, clock)

    def subject(self, access_token: str, env: str | None = None) -> Subject:
        """Who this token speaks for, without I/O; `env` refuses tokens made for another. Raises Unauthenticated."""
        return self._signer.read(access_token, env)

    async def ingest_key(self, secret: str) -> IngestKey | None:
        """The ingest key with this secret, from memory for at most 5 s. Raises StoreUnavailable."""
        return await self._keyring.find(secret)

    async def login(self, name: str, password: str, *, env: str, caller: Caller) -> Tokens:
        """Log in by password. Raises Unauthenticated, Refusal (rate, busy, no role), AuditUnavailable."""
        name = name.strip().lower()
        if len(name) > LONGEST_NAME:
            raise Unauthenticated
        async with self._store.read() as read:
            user = await users.named(read, name)
            known = user is not None and await tokens.seen_at(read, user.id, self._place(caller))
        self._throttle.enter(name, caller.ip, known=known)
        usable = user is not None and user.disabled_at is None
        right = await self._passwords.matches(password, user.password if user and usable else None)
        if user is None or not usable or not right:
            await self._audit.record(_failed("auth.failed", caller, user, {"name": name}))
            raise Unauthenticated
        self._throttle.forgive(name, caller.ip)
        return await self._open(user, self._env(user, env), caller, how="password")

    async def new_code(self, name: str, env: str) -> str:
        """A login code for this user: one use, 10 min. Only development hubs hand them out, on their console."""
        code = secrets.token_urlsafe(16)
        async with self._store.write() as write:
            user = await users.named(write, name)
            if user is None:
                raise Refusal(Code.NOT_FOUND, f"there is no user {name[:64]}")
            ends = self._clock() + CODE_SECONDS
            await tokens.add_code(write, refreshing.hashed(code), human=user.id, env=env, ends=ends)
        return code

    async def exchange_code(self, code: str, *, caller: Caller) -> Tokens:
        """Log in by a one-use code. Raises Unauthenticated, Refusal, AuditUnavailable."""
        hashed = refreshing.hashed(code[:LONGEST_SECRET])
        self._throttle.enter("", caller.ip, known=True)
        async with self._store.read() as read:
            found = await tokens.code(read, hashed)
            user = await users.by_id(read, found.human) if found else None
        usable = found is not None and found.used_at is None and self._clock() < found.ends
        if user is None or found is None or not usable or user.disabled_at is not None:
            await self._audit.record(_failed("auth.failed", caller, user, {"how": "code"}))
            raise Unauthenticated
        self._throttle.forgive("", caller.ip)
        return await self._open(user, found.env, caller, how="code", code=hashed)

    async def refresh(self, refresh_token: str, *, caller: Caller) -> Tokens:
        """Exchange a refresh token for a new pair. Raises Unauthenticated, AuditUnavailable, StoreUnavailable.

        A token used before gives the same successor for 10 s, if that was not used; later it ends the login.
        """
        token = refresh_token[:LONGEST_SECRET]
        now = self._clock()
        async with self._store.write() as write:
            outcome = await refreshing.rotate(write, token, key=self._refresh_key, now=now)
            user = None if isinstance(outcome, Unknown) else await users.by_id(write, outcome.family.human)
            match outcome:
                case Rotated(family, successor, ends) if user and _welcome(user, family.env):
                    subject = self._subject(user, family, caller)
                    return self._tokens(subject, successor, int(ends - now))
        if isinstance(outcome, Reused):
            await self._end(outcome.family, _failed("auth.refresh_reused", caller, user))
        raise Unauthenticated

    async def logout(self, refresh_token: str, *, caller: Caller) -> None:
        """End the login this token belongs to; an unknown token is no error. Raises AuditUnavailable."""
        async with self._store.write() as write:
            held = await tokens.hold(write, refreshing.hashed(refresh_token[:LONGEST_SECRET]))
            user = await users.by_id(write, held.family.human) if held else None
        if held is None or user is None or held.family.revoked_at is not None:
            return
        role = user.roles.get(held.family.env, Role.VIEWER)
        subject = Subject(user.id, user.name, held.family.env, role, held.family.id, caller.ip, caller.client)
        await self._end(held.family, Draft(log=SERVER_LOG, type="auth.logout", subject=subject))

    async def standing(self, subjects: Iterable[Subject]) -> set[Subject]:
        """Those whose login stands: not ended, user not disabled, role unchanged.

        For long connections, every few seconds: an access token alone lives up to ten minutes.
        Raises StoreUnavailable.
        """
        asked = [(subject.jti.partition(".")[0], subject) for subject in subjects]
        found: set[tuple[str, str, str, Role]] = set()
        async with self._store.read() as read:
            for start in range(0, len(asked), ASKED_AT_ONCE):
                part = asked[start : start + ASKED_AT_ONCE]
                found |= await tokens.standing(read, [family for family, _ in part])
        return {
            subject
            for family, subject in asked
            if (family, subject.human, subject.env, subject.role) in found
        }

    async def _open(self, user: User, env: str, caller: Caller, *, how: str, code: str = "") -> Tokens:
        now = self._clock()
        family = Family(
            ids.new("f"), user.id, env, self._place(caller), now, now + refreshing.ABSOLUTE_SECONDS
        )
        if not _welcome(user, env):
            await self._audit.record(_failed("auth.denied", caller, user, {"env": env}))
            raise Refusal(
                Code.FORBIDDEN,
                f"{user.name} has no role in {env or 'any environment'}",
                who="an admin of the hub",
                fix=f"debugterm-server users role {user.name} --role ROLE --env {env or 'ENV'}",
            )
        token = refreshing.fresh()

        async def also(write: Write, _seq: int, _ts: str) -> None:
            if code and not await tokens.use_code(write, code, at=now):
                raise Unauthenticated
            await tokens.open_family(write, family)
            ends = now + refreshing.SLIDING_SECONDS
            await tokens.add(write, refreshing.hashed(token), family_id=family.id, ends=ends)

        subject = self._subject(user, family, caller)
        await self._audit.record(Draft(log=SERVER_LOG, type="auth.login", subject=subject, action=how), also)
        return self._tokens(subject, token, refreshing.SLIDING_SECONDS)

    async def _end(self, family: Family, draft: Draft) -> None:
        async def also(write: Write, _seq: int, _ts: str) -> None:
            await tokens.revoke_family(write, family.id, self._clock())

        await self._audit.record(draft, also)

    def _subject(self, user: User, family: Family, caller: Caller) -> Subject:
        """`jti` begins with the id of the login, so that a record leads to it."""
        jti = f"{family.id}.{secrets.token_hex(4)}"
        return Subject(user.id, user.name, family.env, user.roles[family.env], jti, caller.ip, caller.client)

    def _tokens(self, subject: Subject, refresh_token: str, seconds: int) -> Tokens:
        plain = replace(subject, ip="", client="")
        return Tokens(plain, self._signer.issue(plain), LIFE_SECONDS, refresh_token, seconds)

    def _env(self, user: User, wanted: str) -> str:
        if wanted or self._first_env in user.roles or not user.roles:
            return wanted or self._first_env
        return min(user.roles)

    def _place(self, caller: Caller) -> str:
        return hmac.digest(self._place_key, caller.ip.encode("utf-8", "replace"), "sha256").hex()[:32]


def _welcome(user: User, env: str) -> bool:
    return user.disabled_at is None and env in user.roles


def _failed(type_: str, caller: Caller, user: User | None, private: dict[str, str] | None = None) -> Draft:
    """A record about somebody who has proved nothing: the account is the target, not the actor."""
    where = {"ip": caller.ip, "ua": caller.client}
    return Draft(
        log=SERVER_LOG,
        type=type_,
        subject=None,
        target=(user.id,) if user else (),
        decision="deny",
        private={**where, **(private or {})},
    )
