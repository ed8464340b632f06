"""A process with many viewers; tells what they got as one JSON line.

    echo '{"url": "ws://127.0.0.1:7373/ws", "count": 50, "tokens": ["…"]}' | python -m bench.load.crowd

Its first line on standard input says whom to watch; it prints `ready` when all are live. Each line after that is an
order, answered with one line: `want N` (forget what was counted, then answer when everybody has N rows more, or
`seconds` are over), `fresh` (forget), `count` (what was counted since, now), `stall N` (the last N read nothing from now on), `drop`
(all lose their connection), `back N` (all connect at once where they stopped; answer when all have N rows more).
"""

import heapq
import os
import select
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec
from debugterm_client.net.backoff import full_jitter
from debugterm_protocol.frames import Place

from bench.load import wire
from bench.load.viewer import TICK_NS, Frontail, Nchan, Tally, Viewer

KINDS: dict[str, type[Viewer]] = {"debugterm": Viewer, "nchan": Nchan, "frontail": Frontail}
REFUSED = "503"
"""The answer of a hub that asks to come back a little later."""
AT_ONCE = 40
"""Connections that open together when nobody is in a hurry: a hub takes 64 that have not said hello."""
CONNECT_SECONDS = 60.0
SPREAD = (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 99.9, 100)
LOOK_SECONDS = 0.02
"""How often is looked who has come back."""


class Plan(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to watch. Tokens and queries are taken in turn."""

    url: str
    count: int = 1
    kind: str = "debugterm"
    tokens: list[str] = []
    queries: list[str] = msgspec.field(default_factory=lambda: [""])
    source: str = "now"
    seconds: float = 60.0


class Crowd:
    """All viewers of this process on one epoll."""

    def __init__(self, plan: Plan) -> None:
        self._url = urlsplit(plan.url)
        self._seconds = plan.seconds
        self._tally = Tally()
        self._poll = select.epoll()
        self._open: dict[int, Viewer] = {}
        self._opening: dict[int, Viewer] = {}
        self._stalled: set[int] = set()
        kind, tokens = KINDS[plan.kind], plan.tokens or [""]
        self._request = wire.upgrade(self._url, protocol=kind.protocol)
        shared: dict[str, dict[bytes, Any]] = {query: {} for query in plan.queries}
        self._viewers = []
        for number in range(plan.count):
            query = plan.queries[number % len(plan.queries)]
            token = tokens[number % len(tokens)]
            viewer = kind(self._tally, shared[query], token=token, query=query)
            viewer.source = plan.source
            self._viewers.append(viewer)
        self._failed: Callable[[Viewer], None] = self._end
        self._begun = (time.monotonic(), time.process_time())

    def connect(self) -> None:
        """Make everybody live, some at a time."""
        waiting = list(reversed(self._viewers))
        end = time.monotonic() + CONNECT_SECONDS
        while not all(viewer.live for viewer in self._viewers):
            under_way = sum(not viewer.live for viewer in self._open.values()) + len(self._opening)
            for _ in range(min(AT_ONCE - under_way, len(waiting))):
                self._start(waiting.pop())
            self._turn(0.05)
            if time.monotonic() > end:
                raise SystemExit("not every viewer could connect")

    def want(self, rows: int) -> dict[str, Any]:
        """Count from here until everybody has this many rows."""
        self._fresh(rows)
        print("counting", flush=True)
        end = time.monotonic() + self._seconds
        while self._tally.done < len(self._viewers) - len(self._stalled) and time.monotonic() < end:
            self._turn(0.05)
        return self.count()

    def count(self) -> dict[str, Any]:
        """What was counted."""
        tally = self._tally
        wall, cpu = time.monotonic() - self._begun[0], time.process_time() - self._begun[1]
        return {
            "seconds": wall,
            "cpu_share": cpu / wall,
            "rows": tally.rows,
            "missed": tally.missed,
            "messages": tally.messages,
            "bytes": tally.bytes,
            **{f"p{part}_ms": _percentile(tally.waits, part) for part in (50, 99)},
            "spread": [_percentile(tally.waits, part) for part in SPREAD],
        }

    def fresh(self) -> dict[str, Any]:
        """Forget what was counted."""
        self._fresh(0)
        return {}

    def stall(self, count: int) -> dict[str, Any]:
        """The last viewers stop reading."""
        for viewer in self._viewers[-count:]:
            self._poll.unregister(viewer.fd)
            self._stalled.add(viewer.fd)
        return {"stalled": count}

    def drop(self) -> dict[str, Any]:
        """Everybody loses the connection."""
        for viewer in self._open.values():
            viewer.close()
        self._open.clear()
        return {"dropped": len(self._viewers)}

    def back(self, rows: int) -> dict[str, Any]:
        """All come back at once, each at its place, until each has its rows; a refused one waits like the client."""
        self._fresh(rows)
        begun = time.monotonic()
        refused: Counter[str] = Counter()
        again: list[tuple[float, int, Viewer]] = []
        waits = {id(viewer): full_jitter() for viewer in self._viewers}

        def later(viewer: Viewer) -> None:
            refused[viewer.broken] += 1
            heapq.heappush(again, (time.monotonic() + next(waits[id(viewer)]), id(viewer), viewer))

        self._failed = later
        for viewer in self._viewers:
            viewer.source = Place(*viewer.place)
            self._start(viewer)
        ends: dict[int, float] = {}
        seen = begun
        while len(ends) < len(self._viewers) and (now := time.monotonic()) < begun + self._seconds:
            self._turn(LOOK_SECONDS)
            while again and again[0][0] <= now:
                self._start(heapq.heappop(again)[2])
            if now > seen + LOOK_SECONDS:
                seen = now
                for viewer in self._viewers:
                    if viewer.live and viewer.rows >= rows:
                        _ = ends.setdefault(id(viewer), now - begun)
        self._failed = self._end
        done = sorted(ends.values())
        return {
            **self.count(),
            "resumed": len(done),
            "last_seconds": done[-1] if done else -1.0,
            "half_seconds": done[len(done) // 2] if done else -1.0,
            "refused": refused[REFUSED],
            "errors": refused.total() - refused[REFUSED],
            "wrong": sum(viewer.rows != rows for viewer in self._viewers),
        }

    def _fresh(self, rows: int) -> None:
        fresh = Tally()
        fresh.wanted = rows
        self._tally.__dict__.update(fresh.__dict__)
        for viewer in self._viewers:
            viewer.rows = 0
        self._begun = (time.monotonic(), time.process_time())

    def _start(self, viewer: Viewer) -> None:
        viewer.open(self._url)
        self._opening[viewer.fd] = viewer
        self._poll.register(viewer.fd, select.EPOLLOUT)

    def _turn(self, seconds: float) -> bool:
        """Read what came; whether a stream that is no viewer's has something."""
        other = False
        for fd, _ in self._poll.poll(seconds):
            viewer = self._open.get(fd)
            if viewer is not None:
                viewer.read()
            elif (viewer := self._opening.pop(fd, None)) is not None:
                self._poll.modify(fd, select.EPOLLIN)
                self._open[fd] = viewer
                viewer.connected(self._request)
            else:
                other = True
                continue
            if viewer.broken:
                del self._open[fd]
                self._poll.unregister(fd)
                viewer.close()
                self._failed(viewer)
        return other

    def _end(self, viewer: Viewer) -> None:
        raise SystemExit(f"a viewer ended: {viewer.broken}")

    def idle(self, stream: int) -> None:
        """Keep reading until there is an order on a stream."""
        self._poll.register(stream, select.EPOLLIN)
        while not self._turn(0.5):
            pass
        self._poll.unregister(stream)


def _percentile(waits: dict[int, int], part: float) -> float:
    """Milliseconds within which this part of all rows came."""
    left = sum(waits.values()) * part / 100
    for tick in sorted(waits):
        left -= waits[tick]
        if left <= 0:
            return (tick + 1) * TICK_NS / 1e6
    return 0.0


def _tell(figures: dict[str, Any]) -> None:
    print(msgspec.json.encode(figures).decode(), flush=True)


def main() -> None:
    """Connect, then obey until standard input ends."""
    orders = os.fdopen(0, "rb", buffering=0)
    crowd = Crowd(msgspec.json.decode(_line(orders), type=Plan))
    crowd.connect()
    print("ready", flush=True)
    while True:
        crowd.idle(0)
        name, _, number = _line(orders).decode().strip().partition(" ")
        if not name:
            return
        order = getattr(crowd, name)
        _tell(order(int(number)) if number else order())


def _line(stream: Any) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        more = stream.read(1)
        if not more:
            break
        line += more
    return bytes(line)


if __name__ == "__main__":
    main()
