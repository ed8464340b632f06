"""Doorbells: one pub/sub connection of a process, on the channels of the sessions that somebody here is in.

A bell carries nothing but "look" (`ev`: there are events, `here`: presence changed). Redis forgets bells while
a connection is away; so the first thing after every (re)connect is a bell for each session.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from debugterm_server.bus.connection import BusDown, Redis
from debugterm_server.bus.sessions import key

_AWAKE = "dt:{_}:bells"
"""A channel that nobody rings: a pub/sub connection without channels cannot be read."""
_QUIET_SECONDS = 10.0
"""Silence after which the connection is asked whether it lives."""


@dataclass(frozen=True, slots=True)
class Bell:
    """Somebody rang."""

    session: str
    what: Literal["ev", "here", "all"]


class Bells:
    """The bells of one process."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._wanted: dict[str, str] = {}
        self._pubsub: PubSub | None = None

    async def watch(self, session: str) -> None:
        """Hear this session's bell; a bell `all` says that from now on none is missed."""
        self._wanted[key(session, "bell")] = session
        with suppress(RedisError, OSError):  # `listen` notices too, and subscribes to everything again
            if self._pubsub is not None:
                await self._pubsub.subscribe(key(session, "bell"))

    async def unwatch(self, session: str) -> None:
        """Stop hearing it."""
        self._wanted.pop(key(session, "bell"), None)
        with suppress(RedisError, OSError):
            if self._pubsub is not None:
                await self._pubsub.unsubscribe(key(session, "bell"))

    async def listen(self) -> AsyncIterator[Bell]:
        """Bells as they ring, until the connection breaks: then BusDown, and it may be called again."""
        pubsub = self._redis.pubsub()
        try:
            await pubsub.subscribe(_AWAKE)
            self._pubsub = pubsub  # from here on `watch` subscribes by itself
            if self._wanted:
                await pubsub.subscribe(*self._wanted)
            while True:
                bell = self._bell(await self._next(pubsub))
                if bell is not None:
                    yield bell
        except (RedisError, OSError) as error:
            raise BusDown(str(error)) from None
        finally:
            self._pubsub = None
            with suppress(RedisError, OSError):
                await pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped

    async def _next(self, pubsub: PubSub) -> dict[str, Any]:
        for _ in range(2):
            message: dict[str, Any] | None = await pubsub.get_message(timeout=_QUIET_SECONDS)
            if message is not None:
                return message
            async with asyncio.timeout(_QUIET_SECONDS):
                await pubsub.ping()
        raise TimeoutError("the connection for bells does not answer")

    def _bell(self, message: dict[str, Any]) -> Bell | None:
        channel = message["channel"]
        session = self._wanted.get(channel.decode() if isinstance(channel, bytes) else str(channel))
        if session is None:
            return None
        if message["type"] == "subscribe":
            return Bell(session, "all")
        if message["type"] == "message":
            return Bell(session, "here" if message["data"] == b"here" else "ev")
        return None
