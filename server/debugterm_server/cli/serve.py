"""`debugterm-server serve`."""

import sys

import click

from debugterm_server.bus.ground import Ground
from debugterm_server.cli.console import fail, settings_or_exit
from debugterm_server.settings import Settings

MOST_WORKERS = 64


@click.command()
@click.option(
    "--workers",
    type=click.IntRange(1, MOST_WORKERS),
    default=1,
    show_default=True,
    help="Processes that share the port and the data folder; each is a whole hub.",
)
@click.option("--worker", "leash", type=int, hidden=True, help="How a parent starts a worker: a descriptor.")
def serve(*, workers: int, leash: int | None) -> None:
    """Serve the hub until SIGTERM or Ctrl-C."""
    settings = settings_or_exit()
    from debugterm_server.bus.ground import ground, under_parent
    from debugterm_server.bus.supervisor import NoValkey
    from debugterm_server.kit.folder import FolderProblem

    if leash is not None:
        _serve(settings, under_parent(settings), leash)
        return
    try:
        with ground(settings) as place:
            if workers == 1:
                _serve(settings, place, None)
                return
            from debugterm_server.cli import parent

            sys.exit(parent.run(settings, place, workers=workers))
    except (FolderProblem, NoValkey) as error:
        fail(str(error))


def _serve(settings: Settings, place: Ground, descriptor: int | None) -> None:
    """One hub, in this process."""
    # Valkey starts while these load.
    from debugterm_server import app
    from debugterm_server.kit import logs, loop
    from debugterm_server.kit.leash import Leash

    logs.configure(settings.log_format)
    leash = None if descriptor is None else Leash(descriptor)
    try:
        loop.run(app.serve(settings, place, leash=leash))
    except app.CannotStart as error:
        fail(str(error))
