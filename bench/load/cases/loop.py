"""How long the hub's loop stands still: at rest, at a body of 15 MiB, while a viewer reads all of the past."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.load import crowds
from bench.load.hub import Hub, served
from bench.load.lines import Found, Line
from bench.load.processes import Process

HISTORY = 300_000
QUIET_SECONDS = 2.0


def run() -> Found:
    """Once, seen from outside by one more client that asks `ping`."""
    found = Found([])
    with served(viewers=2) as hub:
        with _probed(hub, found, "at rest"):
            time.sleep(QUIET_SECONDS)
        with _probed(hub, found, "a body of 15 MiB"):
            crowds.send(hub, posts=1, rows=48_000)
        crowds.send(hub, posts=HISTORY // 1000)
        for name, query in (("all", ""), ("few", "u_4999")):
            with (
                _probed(hub, found, f"catching up, {name} of {HISTORY:,} rows"),
                crowds.watching(hub, queries=[query], source="-1h"),
            ):
                pass
    return found


@contextmanager
def _probed(hub: Hub, found: Found, name: str) -> Iterator[None]:
    with Process("lag", hub.socket, given=hub.tokens[0]) as probe:
        probe.hear("ready")
        yield
        got = probe.stop()
    found.lines += [
        Line(f"{name}, longest", "ms", got["longest_ms"]),
        Line(f"{name}, p99", "ms", got["p99_ms"]),
    ]
