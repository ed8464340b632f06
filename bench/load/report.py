"""Shows results to people (tables with bars, ratio last) and writes them for programs."""

import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import psutil
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bench.load.lines import Found, Result, gather, show

RESULTS = Path(__file__).parents[1] / "results"
BAR = 12
_BLOCKS = " ▏▎▍▌▋▊▉█"
_SPARKS = "▁▂▃▄▅▆▇█"


class Case(msgspec.Struct):
    """All repeats of one case."""

    title: str
    seconds: float
    loads: list[float]
    results: list[Result]
    notes: list[str]
    spark: dict[str, list[float]]


def case(title: str, runs: Sequence[Found], *, seconds: float, loads: list[float]) -> Case:
    """Put the repeats of a case together."""
    notes = list(dict.fromkeys(note for found in runs for note in found.notes))
    return Case(title, seconds, loads, gather(runs), notes, runs[-1].spark)


def bar(part: float) -> str:
    """A bar that fills a part (0 to 1) of BAR characters, with a trace of every figure above zero."""
    eighths = max(round(min(part, 1.0) * BAR * 8), 1 if part > 0 else 0)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_BLOCKS[rest] if rest else "")).ljust(BAR)


def sparkline(values: Sequence[float]) -> str:
    """One character a value, its height within the largest."""
    most = max(values, default=0.0) or 1.0
    return "".join(_SPARKS[min(int(value / most * 8), 7)] for value in values)


def print_case(done: Case, console: Console) -> None:
    """One table; the bar is ours beside the rival's, whichever is longer fills it."""
    head = f"{done.title} [dim]({done.seconds:.0f} s, load average {min(done.loads):.1f} to {max(done.loads):.1f})[/]"
    table = Table(title=head, title_justify="left", box=None, pad_edge=False)
    for name in ("what", "unit"):
        table.add_column(name, no_wrap=True)
    for name in ("ours", "least - most", "rival"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("", "", "aim"):
        table.add_column(name, no_wrap=True)
    table.add_column("ours / rival", justify="right", no_wrap=True)
    for line in done.results:
        table.add_row(*_cells(line))
    console.print(table)
    for name, values in done.spark.items():
        console.print(f"  {escape(name)} {sparkline(values)}")
    for note in done.notes:
        console.print(f"  [yellow]note:[/] {escape(note)}")
    console.print()


def _cells(line: Result) -> list[str]:
    rival = line.rival.median if line.rival else None
    part = line.ours.median / max(line.ours.median, rival or 0.0, 1e-9) if rival else 0.0
    mark = {True: "[green]met[/]", False: "[red]missed[/]", None: ""}[line.met]
    return [
        line.what,
        line.unit,
        f"[bold]{show(line.ours.median)}[/]",
        f"[dim]{show(line.ours.least)} - {show(line.ours.most)}[/]" if line.ours.n > 1 else "",
        show(rival) if rival is not None else "",
        line.against,
        f"[cyan]{bar(part)}[/]" if rival else "",
        f"{line.aim} {mark}".strip(),
        f"[bold]{show(line.ratio.median)}x[/]" if line.ratio else "",
    ]


def machine() -> dict[str, str | int]:
    """Where the figures were made."""
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": psutil.cpu_count() or 0,
        "memory_gib": psutil.virtual_memory().total // 2**30,
    }


def encode(at: datetime, cases: Mapping[str, Case], *, repeats: int) -> bytes:
    """The whole report as JSON."""
    report = {"at": at, "machine": machine(), "repeats": repeats, "cases": cases}
    return msgspec.json.format(msgspec.json.encode(report)) + b"\n"


def save(at: datetime, text: bytes) -> Path:
    """Write a report to `bench/results`."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{at:%Y-%m-%dT%H%M}.json"
    file.write_bytes(text)
    return file
