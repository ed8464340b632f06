"""Measures the hub with real processes on loopback, prints a table and writes `bench/results/<date>.json`.

    make bench                                  # about four minutes
    uv run python -m bench.load --only ingest --repeats 1

Every figure is the median of its repeats; beside it stand the smallest and the largest, and the load average that
others caused. Rivals (`sh bench/peers/fetch.sh`) run between our repeats, so that both meet the same machine.
"""

import os
import platform
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
import psutil
from rich.console import Console
from rich.table import Table

from bench.load import measures, peers
from bench.load.hub import Hub, served
from bench.load.processes import Figures

RESULTS = Path(__file__).parents[1] / "results"
VIEWERS = 500
CALM_SECONDS = 20
"""How long a step waits for the others on the machine to be quiet."""

Step = Callable[[Hub], dict[str, Figures]]


class Spread(msgspec.Struct, frozen=True):
    """One figure over all repeats."""

    median: float
    least: float
    most: float
    n: int


def _ingest(hub: Hub) -> dict[str, Figures]:
    return {
        f"ingest, {senders} sender(s)": measures.ingest(hub, posts=200, senders=senders) for senders in (1, 4)
    }


def _emit(hub: Hub) -> dict[str, Figures]:
    ours = measures.emit(hub, rows=25_000, rate=5_000, viewers=50)
    one = measures.emit(hub, rows=25_000, rate=5_000, viewers=1)
    rival = peers.frontail(rows=25_000, rate=5_000)
    found = {"emit to client, 5,000 rows/s, 50 viewers": ours, "emit to client, 5,000 rows/s, 1 viewer": one}
    if rival is not None:
        ratio = {"p50_ms": one["p50_ms"] / rival["p50_ms"], "p99_ms": one["p99_ms"] / rival["p99_ms"]}
        found["the same, frontail, 1 viewer"] = {name: rival[name] for name in ratio}
        found["the same, ours / frontail"] = ratio
    return found


def _fanout(hub: Hub) -> dict[str, Figures]:
    found = {}
    for name, rows, rate, rows_a_post in (
        ("100 rows a post", 15_000, 5_000, 100),
        ("a row a frame", 160, 40, 1),
    ):
        ours = measures.fanout(hub, rows=rows, rate=rate, viewers=200, rows_a_post=rows_a_post)
        rival = peers.nchan(rows=rows, rate=rate, viewers=200, rows_a_post=rows_a_post)
        found[f"fan-out to 200, {name}"] = ours
        if rival is not None:
            found[f"fan-out to 200, {name}, nchan"] = rival
            found[f"fan-out to 200, {name}, ours / nchan"] = {key: ours[key] / rival[key] for key in rival}
    return found


def _idle(hub: Hub) -> dict[str, Figures]:
    return {f"{VIEWERS} idle viewers": measures.idle(hub, viewers=VIEWERS)}


def _stalls(hub: Hub) -> dict[str, Figures]:
    return {f"loop stalls, {name}": each for name, each in measures.stalls(hub, history=500_000).items()}


STEPS: dict[str, Step] = {
    "idle": _idle,
    "ingest": _ingest,
    "emit": _emit,
    "fanout": _fanout,
    "stalls": _stalls,
}


def measure(step: Step, repeats: int) -> tuple[dict[str, dict[str, Spread]], list[float]]:
    """Run a step some times, each on a fresh hub; the spread of each figure, and the load before each run."""
    seen: dict[str, dict[str, list[float]]] = {}
    loads = []
    for _ in range(repeats):
        _calm()
        loads.append(os.getloadavg()[0])
        with served(viewers=VIEWERS) as hub:
            for name, figures in step(hub).items():
                for figure, value in figures.items():
                    seen.setdefault(name, {}).setdefault(figure, []).append(value)
    return {
        name: {key: _spread(each) for key, each in figures.items()} for name, figures in seen.items()
    }, loads


def _calm() -> None:
    """Wait until the processors are at most half busy, but not for long."""
    end = time.monotonic() + CALM_SECONDS
    while psutil.cpu_percent(interval=1.0) > 50 and time.monotonic() < end:
        pass


def _spread(values: list[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values), len(values))


def machine() -> dict[str, str | int]:
    """Where the figures were made."""
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": psutil.cpu_count() or 0,
        "memory_gib": psutil.virtual_memory().total // 2**30,
    }


def show(name: str, found: dict[str, dict[str, Spread]], loads: list[float]) -> None:
    """One table a step."""
    table = Table(title=f"{name} (load average {min(loads):.1f} to {max(loads):.1f})", title_justify="left")
    for head, side in (
        ("what", "left"),
        ("figure", "left"),
        ("median", "right"),
        ("least", "right"),
        ("most", "right"),
    ):
        table.add_column(head, justify="right" if side == "right" else "left")
    for what, figures in found.items():
        for place, (figure, spread) in enumerate(figures.items()):
            cells = [
                f"{each:,.0f}" if each >= 1000 else f"{each:,.3g}"
                for each in (spread.median, spread.least, spread.most)
            ]
            table.add_row("" if place else what, figure, *cells)
    Console(width=120).print(table)


@click.command()
@click.option("--only", type=click.Choice(list(STEPS)), multiple=True, help="These steps; all by default.")
@click.option("--repeats", type=click.IntRange(1, 20), default=3)
def main(*, only: tuple[str, ...], repeats: int) -> None:
    """Measure, print, write."""
    now = datetime.now(UTC)
    whole = {}
    for name in only or STEPS:
        found, loads = measure(STEPS[name], repeats)
        show(name, found, loads)
        whole[name] = {"loads": loads, "figures": found}
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{now:%Y-%m-%dT%H%M}.json"
    report = {"at": now, "machine": machine(), "repeats": repeats, "steps": whole}
    file.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    Console().print(f"written to {file.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main(prog_name="bench")
