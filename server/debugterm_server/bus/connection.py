"""Connections to Redis with bounded waits, and what the server behind them really promises.

Nothing is retried here: a publish that timed out may have happened, and only its sender may repeat it.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from redis import asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, BusyLoadingError, RedisError, ResponseError

Redis = aioredis.Redis
Durability = Literal["always", "waitaof", "everysec", "none", "unknown"]

TIMEOUT_SECONDS = 5.0
"""A black-holed Redis is an error after this long; a healthy fsync takes milliseconds."""


class BusDown(Exception):
    """Redis cannot be reached, or did not answer in time."""


class BadBus(Exception):
    """Redis can be reached but not used; the message is one line that says what to do."""


def connect(url: str, *, timeout: float = TIMEOUT_SECONDS, connections: int = 64) -> Redis:
    """A client with a bounded pool; it connects when it is used. Raises BadBus for an unusable URL."""
    try:
        client: Redis = aioredis.from_url(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
            max_connections=connections,
            protocol=2,
        )
    except ValueError:
        raise BadBus("REDIS_URL is not a Redis address; it looks like redis://HOST:6379/0") from None
    return client


async def ask(client: Redis, *command: str | bytes | int) -> Any:
    """One command and its reply as the protocol gives it. Raises BusDown.

    redis-py's typed methods answer unions of all their options; here the shape of a command's reply is known.
    """
    try:
        return await client.execute_command(*command)  # type: ignore[no-untyped-call]  # redis-py left it untyped
    except (RedisError, OSError) as error:
        raise BusDown(str(error)) from None


@dataclass(frozen=True, slots=True)
class Promise:
    """What a Redis promises about a write it acknowledged, measured on the server itself."""

    durability: Durability
    run_id: str
    replicas: int
    version: str

    @property
    def epoch_part(self) -> str:
        """Joins the epoch: a restart of a server that may forget is a new epoch."""
        return "" if self.durability == "always" and not self.replicas else self.run_id


async def wait_ready(client: Redis, *, seconds: float) -> Promise:
    """Wait until Redis answers, then measure its promise. Raises BusDown or BadBus."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            return await measure(client)
        except (BusyLoadingError, BusDown):
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.01)


async def measure(client: Redis) -> Promise:
    """Ask the server how durable an acknowledged write is. Raises BusDown or BadBus."""
    try:
        info = await client.info()
        policy = await _config(client, "maxmemory-policy")
        append = await _config(client, "appendonly")
        fsync = await _config(client, "appendfsync")
    except AuthenticationError:
        raise BadBus("Redis refused the password of REDIS_URL") from None
    except BusyLoadingError:
        raise
    except (RedisError, OSError) as error:
        raise BusDown(str(error)) from None
    if policy not in ("", "noeviction") and int(info.get("maxmemory", 0)) > 0:
        raise BadBus(f"Redis may evict rows (maxmemory-policy {policy}): set it to noeviction")
    return Promise(
        durability=_durability(append=append, fsync=fsync, waitaof=_version(info) >= (7, 2)),
        run_id=str(info["run_id"]),
        replicas=int(info.get("connected_slaves", 0)),
        version=str(info.get("valkey_version") or info["redis_version"]),
    )


def _version(info: dict[str, Any]) -> tuple[int, ...]:
    return tuple(int(part) for part in str(info["redis_version"]).split(".")[:2])


def _durability(*, append: str, fsync: str, waitaof: bool) -> Durability:
    if not append:
        return "unknown"
    if append != "yes":
        return "none"
    if fsync == "always":
        return "always"
    return "waitaof" if waitaof else "everysec"


async def _config(client: Redis, name: str) -> str:
    try:
        found = await client.config_get(name)
    except ResponseError:  # hosted servers hide CONFIG
        return ""
    return found.get(name) or ""
