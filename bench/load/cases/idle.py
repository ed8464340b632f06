"""What a viewer costs that gets nothing, and what one costs the others that takes nothing."""

import time

from bench.load import crowds
from bench.load.hub import served
from bench.load.lines import Aim, Found, Line

IDLE = 2_000
QUIET_SECONDS = 2.0
IDLE_SECONDS = 6.0
VIEWERS = 200
STALLED = 20
RATE = 5_000
SECONDS = 6


def run() -> Found:
    """Once: 2,000 idle on one hub; on another 200 that read, then 180 beside 20 that do not."""
    return Found([*_idle(), *(stalled := _stalled()).lines], stalled.notes)


def _idle() -> list[Line]:
    with served(viewers=IDLE) as hub:
        time.sleep(QUIET_SECONDS)
        before = hub.memory()
        with crowds.watching(hub, count=IDLE):
            time.sleep(QUIET_SECONDS)
            cpu, after = hub.cpu(), hub.memory()
            time.sleep(IDLE_SECONDS)
            cpu = hub.cpu() - cpu
    return [
        Line(f"{IDLE:,} idle viewers, each", "KiB", (after - before) / IDLE / 1024, aim=Aim(40, less=True)),
        Line(f"{IDLE:,} idle viewers, hub", "cores", cpu / IDLE_SECONDS),
        Line("a hub without viewers", "MiB", before / 2**20),
    ]


def _stalled() -> Found:
    plan = {"posts": SECONDS * 50, "rows": RATE // 50, "senders": 16, "rate": RATE, "want": RATE * SECONDS}
    with served(viewers=VIEWERS) as hub, crowds.watching(hub, count=VIEWERS) as crowd:
        healthy = crowds.deliver(hub, crowd, **plan)
        before = hub.memory()
        crowd.ask(f"stall {STALLED}")
        beside = crowds.deliver(hub, crowd, **plan)
        grown = hub.memory() - before
    return Found(
        [
            Line(
                f"{STALLED} stalled among {VIEWERS}, each",
                "MiB",
                grown / STALLED / 2**20,
                aim=Aim(2, less=True),
            ),
            Line(
                "p99 of the healthy, without and with them",
                "ms",
                beside["p99_ms"],
                healthy["p99_ms"],
                "without",
                Aim(1.2, of="ratio", less=True),
            ),
        ],
        crowds.limits_of("all read", healthy) + crowds.limits_of("some stalled", beside),
    )
