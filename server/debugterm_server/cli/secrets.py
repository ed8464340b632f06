"""`debugterm-server secrets`."""

import click

from debugterm_server.kit.derive import new_secret


@click.group()
def secrets() -> None:
    """Make secrets for the settings."""


@secrets.command()
def generate() -> None:
    """Print a fresh value for DEBUGTERM_SECRET_KEY; nothing keeps a copy."""
    click.echo(new_secret())
