"""How the cases of the bench use crowds and senders: a crowd that is live, rows sent to it, what came."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.load.hub import Hub
from bench.load.processes import Figures, Process, run

FULL = 0.85
"""A generator that uses more of a core than this may be the limit itself."""
LATE_MS = 100.0


@contextmanager
def crowd(url: str, **plan: Any) -> Iterator[Process]:
    """A crowd in which everybody is live."""
    with Process("crowd", given={"url": url, **plan}) as process:
        yield process.hear("ready")


def watching(hub: Hub, **plan: Any) -> Any:
    """A crowd of a hub."""
    return crowd(hub.socket, tokens=hub.tokens, **plan)


def send(hub: Hub, **plan: Any) -> Figures:
    """Post rows to a hub."""
    return run("sender", given={"key": hub.key, "urls": hub.urls, **plan})


def deliver(hub: Hub, process: Process, *, want: int, **plan: Any) -> Figures:
    """Send rows until each viewer of a crowd has `want` of them; what came, and the hub's processor time for it."""
    process.order(f"want {want}")
    process.hear("counting")
    before = hub.cpu()
    sent = send(hub, **plan)
    got = process.figures()
    return {**got, "cpu": hub.cpu() - before, "sent": sent}


def limits_of(name: str, got: Figures) -> list[str]:
    """What must be said about the generators of a run: that they were busy, late, or that rows were missed."""
    found = []
    if got["cpu_share"] > FULL:
        found.append(f"{name}: the viewers' process used {got['cpu_share']:.2f} of a core")
    if got["sent"]["cpu_share"] > FULL:
        found.append(f"{name}: the sender used {got['sent']['cpu_share']:.2f} of a core")
    if got["sent"]["late_ms"] > LATE_MS:
        found.append(f"{name}: the sender was up to {got['sent']['late_ms']:.0f} ms behind its rate")
    if got["missed"]:
        found.append(f"{name}: {got['missed']:,} rows missed and told as gaps")
    return found
