"""`debugterm`: every subcommand, loaded when it is used so that `--help` stays quick."""

import importlib

import click
from debugterm_protocol import VERSION

COMMANDS = {
    "login": ("debugterm_client.cli.login:login", "Log in to a hub and keep the login as a profile."),
    "profiles": ("debugterm_client.cli.login:profiles", "Show the hubs you know."),
    "connect": ("debugterm_client.cli.connect:connect", "Walk into a session: the full screen."),
    "tail": ("debugterm_client.cli.stream:tail", "Print rows as they arrive."),
    "search": ("debugterm_client.cli.stream:search", "Print rows that arrived already, newest first."),
    "sessions": ("debugterm_client.cli.lists:sessions", "Show the sessions of an environment."),
    "ship": ("debugterm_client.cli.ship:ship", "Send logs and metrics to a hub."),
    "audit": ("debugterm_client.cli.lists:audit", "Search who did what."),
}
"""Subcommand -> where it is (`module:attribute`) and its line in `--help`."""


class _Lazy(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        found = getattr(importlib.import_module(module), attribute)
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="debugterm")
def main() -> None:
    """See production together: live logs and metrics in a shared, audited session.

    A setting comes from, in this order: flag, DEBUGTERM_URL / DEBUGTERM_ENV / DEBUGTERM_TOKEN, profile, default.
    """
