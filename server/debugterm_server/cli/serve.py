"""`debugterm-server serve`."""

import click

from debugterm_server.cli.console import fail, settings_or_exit


@click.command()
def serve() -> None:
    """Serve the hub until SIGTERM or Ctrl-C."""
    settings = settings_or_exit()
    from debugterm_server.bus.ground import ground
    from debugterm_server.bus.supervisor import NoValkey
    from debugterm_server.kit.folder import FolderProblem

    try:
        with ground(settings) as place:
            # Valkey starts while these load.
            import uvloop

            from debugterm_server import app
            from debugterm_server.kit import logs

            logs.configure(settings.log_format)
            try:
                uvloop.run(app.serve(settings, place))
            except app.CannotStart as error:
                fail(str(error))
    except (FolderProblem, NoValkey) as error:
        fail(str(error))
