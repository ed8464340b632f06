"""Acknowledged ingest, fsynced, one hub process and two on one Valkey, beside bare XADD of the same bytes."""

from bench.load import crowds
from bench.load.hub import served
from bench.load.lines import Aim, Found, Line
from bench.load.processes import run as run_process

POSTS = 240
SENDERS = 8


def run() -> Found:
    """Once: 240 bodies of 1,000 rows from 8 senders, as fast as they are acknowledged."""
    plan = {"posts": POSTS, "rows": 1000, "senders": SENDERS}
    found = Found([])
    bare = run_process("ceiling", "--posts", POSTS, "--senders", SENDERS)
    for hubs, name in ((1, "one process"), (2, "two processes")):
        with served(hubs=hubs) as hub:
            before = hub.cpu()
            got = crowds.send(hub, **plan)
            cpu = hub.cpu() - before
        found.lines += [
            Line(f"{name}, rows", "a core-second", got["rows"] / cpu, aim=Aim(60_000)),
            Line(
                f"{name}, rows by the clock",
                "rows/s",
                got["rows_a_second"],
                bare["rows_a_second"],
                "bare XADD",
            ),
            Line(f"{name}, answer p50", "ms", got["p50_ms"]),
            Line(f"{name}, answer p99", "ms", got["p99_ms"]),
            Line(f"{name}, hub", "cores", cpu / got["seconds"]),
        ]
        if got["cpu_share"] > crowds.FULL:
            found.notes.append(f"{name}: the sender used {got['cpu_share']:.2f} of a core")
    return found
