"""Sessions in Redis: state with compare-and-set, the event stream, first answers, presence.

Keys of session `<id>` share the hash tag `{s:<id>}`: `state` (JSON, revision and epoch first), `ctl` (stream of
events, entry id `<rev>-0`), `cmd` (command id -> mark), `here` and `here:at` (presence), and the channel `bell`.
A bell only says "look": whoever misses one finds the same events by reading on.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import msgspec
from debugterm_protocol import limits
from debugterm_protocol.frames import Presence
from debugterm_protocol.sessions import Done, Event, Snapshot
from redis.exceptions import RedisError

from debugterm_server.bus.connection import BusDown, Redis

EVENTS = 10_000
"""Events that a session keeps for clients that come back; older ones are only in the record."""
MARK_MS = 24 * 3600 * 1000
"""A repeated command id is known this long after the last command of its session."""


class Mark(msgspec.Struct, frozen=True):
    """What a command id stands for: whose it is, the digest of its bytes, and the first answer."""

    human: str
    digest: str
    answer: Done


class _Stored(msgspec.Struct, frozen=True):
    # The first three fields, in this order, are what the Lua script matches.
    v: Literal[1]
    rev: int
    epoch: str
    snapshot: Snapshot


class _Head(msgspec.Struct, frozen=True):
    rev: int
    epoch: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The state of a session as Redis has it. `epoch` changes when it had to be rebuilt."""

    epoch: str
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Change:
    """What a command makes of a session. `before` None: the session must not exist in Redis yet."""

    before: Kept | None
    after: Kept
    event: Event | None
    seq: int = 0
    command: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """It is done."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The command id was used before; nothing was done."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class Conflict:
    """The session is not what the change was decided on; nothing was done. None: Redis does not have it."""

    now: Kept | None


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the stream."""

    rev: int
    seq: int
    event: Event


@dataclass(frozen=True, slots=True)
class Since:
    """The events after a revision, oldest first, with the revision and epoch of the state read with them."""

    epoch: str
    rev: int
    events: list[Told]

    def continues(self, rev: int) -> bool:
        """Whether nothing is missing between `rev` and these events."""
        return self.events[0].rev == rev + 1 if self.events else self.rev == rev


_events: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_stored = msgspec.json.Decoder(_Stored)
_marks = msgspec.json.Decoder(Mark)
_presence = msgspec.json.Decoder(Presence)
_encode = msgspec.json.Encoder().encode


def key(session: str, name: str) -> str:
    """A key of a session; all of them share one hash slot."""
    return f"dt:{{s:{session}}}:{name}"


class SessionBus:
    """All sessions on one Redis. Every method raises BusDown when Redis does not answer."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._change = redis.register_script(files(__package__).joinpath("session_change.lua").read_text())
        self._here = redis.register_script(files(__package__).joinpath("session_here.lua").read_text())

    async def load(self, session: str) -> Kept | None:
        """The newest state; None when Redis does not have it."""
        with _down():
            return _kept(await self._redis.get(key(session, "state")))

    async def mark(self, session: str, command: str) -> Mark | None:
        """What this command id stands for, if it was used in the last 24 h."""
        with _down():
            mark = await self._redis.hget(key(session, "cmd"), command)
        return _marks.decode(mark) if mark else None

    async def change(self, change: Change) -> Changed | Seen | Conflict:
        """Make a change true in one step, if the session still is what it was decided on.

        After BusDown it may have happened; asking again with the same command id and mark is safe.
        """
        session, before, after = change.after.snapshot.id, change.before, change.after
        stored = _Stored(v=1, rev=after.snapshot.rev, epoch=after.epoch, snapshot=after.snapshot)
        with _down():
            outcome, *rest = await self._change(
                keys=[key(session, name) for name in ("state", "ctl", "cmd")],
                args=[
                    before.epoch if before else "",
                    before.snapshot.rev if before else "",
                    _encode(stored),
                    after.snapshot.rev,
                    change.command if change.mark else "",
                    _encode(change.mark) if change.mark else "",
                    _encode(change.event) if change.event else "",
                    change.seq,
                    key(session, "bell"),
                    EVENTS,
                    MARK_MS,
                ],
            )
        match outcome:
            case b"ok":
                return Changed()
            case b"seen":
                return Seen(_marks.decode(rest[0]))
            case _:
                return Conflict(_kept(rest[0]))

    async def since(self, session: str, rev: int, *, count: int = 500) -> Since | None:
        """Events after a revision, at most `count`; None when Redis does not have the session."""
        with _down():
            async with self._redis.pipeline(transaction=True) as pipe:
                _ = pipe.getrange(key(session, "state"), 0, 199)
                _ = pipe.xrange(key(session, "ctl"), f"{rev + 1}-0", "+", count=count)
                head, entries = await pipe.execute()
        found = _head(head)
        return Since(found.epoch, found.rev, [_told(*entry) for entry in entries]) if found else None

    async def present(self, session: str, changes: Mapping[str, Presence | None]) -> list[Presence]:
        """Refresh (or with None remove) connections, and answer who is here, in the order of their names.

        Rings the bell when anything differs from before. With no changes it only looks.
        """
        args: list[str | bytes | int] = []
        for conn, presence in changes.items():
            args += [conn, _encode(presence) if presence else b""]
        with _down():
            return _roster(await self._call_here(session, args, self._redis))

    async def rosters(self, sessions: Sequence[str]) -> dict[str, list[Presence]]:
        """Who is here in several sessions."""
        with _down():
            async with self._redis.pipeline(transaction=False) as pipe:
                for session in sessions:
                    await self._call_here(session, [], pipe)
                found = await pipe.execute() if sessions else []
        return {session: _roster(values) for session, values in zip(sessions, found, strict=True)}

    async def _call_here(self, session: str, changes: list[str | bytes | int], client: Redis) -> Any:
        keys = [key(session, "here"), key(session, "here:at")]
        fixed: list[str | bytes | int] = [limits.PRESENCE_DEAD_SECONDS * 1000, key(session, "bell")]
        return await self._here(keys=keys, args=[*fixed, *changes], client=client)


def _roster(values: Sequence[bytes]) -> list[Presence]:
    people = sorted((_presence.decode(value) for value in values), key=lambda one: (one.name, one.conn))
    return people[: limits.ROSTER]


def _kept(stored: bytes | str | None) -> Kept | None:
    if not stored:
        return None
    state = _stored.decode(stored)
    return Kept(epoch=state.epoch, snapshot=state.snapshot)


def _head(start: bytes) -> _Head | None:
    if not start:
        return None
    cut = start.index(b'","snapshot":')
    return msgspec.json.decode(start[:cut] + b'"}', type=_Head)


def _told(entry: bytes, fields: Mapping[bytes, bytes]) -> Told:
    return Told(rev=int(entry.partition(b"-")[0]), seq=int(fields[b"s"]), event=_events.decode(fields[b"p"]))


@contextmanager
def _down() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise BusDown(str(error)) from None
