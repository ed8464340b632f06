"""50 different filters over 20,000 rows/s, 4 viewers each, beside a server that filters for each viewer by itself."""

import time

from bench.load import crowds, rows
from bench.load.hub import served
from bench.load.lines import Aim, Found, Line
from bench.load.processes import run as run_process

FILTERS = 50
VIEWERS = 200
RATE = 20_000
ROWS_A_POST = 400
SECONDS = 5
SETTLE_SECONDS = 0.7


def run() -> Found:
    """Once: ours at the full rate; the rival's processor time for a part of the same rows, scaled to the rate."""
    queries = rows.different(FILTERS)
    posts = RATE * SECONDS // ROWS_A_POST
    with (
        served(viewers=VIEWERS) as hub,
        crowds.watching(hub, count=VIEWERS, queries=queries) as crowd,
    ):
        crowd.ask("fresh")
        cpu, start = hub.cpu(), time.monotonic()
        sent = crowds.send(hub, posts=posts, rows=ROWS_A_POST, senders=16, rate=RATE)
        cores = (hub.cpu() - cpu) / (time.monotonic() - start)
        time.sleep(SETTLE_SECONDS)
        got = {**crowd.ask("count"), "sent": sent}
    plan = {"queries": queries, "viewers": VIEWERS, "posts": posts, "rows": ROWS_A_POST}
    naive = run_process("naive", given=plan)
    notes = crowds.limits_of("ours", got)
    if got["rows"] + got["missed"] != naive["matches"]:
        notes.append(f"ours delivered {got['rows']:,} rows, the rival would have {naive['matches']:,}")
    against = "matcher a viewer"
    return Found(
        [
            Line("cores used by the hub, ingest included", "cores", cores, aim=Aim(1.0, less=True)),
            Line("the same, rows decoded a viewer", "cores", cores, naive["cores"], against),
            Line("the same, rows decoded once", "cores", cores, naive["cores_decoded_once"], against),
            Line("emit to client, p50", "ms", got["p50_ms"]),
            Line("emit to client, p99", "ms", got["p99_ms"], aim=Aim(100, less=True)),
            Line("rows delivered", "rows/s", got["rows"] / SECONDS),
        ],
        notes,
        {"waits, p1 to most:": got["spread"]},
    )
