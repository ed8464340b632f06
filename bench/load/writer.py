"""A process that appends rows to a file at a steady rate, for rivals that follow files.

python -m bench.load.writer FILE --rows 10000 --rate 5000
"""

import time
from pathlib import Path

import click
import msgspec

from bench.load import rows

A_SECOND = 50
"""Writes a second, as often as the sender posts."""


@click.command()
@click.argument("file", type=Path)
@click.option("--rows", "count", type=int, required=True)
@click.option("--rate", type=int, required=True)
def main(*, file: Path, count: int, rate: int) -> None:
    """Append, then print that it is done."""
    size = rate // A_SECOND
    start = time.perf_counter()
    with file.open("ab", buffering=0) as out:
        for number in range(count // size):
            time.sleep(max(0.0, start + number / A_SECOND - time.perf_counter()))
            body = rows.body(size, seed=number % 16)
            out.write(body.replace(rows.STAMP, b"%019d" % time.time_ns()) + b"\n")
    print(msgspec.json.encode({"rows": count}).decode())


if __name__ == "__main__":
    main()
