"""Keeps each environment's stream inside its size and age: a duty that one hub at a time holds."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from debugterm_server.bus.connection import BusDown
from debugterm_server.bus.streams import Kind
from debugterm_server.kit.clock import Clock, wall

log = structlog.get_logger()

PERIOD_SECONDS = 2.0
METRICS_SECONDS = 3600
LEASE_SECONDS = 10


class Stream(Protocol):
    """What is needed of the bus."""

    async def lease(self, env: str, duty: str, *, holder: str, seconds: int) -> bool:
        """Take or keep a duty."""
        ...

    async def trim(self, env: str, *, max_bytes: int, min_ms: int, kind: Kind) -> int:
        """Remove the oldest entries beyond size and age; how many went."""
        ...


async def keep(
    stream: Stream, *, envs: Sequence[str], holder: str, max_bytes: int, max_age: int, clock: Clock = wall
) -> None:
    """Trim until cancelled; `max_age` in seconds."""
    while True:
        for env in envs:
            try:
                if await stream.lease(env, "trim", holder=holder, seconds=LEASE_SECONDS):
                    await _trim(stream, env, max_bytes=max_bytes, max_age=max_age, now=clock())
            except BusDown:
                log.debug("trimming waits for Redis", env=env)
        await asyncio.sleep(PERIOD_SECONDS)


async def _trim(stream: Stream, env: str, *, max_bytes: int, max_age: int, now: float) -> None:
    while await stream.trim(env, max_bytes=max_bytes, min_ms=int((now - max_age) * 1000), kind="log"):
        await asyncio.sleep(0)
    min_ms = int((now - METRICS_SECONDS) * 1000)
    while await stream.trim(env, max_bytes=0, min_ms=min_ms, kind="met"):
        await asyncio.sleep(0)
