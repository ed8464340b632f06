"""`debugterm-server serve`."""

import click

from debugterm_server.cli.console import fail, settings_or_exit


@click.command()
def serve() -> None:
    """Serve the hub until SIGTERM or Ctrl-C."""
    settings = settings_or_exit()
    import uvloop

    from debugterm_server import app

    try:
        uvloop.run(app.serve(settings))
    except app.CannotStart as error:
        fail(str(error))
