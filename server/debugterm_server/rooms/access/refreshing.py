"""Refresh tokens: random, one use each, in families that end when one is used twice.

A client whose answer got lost asks again with the old token: within 10 s it gets the same successor, as long as
that has not been used. To give the same one without keeping it, a successor is made from the old token, a random
salt kept beside its hash, and a key of this deployment.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass

from debugterm_server.core.canonical import sha256
from debugterm_server.store import tokens
from debugterm_server.store.engine import Write
from debugterm_server.store.tokens import Family, Token

PREFIX = "dtr_"
SLIDING_SECONDS = 14 * 86_400
ABSOLUTE_SECONDS = 30 * 86_400
RETRY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Rotated:
    """The token was good; hand out its successor."""

    family: Family
    successor: str
    ends: float

    def __repr__(self) -> str:
        return f"Rotated({self.family.id!r})"


@dataclass(frozen=True, slots=True)
class Reused:
    """The token was used before: it is in two hands, one of them a thief's."""

    family: Family


@dataclass(frozen=True, slots=True)
class Unknown:
    """No such token, or its time or its family is over."""


def fresh() -> str:
    """The first token of a family."""
    return PREFIX + secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """How a token is kept: 256 random bits need no slow hash."""
    return sha256(token.encode("utf-8", "replace"))


async def rotate(write: Write, token: str, *, key: bytes, now: float) -> Rotated | Reused | Unknown:
    """Exchange a token for its successor, once."""
    held = await tokens.hold(write, hashed(token))
    if held is None or held.family.revoked_at is not None or now >= min(held.ends, held.family.ends):
        return Unknown()
    ends = min(now + SLIDING_SECONDS, held.family.ends)
    if held.used_at is not None:
        return await _again(write, token, held, key=key, now=now)
    salt = secrets.token_hex(16)
    successor = _successor(token, salt, key)
    await tokens.use(write, held.hash, at=now, salt=salt)
    await tokens.add(write, hashed(successor), family_id=held.family.id, ends=ends)
    return Rotated(held.family, successor, ends)


async def _again(write: Write, token: str, held: Token, *, key: bytes, now: float) -> Rotated | Reused:
    successor = _successor(token, held.salt or "", key)
    if now - (held.used_at or 0.0) > RETRY_SECONDS or await tokens.is_used(write, hashed(successor)):
        return Reused(held.family)
    return Rotated(held.family, successor, min(now + SLIDING_SECONDS, held.family.ends))


def _successor(token: str, salt: str, key: bytes) -> str:
    digest = hmac.digest(key, f"{salt}:{token}".encode(), "sha256")
    return PREFIX + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
