"""Emit to client at 1,000, 5,000 and 20,000 rows/s for 200 filtered viewers and one of everything; frontail beside one."""

from bench.load import crowds, peers, rows
from bench.load.hub import Hub, served
from bench.load.lines import Aim, Found, Line

VIEWERS = 200
SHARE = 500
"""Rows a second that each filter matches."""
SECONDS = 5
POSTS_A_SECOND = 50


def run() -> Found:
    """Once, on one hub."""
    found = Found([])
    with served(viewers=VIEWERS + 1) as hub:
        for rate in (1_000, 5_000, 20_000):
            _at(hub, rate, found)
        _alone(hub, found)
    return found


def _at(hub: Hub, rate: int, found: Found) -> None:
    pods = rate // SHARE
    plan = {"posts": SECONDS * POSTS_A_SECOND, "rows": rate // POSTS_A_SECOND, "senders": 16, "rate": rate}
    with (
        crowds.watching(hub, count=VIEWERS, queries=rows.pods(pods)) as filtered,
        crowds.watching(hub, count=1) as whole,
    ):
        filtered.order(f"want {SHARE * SECONDS}")
        filtered.hear("counting")
        everything = crowds.deliver(hub, whole, want=rate * SECONDS, pods=pods, **plan)
        got = {**filtered.figures(), "sent": everything["sent"]}
    name = f"{rate // 1000}k rows/s"
    aims = (Aim(30, less=True), Aim(100, less=True)) if rate == 20_000 else (None, None)
    found.lines += [
        Line(f"{name}, {VIEWERS} filtered, p50", "ms", got["p50_ms"], aim=aims[0]),
        Line(f"{name}, {VIEWERS} filtered, p99", "ms", got["p99_ms"], aim=aims[1]),
        Line(f"{name}, one of everything, p50", "ms", everything["p50_ms"], aim=aims[0]),
        Line(f"{name}, one of everything, p99", "ms", everything["p99_ms"], aim=aims[1]),
        Line(f"{name}, hub", "cores", everything["cpu"] / everything["seconds"]),
    ]
    found.notes += [*crowds.limits_of(name, got), *crowds.limits_of(f"{name}, everything", everything)]
    found.spark[f"{name}, waits p1 to most:"] = got["spread"]


def _alone(hub: Hub, found: Found) -> None:
    rate = 5_000
    with crowds.watching(hub, count=1) as crowd:
        ours = crowds.deliver(
            hub,
            crowd,
            want=rate * SECONDS,
            posts=SECONDS * POSTS_A_SECOND,
            rows=rate // POSTS_A_SECOND,
            senders=16,
            rate=rate,
        )
    rival = peers.frontail(rows=rate * SECONDS, rate=rate) or {}
    found.lines += [
        Line("5k rows/s, 1 viewer, p50", "ms", ours["p50_ms"], rival.get("p50_ms"), "frontail"),
        Line(
            "5k rows/s, 1 viewer, p99",
            "ms",
            ours["p99_ms"],
            rival.get("p99_ms"),
            "frontail",
            Aim(1.5, of="ratio", less=True),
        ),
    ]
    found.notes += crowds.limits_of("1 viewer", ours)
