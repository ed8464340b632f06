"""All followed files in turn: finds new ones, reads a chunk of each, waits when nothing grew."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from debugterm_client.ship.discover import discover
from debugterm_client.ship.follow import Follower, Known
from debugterm_client.ship.hopper import Hopper
from debugterm_client.ship.place import State
from debugterm_client.ship.rotated import base_of
from debugterm_client.ship.rows import Origin

POLL_SECONDS = 0.25
PENDING_SECONDS = 0.05
"""Between looks while a record has begun that the next line may go on with."""
RESCAN_SECONDS = 2.0
MAX_FILES = 500
"""Files followed at once: each keeps one descriptor, of which a process has 1,024 by default."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files, from where on, and whether to stay. `last` = lines of a file never seen; None is all of it."""

    arguments: Sequence[str]
    follow: bool = True
    last: int | None = None


class Files:
    """The source that reads files. A row without service gets the one of `origin`, else its file's name."""

    def __init__(
        self, wanted: Wanted, *, origin: Origin, state: State, hopper: Hopper, say: Callable[[str], None]
    ) -> None:
        self._wanted = wanted
        self._origin = origin
        self._state = state
        self._hopper = hopper
        self._known = Known(state.places_to_come())
        self._followers: dict[Path, Follower] = {}
        self._say = say
        self._full = False
        self._scanned = float("-inf")

    async def run(self, stop: asyncio.Event) -> None:
        """Read until `stop`, or to the end of every file when they are not followed."""
        while True:
            more = await self._turn()
            if more:
                continue
            if stop.is_set() or not self._wanted.follow:
                break
            try:
                pending = any(follower.pending for follower in self._followers.values())
                async with asyncio.timeout(PENDING_SECONDS if pending else POLL_SECONDS):
                    await stop.wait()
            except TimeoutError:
                continue
        for follower in self._followers.values():
            await self._hopper.put(follower.finish())

    async def _turn(self) -> bool:
        now = time.monotonic()
        if now - self._scanned >= RESCAN_SECONDS:
            self._scan(first=self._scanned < 0)
            self._scanned = now
        more = False
        for follower in list(self._followers.values()):
            rows, busy = follower.poll(now)
            self._write_down()
            await self._hopper.put(rows)
            more |= busy
        await asyncio.sleep(0)
        return more

    def _scan(self, *, first: bool) -> None:
        """Take up new paths. A rotated file of a followed one belongs to that, but at first sight it is read too."""
        paths = discover(self._wanted.arguments)
        meant = set(paths)
        for path in paths:
            if path in self._followers:
                continue
            if len(self._followers) >= MAX_FILES:
                self._say_full(len(paths))
                break
            base = base_of(path, meant)
            if base is not None and (not first or self._known.has(base)):
                continue
            self._followers[path] = self._follower(path, last=self._wanted.last if first else None)
        self._followers = dict(sorted(self._followers.items(), key=lambda item: _age(item[0])))

    def _say_full(self, count: int) -> None:
        if not self._full:
            self._say(
                f"{count} files are meant, the first {MAX_FILES} are sent: name fewer, or start several"
            )
            self._full = True

    def _follower(self, path: Path, *, last: int | None) -> Follower:
        origin = (
            self._origin
            if self._origin.service
            else replace(self._origin, service=path.name.partition(".")[0])
        )
        return Follower(path, self._known, origin=origin, last=last)

    def _write_down(self) -> None:
        if self._known.fresh:
            self._state.remember(self._known.fresh)
            self._known.fresh = {}
        if self._known.gone:
            self._state.forget(self._known.gone)
            self._known.gone = []


def _age(path: Path) -> int:
    """Oldest first, so that `app.log.1` is read before `app.log`."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
