"""`python -m examples.shop [--incident pool]`: rows and metrics as NDJSON on stdout, until SIGTERM."""

import asyncio
import signal

import click

from examples.shop.incidents import INCIDENTS
from examples.shop.shop import Shop


@click.command()
@click.option("--incident", type=click.Choice(sorted(INCIDENTS)), help="What goes wrong.")
@click.option("--after", default=20.0, show_default=True, help="Seconds of calm before it does.")
@click.option("--rate", default=20.0, show_default=True, help="Visitors a second.")
def main(*, incident: str | None, after: float, rate: float) -> None:
    """Run the shop with its own visitors; it serves on a free port of 127.0.0.1."""
    asyncio.run(_run(incident, after=after, rate=rate))


async def _run(incident: str | None, *, after: float, rate: float) -> None:
    over = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, over.set)
    async with Shop() as shop:
        await shop.run(INCIDENTS[incident] if incident else None, after=after, rate=rate, over=over)


main()
