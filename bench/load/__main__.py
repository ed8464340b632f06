"""Measures the hub with real processes on loopback beside its rivals, and says what was aimed at.

    make bench                                  # all cases, three times each: about ten minutes
    uv run python -m bench.load --only fanout --repeats 1
    uv run python -m bench.load --json | jq .   # for programs

Every figure is the median of its repeats; a ratio is the median of the runs' ratios, ours and the rival's from the same
run. Beside each case stands the load average that others caused. bench/README.md says what each figure means.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import psutil
from rich.console import Console

from bench.load import report
from bench.load.cases import distinct, fanout, herd, idle, ingest, latency, loop
from bench.load.lines import Found

CALM_SECONDS = 15
"""How long a run waits for the others on the machine to be quiet."""

CASES: dict[str, tuple[str, Callable[[], Found]]] = {
    "fanout": ("Fan-out: 500 viewers, one query, rows of 300 bytes", fanout.run),
    "distinct": ("Distinct queries: 50 filters over 20,000 rows/s, 200 viewers", distinct.run),
    "latency": ("Latency: from the sender's clock to the viewer's process", latency.run),
    "ingest": ("Acknowledged ingest: NDJSON, 1,000 rows a post, fsynced", ingest.run),
    "idle": ("Idle and stalled viewers", idle.run),
    "herd": ("Herd: 2,000 viewers come back at once, 200 rows to replay each", herd.run),
    "loop": ("Loop: the longest wait of a ping", loop.run),
}


def measure(name: str, repeats: int, console: Console) -> report.Case:
    """Run a case some times, each on fresh hubs."""
    title, run = CASES[name]
    runs: list[Found] = []
    loads: list[float] = []
    start = time.monotonic()
    for repeat in range(1, repeats + 1):
        with console.status(f"{name}: run {repeat} of {repeats}"):
            _calm()
            loads.append(os.getloadavg()[0])
            runs.append(run())
        console.print(f"[dim]{name}: run {repeat} of {repeats} done, {time.monotonic() - start:.0f} s[/]")
    return report.case(title, runs, seconds=time.monotonic() - start, loads=loads)


def _calm() -> None:
    """Wait until the processors are at most half busy, but not for long."""
    end = time.monotonic() + CALM_SECONDS
    while psutil.cpu_percent(interval=1.0) > 50 and time.monotonic() < end:
        pass


@click.command()
@click.option("--only", type=click.Choice(list(CASES)), multiple=True, help="These cases; all by default.")
@click.option("--repeats", type=click.IntRange(1, 20), default=3, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, the progress on stderr.")
@click.option("--save/--no-save", default=True, help="Write bench/results/<date>.json.", show_default=True)
def main(*, only: tuple[str, ...], repeats: int, as_json: bool, save: bool) -> None:
    """Measure, print, write."""
    at = datetime.now(UTC)
    progress, out = Console(stderr=True), Console(width=None if sys.stdout.isatty() else 150)
    done: dict[str, report.Case] = {}
    for name in only or CASES:
        done[name] = measure(name, repeats, progress)
        if not as_json:
            report.print_case(done[name], out)
    text = report.encode(at, done, repeats=repeats)
    if as_json:
        sys.stdout.write(text.decode())
    if save:
        progress.print(f"written to {report.save(at, text).relative_to(Path.cwd())}")


if __name__ == "__main__":
    main(prog_name="bench")
