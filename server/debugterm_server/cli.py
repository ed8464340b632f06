"""`debugterm-server`: every subcommand; heavy modules are imported where they are used."""

import sys
from typing import NoReturn

import click
from debugterm_protocol import VERSION
from debugterm_protocol.exits import Exit

from debugterm_server.settings import BadSettings, Settings, load


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="debugterm-server")
def main() -> None:
    """Run and look after a debugterm hub. Settings come from the environment; see docs/reference/settings.md."""


def fail(message: str, code: Exit = Exit.CONFIG) -> NoReturn:
    """Say one line on stderr and leave."""
    click.echo(f"debugterm-server: {message}", err=True)
    sys.exit(code)


def settings_or_exit() -> Settings:
    """The settings, or one line and exit 78."""
    try:
        return load()
    except BadSettings as error:
        fail(str(error))


@main.command()
def serve() -> None:
    """Serve the hub until SIGTERM or Ctrl-C."""
    settings = settings_or_exit()
    import uvloop

    from debugterm_server import app

    try:
        uvloop.run(app.serve(settings))
    except app.CannotStart as error:
        fail(str(error))
