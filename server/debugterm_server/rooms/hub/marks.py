"""How far each stream was seen by anybody: memory of a hub dies with it, and a restored stream does not know.

Once a second each hub writes how far it has read, one row of SQL an environment, if it moved. Whoever connects to
Redis compares: a stream that lacks what was seen of it was restored from an older copy, and gets a new uuid before
anybody is served. A loss within the second before a hub and Redis died together stays unknown.
"""

import asyncio
from collections.abc import Callable, Mapping

import structlog

from debugterm_server.store import tops
from debugterm_server.store.engine import Conflict, Store, StoreUnavailable

log = structlog.get_logger()

PERIOD_SECONDS = 1.0

Place = tuple[str, str]
"""Uuid of a stream and id of an entry of it."""


class Marks:
    """The marks of all streams of a deployment."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._noted: dict[str, Place] = {}

    async def seen(self, env: str, uuid: str) -> str:
        """The newest entry that anybody has seen of a stream, `0-0` for none. Raises StoreUnavailable."""
        async with self._store.read() as read:
            top = await tops.seen(read, env, uuid)
        return f"{top[0]}-{top[1]}" if top else "0-0"

    async def keep(self, places: Callable[[], Mapping[str, Place]]) -> None:
        """Write down, once a second, the places that moved; runs until cancelled."""
        while True:
            await asyncio.sleep(PERIOD_SECONDS)
            await self.note(places())

    async def note(self, places: Mapping[str, Place]) -> None:
        """Write down the places that moved; what cannot be written now is tried at the next call."""
        moved = {env: at for env, at in places.items() if self._noted.get(env) != at and at[1] != "0-0"}
        if not moved:
            return
        try:
            async with self._store.write() as write:
                for env, (uuid, entry) in moved.items():
                    ms, _, seq = entry.partition("-")
                    await tops.note(write, env, uuid, (int(ms), int(seq)))
        except Conflict:
            """Another hub noted its first at the same moment."""
        except StoreUnavailable as error:
            log.debug("how far the streams were read is not noted", reason=str(error))
        else:
            self._noted.update(moved)
