"""`debugterm-server migrate`."""

import click

from debugterm_server.cli.console import settings_or_exit
from debugterm_server.cli.rooms import guarded, store_of
from debugterm_server.store.migrate import HEAD, upgrade


@click.command()
def migrate() -> None:
    """Bring the database to the schema of this release. Run it before a deploy; running it again does nothing."""
    settings = settings_or_exit()

    async def work() -> str:
        store = store_of(settings)
        try:
            return await upgrade(store)
        finally:
            await store.close()

    before = guarded(work, settings)
    click.echo(f"schema {HEAD}" + ("" if before == HEAD else f", was {before or 'empty'}"))
