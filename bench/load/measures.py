"""What is measured: each function runs real processes once and gives its figures; repeats are the caller's."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.load import hub as hubs
from bench.load.hub import Hub
from bench.load.processes import Figures, Process, run

QUIET_SECONDS = 2.0
IDLE_SECONDS = 8.0


def ingest(hub: Hub, *, posts: int, senders: int) -> Figures:
    """Acknowledged rows a second (1,000 rows a post, fsynced), beside bare XADD of the same bytes."""
    before = hub.cpu()
    ours = run("sender", hub.url, "--posts", posts, "--senders", senders, given=hub.key)
    cpu = hub.cpu() - before
    bare = run("ceiling", "--posts", posts, "--senders", senders)
    return {
        "rows_a_second": ours["rows_a_second"],
        "rows_a_core_second": ours["rows"] / cpu,
        "ack_p50_ms": ours["p50_ms"],
        "ack_p99_ms": ours["p99_ms"],
        "bare_xadd_rows_a_second": bare["rows_a_second"],
        "ratio": ours["rows_a_second"] / bare["rows_a_second"],
    }


def emit(hub: Hub, *, rows: int, rate: int, viewers: int) -> Figures:
    """Milliseconds from a row's time stamp at its sender to the viewer's process, at a steady rate."""
    watching = _viewers(hub, count=viewers, rows=rows, stamped=min(viewers, 5))
    send(hub, rows=rows, rate=rate, rows_a_post=rate // 50)
    got = watching.figures()
    return {"p50_ms": got["p50_ms"], "p99_ms": got["p99_ms"], "missed": got["missed"]}


def fanout(hub: Hub, *, rows: int, rate: int, viewers: int, rows_a_post: int) -> Figures:
    """Rows x viewers and frames that one core of the hub delivers, its ingest of the rows included."""
    halves = [_viewers(hub, count=viewers // 2, rows=rows, stamped=0) for _ in range(2)]
    before, start = hub.cpu(), time.perf_counter()
    send(hub, rows=rows, rate=rate, rows_a_post=rows_a_post)
    got = [half.figures() for half in halves]
    cpu, seconds = hub.cpu() - before, time.perf_counter() - start
    delivered, messages = (sum(each[name] for each in got) for name in ("rows", "messages"))
    return {
        "rows_x_viewers_a_second": delivered / seconds,
        "rows_x_viewers_a_core_second": delivered / cpu,
        "frames_a_core_second": messages / cpu,
        "rows_a_frame": delivered / messages,
        "cpu_share": cpu / seconds,
        "missed": sum(each["missed"] for each in got),
    }


def idle(hub: Hub, *, viewers: int) -> Figures:
    """What a connected viewer costs while nothing happens: memory, and processor time of the hub."""
    time.sleep(QUIET_SECONDS)
    before = hub.memory()
    watching = _viewers(hub, count=viewers, rows=0, stamped=0)
    time.sleep(QUIET_SECONDS)
    cpu, after = hub.cpu(), hub.memory()
    time.sleep(IDLE_SECONDS)
    cpu = hub.cpu() - cpu
    watching.end()
    return {
        "kib_a_viewer": (after - before) / viewers / 1024,
        "hub_mib": before / 2**20,
        "cpu_share": cpu / IDLE_SECONDS,
    }


def stalls(hub: Hub, *, history: int) -> dict[str, Figures]:
    """How long the hub's loop stands still: at rest, at a 16 MiB body, while a viewer reads `history` rows."""
    found: dict[str, Figures] = {}
    with _lag(hub, found, "at rest"):
        time.sleep(QUIET_SECONDS)
    with _lag(hub, found, "a body of 15 MiB"):
        run("sender", hub.url, "--posts", 1, "--rows", 50_000, given=hub.key)
    send(hub, rows=history, rate=0, rows_a_post=1_000)
    for name, query in (("all", ""), ("few", "u_4999")):
        with _lag(hub, found, f"catching up, {name} of {history:,} rows"):
            _viewers(hub, count=1, rows=0, stamped=0, query=query, source="-1h").end()
    return found


def send(hub: Hub, *, rows: int, rate: float, rows_a_post: int) -> None:
    """Rows at a steady rate (0: as fast as they are acknowledged)."""
    posts = rows // rows_a_post
    run(
        "sender",
        hub.url,
        "--posts",
        posts,
        "--rows",
        rows_a_post,
        "--senders",
        4,
        "--rate",
        rate,
        given=hub.key,
    )


def _viewers(
    hub: Hub, *, count: int, rows: int, stamped: int, query: str = "", source: str = "now"
) -> Process:
    words = ("--count", count, "--rows", rows, "--stamped", stamped, "--query", query, "--from", source)
    return Process("viewers", f"{hub.url}/ws", *words, given="\n".join(hub.tokens), ready=True)


@contextmanager
def _lag(hub: Hub, found: dict[str, Figures], name: str) -> Iterator[None]:
    probe = Process("lag", f"{hub.url}/ws", given=hub.tokens[0], ready=True)
    yield
    found[name] = probe.stop()


__all__ = ["emit", "fanout", "hubs", "idle", "ingest", "stalls"]
