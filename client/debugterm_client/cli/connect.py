"""`debugterm connect`."""

import click

from debugterm_client.cli.outcome import config, run
from debugterm_client.cli.stream import COLOR, read


@click.command()
@click.argument("profile")
@click.option(
    "--session", default="lobby", show_default=True, help="Id or name of a session, or new:'title'."
)
@click.option("--query", default="", help="Begin with this private filter.")
@click.option(
    "--plain", is_flag=True, help="Line by line, no cursor moves: for screen readers and dumb terminals."
)
@COLOR
def connect(*, profile: str, session: str, query: str, plain: bool, color: str) -> None:
    """Walk into a session: the live stream, who is here, what they say."""
    read(query, context=0, live=True)
    from debugterm_client import app

    run(app.connect(config(), profile, session=session, query=query, plain=plain, color=color))
