"""What a client saw, from its own mouth: a client process that journals, and the reader of its journal.

`python -m tests.support.journal QUERY FILE [QUERY FILE ...]` runs the client's own connection (`debugterm_client.net`) with resume
and dedup, and writes a line a row, gap, reset. It does not wait long between its tries, so that many kills fit
into a test. `debugterm tail --json --meta` writes nearly the same lines; `Journal` reads both.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
from debugterm_client.config import Config
from debugterm_client.core import news
from debugterm_client.core.resume import WatchPlace
from debugterm_client.net.http import Door, TokenSource
from debugterm_client.net.link import Link
from debugterm_client.net.tasks import Nursery
from debugterm_protocol.frames import Rows
from debugterm_protocol.offsets import Offset, parse

from tests.support.checker import Mark, Missing, Reset, Seen, Shown

TRY_AGAIN_SECONDS = 0.2


def mark_of(message: str) -> Mark:
    """Whose row this is; senders of the trust tests write `<producer> <n>`."""
    producer, _, n = message.rpartition(" ")
    return Mark(producer, int(n))


class Journal:
    """Reads the journal of one client as it grows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seen: list[Seen] = []
        self.shown: set[Mark] = set()
        self.resumes: list[float] = []
        """Seconds from each loss of the line until the watch had caught up again."""
        self._lost_at: float | None = None
        self.resent = 0
        """Rows that the hub sent although this client had acknowledged or shown them."""
        self.ups = 0
        """Connections made."""
        self.watching = 0
        """How often a hub took its watch: once, and again on every new connection."""
        self._read = 0

    def refresh(self) -> "Journal":
        """Take in what was written since."""
        if not self.path.exists():
            return self
        with self.path.open("rb") as file:
            file.seek(self._read)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            self._take(msgspec.json.decode(line))
        return self

    def _take(self, line: dict[str, Any]) -> None:
        match line.get("type"):
            case None:
                shown = Shown(parse(line["id"]), mark_of(line["message"]))
                self.seen.append(shown)
                self.shown.add(shown.mark)
            case "gap":
                self.seen.append(Missing(parse(line["from"]), parse(line["to"]), line["n"], line["why"]))
            case "reset":
                self.seen.append(Reset())
            case "watching":
                self.watching += 1
            case "up" | "reconnected":
                self.ups += 1
            case "resent":
                self.resent += line["n"]
            case "lost" if self._lost_at is None:
                self._lost_at = line.get("at")
            case "caught" if self._lost_at is not None:
                self.resumes.append(line["at"] - self._lost_at)
                self._lost_at = None
            case _:
                """States that show no row."""


class _Watched(WatchPlace):
    """Counts what the hub sends a second time before the client drops it, and says when a hub took the watch."""

    def __init__(self, query: str, taken: Callable[[], None]) -> None:
        super().__init__(query)
        self.resent = 0
        self._taken = taken

    def begin(self, epoch: str, start: str = "") -> None:
        super().begin(epoch, start)
        self._taken()

    def take(self, frame: Rows) -> list[news.RowAt]:
        fresh = super().take(frame)
        self.resent += sum(len(group.i) for group in frame.b) - len(fresh)
        return fresh


class _Writer:
    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self.link: Link | None = None
        self.place: _Watched | None = None

    def take(self, event: news.News) -> None:
        match event:
            case news.Batch(rows=rows):
                self._rows(rows)
            case news.Missed(gap=gap):
                self._write(type="gap", **{"from": gap.start, "to": gap.end}, n=gap.n, why=gap.why)
            case news.Restarted(why=why):
                self._write(type="reset", why=why)
            case news.Up():
                self._write(type="up")
            case news.Lost(why=why):
                self._write(type="lost", why=why, at=time.monotonic())
                asyncio.get_running_loop().call_later(TRY_AGAIN_SECONDS, self._retry)
            case news.CaughtUp():
                self._write(type="caught", at=time.monotonic())
            case news.Ended(why=why):
                self._write(type="ended", why=why)
            case _:
                """Nothing that shows or hides a row."""

    def taken(self) -> None:
        self._write(type="watching")

    def _retry(self) -> None:
        if self.link is not None:
            self.link.retry_now()

    def _rows(self, rows: list[news.RowAt]) -> None:
        lines = [{"id": _id(row.offset), "message": msgspec.json.decode(row.raw)["message"]} for row in rows]
        self._file.write(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        if self.place is not None and self.place.resent:
            self._write(type="resent", n=self.place.resent)
            self.place.resent = 0

    def _write(self, **line: object) -> None:
        self._file.write(msgspec.json.encode(line) + b"\n")


def _id(offset: Offset) -> str:
    return f"{offset.entry}-{offset.row}"


async def main(clients: Sequence[tuple[str, Path]]) -> None:
    """Watch until killed, each client with a connection of its own; a fault of ours ends the process."""
    config = Config.of_user()
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    async with AsyncExitStack() as stack:
        nursery = await stack.enter_async_context(Nursery("journal", on_death=over.set_exception))
        for query, path in clients:
            door = await stack.enter_async_context(Door(config.profile("trust")))
            writer = _Writer(path)
            link = writer.link = Link(door, TokenSource(config, door), writer.take, client="journal")
            link._watches["log"] = writer.place = _Watched(query, writer.taken)
            nursery.spawn("link", link.run())
        await over


if __name__ == "__main__":
    words = sys.argv[1:]
    asyncio.run(main([(query, Path(path)) for query, path in zip(words[::2], words[1::2], strict=True)]))
