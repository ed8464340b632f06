"""The streams of an environment: publish a batch durably, read on, read back, trim."""

import asyncio
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import structlog
from debugterm_protocol.offsets import parse
from redis.exceptions import RedisError

from debugterm_server.bus import entries
from debugterm_server.bus.connection import BusDown, Promise, Redis, ask, measure
from debugterm_server.bus.entries import Batch, ForgedEntry, Slice

log = structlog.get_logger()

Kind = Literal["log", "met"]
MARKERS_AN_HOUR = 100_000
"""Foreign batch ids remembered per environment and hour; beyond it the sender is told to slow down."""
MARKER_HOURS = 25
FSYNC_MS = 4_000
"""How long a Redis that writes once a second may take; below the timeout of its connection."""
READ_ENTRIES = 8
"""Entries read at once: their macs are checked in one turn of the loop, 1 ms for each 1 MiB."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What makes a resend harmless: a foreign id, or a producer and the number of its batch."""

    id: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a batch; `seen` means an earlier attempt was stored and this one was not."""

    outcome: Literal["new", "seen", "stale", "full"]
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Waited:
    """What came after two places, and the id up to which retention had removed entries by then."""

    log: Slice
    met: Slice
    trimmed: str


@dataclass(frozen=True, slots=True)
class Tail:
    """The newest state of a stream: its uuid and the id of its last entry (`0-0` when empty)."""

    uuid: str
    top: str


def key(env: str, name: str) -> str:
    """A key of an environment; all of them share one hash slot."""
    return f"dt:{{e:{env}}}:{name}"


class Streams:
    """The streams of all environments on one Redis. Every method raises BusDown when Redis does not answer."""

    def __init__(self, redis: Redis, *, secret: bytes, promise: Promise) -> None:
        self._redis = redis
        self._secret = secret
        self.measured = promise
        self._publish = redis.register_script(files(__package__).joinpath("publish.lua").read_text())
        self._trim = redis.register_script(files(__package__).joinpath("trim.lua").read_text())
        self._replace = redis.register_script(files(__package__).joinpath("replace.lua").read_text())

    async def publish(
        self, env: str, *, logs: Sequence[Batch], metrics: Sequence[Batch], marker: Marker | None
    ) -> Published:
        """Store all batches or none; when this returns they are as durable as the server's promise says."""
        hour = int(time.time()) // 3600
        keys = [key(env, "log"), key(env, "met"), key(env, "meta"), key(env, "prod")]
        keys += [key(env, f"b:{hour - back}") for back in range(MARKER_HOURS)]
        args = await self._arguments(env, logs, metrics, marker)
        try:
            if self.measured.durability == "waitaof":
                outcome, first, last = await self._publish_and_wait(keys, args)
            else:
                outcome, first, last = await self._publish(keys=keys, args=args)
        except (RedisError, OSError) as error:
            raise BusDown(str(error)) from None
        return Published(outcome=outcome.decode(), first=first.decode(), last=last.decode())

    async def _publish_and_wait(self, keys: list[str], args: list[bytes | str | int]) -> Any:
        """WAITAOF waits for what its own connection wrote, so both go over one; its answer counts who has it."""
        async with self._redis.pipeline(transaction=False) as pipe:
            await self._publish(keys=keys, args=args, client=pipe)
            pipe.execute_command("WAITAOF", 1, 0, FSYNC_MS)
            answer, (here, _) = await pipe.execute()
        if not here:
            raise BusDown(f"Redis did not write to disk within {FSYNC_MS} ms")
        return answer

    async def _arguments(
        self, env: str, logs: Sequence[Batch], metrics: Sequence[Batch], marker: Marker | None
    ) -> list[bytes | str | int]:
        kind = "" if marker is None else "foreign" if marker.number is None else "prod"
        number = marker.number if marker is not None and marker.number is not None else 0
        args: list[bytes | str | int] = [
            kind,
            marker.id if marker else "",
            number,
            MARKERS_AN_HOUR,
            uuid.uuid4().hex,
        ]
        args.append(len(logs) + len(metrics))
        for stream, batches in ((1, logs), (2, metrics)):
            for batch in batches:
                fields = entries.encode(batch, secret=self._secret, env=env)
                args += [stream, batch.n, len(batch.rows), 2 * len(fields)]
                for name, value in fields.items():
                    args += [name, value]
                await asyncio.sleep(0)  # signing the whole of a large body would stop the loop
        return args

    async def promise(self) -> Promise:
        """What Redis promises now; asked again after every lost connection, because it may be another server."""
        self.measured = await measure(self._redis)
        return self.measured

    async def tail(self, env: str) -> Tail:
        """The uuid of the stream (made when there is none yet) and its newest id."""
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.execute_command("HSETNX", key(env, "meta"), "uuid", uuid.uuid4().hex)
                pipe.execute_command("HGET", key(env, "meta"), "uuid")
                pipe.execute_command("XREVRANGE", key(env, "log"), "+", "-", "COUNT", 1)
                _, stream, newest = await pipe.execute()
        except (RedisError, OSError) as error:
            raise BusDown(str(error)) from None
        return Tail(uuid=stream.decode(), top=newest[0][0].decode() if newest else "0-0")

    async def holds(self, env: str, entry: str) -> bool:
        """Whether an entry is there, or went by retention; `0-0`, the beginning, always is."""
        if entry == "0-0" or await self._ask("XRANGE", key(env, "log"), entry, entry, "COUNT", 1):
            return True
        return parse(await self.trimmed(env)) >= parse(entry)

    async def replace(self, env: str, old: str) -> None:
        """Give the stream a new uuid unless another hub did: its history was lost or replaced."""
        try:
            await self._replace(keys=[key(env, "meta")], args=[old, uuid.uuid4().hex])
        except (RedisError, OSError) as error:
            raise BusDown(str(error)) from None

    async def wait(self, env: str, *, log: str, met: str, block_ms: int) -> Waited:
        """The entries after two places, waiting up to `block_ms` for the first; oldest first, READ_ENTRIES of each at most."""
        names: dict[bytes, Kind] = {key(env, "log").encode(): "log", key(env, "met").encode(): "met"}
        read = ("XREAD", "COUNT", READ_ENTRIES, "BLOCK", block_ms, "STREAMS", *names, log, met)
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.execute_command(*read)
                # Behind the entries, so that whatever was gone before they were read is known.
                pipe.execute_command("HGET", key(env, "meta"), "trim_id")
                found, trimmed = await pipe.execute()
        except (RedisError, OSError) as error:
            raise BusDown(str(error)) from None
        slices = {names[name]: self._slice(env, items, READ_ENTRIES) for name, items in found or []}
        nothing = Slice((), "", "", more=False)
        return Waited(
            slices.get("log", nothing), slices.get("met", nothing), trimmed.decode() if trimmed else "0-0"
        )

    async def after(self, env: str, start: str, end: str, *, count: int, kind: Kind = "log") -> Slice:
        """Entries from `start` to `end`, both included (a leading `(` excludes), oldest first."""
        return self._slice(env, await self._ask("XRANGE", key(env, kind), start, end, "COUNT", count), count)

    async def before(self, env: str, end: str, start: str, *, count: int, kind: Kind = "log") -> Slice:
        """Entries from `end` back to `start`, newest first."""
        return self._slice(
            env, await self._ask("XREVRANGE", key(env, kind), end, start, "COUNT", count), count
        )

    async def trimmed(self, env: str) -> str:
        """The id up to which retention removed entries; `0-0` when it never did."""
        value = await self._ask("HGET", key(env, "meta"), "trim_id")
        return value.decode() if value else "0-0"

    async def lease(self, env: str, duty: str, *, holder: str, seconds: int) -> bool:
        """Take or keep the duty of one environment; True while this holder has it."""
        name = key(env, f"lease:{duty}")
        if await self._ask("SET", name, holder, "NX", "PX", seconds * 1000):
            return True
        if await self._ask("GET", name) != holder.encode():
            return False
        await self._ask("PEXPIRE", name, seconds * 1000)
        return True

    async def trim(self, env: str, *, max_bytes: int, min_ms: int, kind: Kind = "log") -> int:
        """Remove the oldest entries beyond size and age, at most 200 a call; how many went."""
        keys = [key(env, kind), key(env, "meta")]
        try:
            gone = await self._trim(keys=keys, args=[max_bytes, min_ms, 200, kind])
        except (RedisError, OSError) as error:
            raise BusDown(str(error)) from None
        return int(gone)

    async def _ask(self, *command: str | bytes | int) -> Any:
        return await ask(self._redis, *command)

    def _slice(self, env: str, items: Sequence[tuple[bytes, dict[bytes, bytes]]], asked: int) -> Slice:
        read = []
        for entry_id, fields in items:
            try:
                read.append(entries.decode(entry_id, fields, secret=self._secret, env=env))
            except ForgedEntry as error:
                log.error("dropped a forged entry", problem=str(error), env=env)  # noqa: TRY400 - a line, no trace
        first, last = (items[0][0].decode(), items[-1][0].decode()) if items else ("", "")
        return Slice(read, first, last, more=len(items) == asked)
