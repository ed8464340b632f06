"""`debugterm-server`: every subcommand, loaded when it is used so that `--help` stays quick."""

import importlib

import click
from debugterm_protocol import VERSION

COMMANDS = {
    "serve": ("serve:serve", "Serve the hub until SIGTERM or Ctrl-C."),
    "dev": ("dev:dev", "A hub for this laptop, fed with this machine's own logs and metrics."),
    "migrate": ("migrate:migrate", "Bring the database to the schema of this release."),
    "users": ("users:users", "Make users, give them roles, keep them out."),
    "keys": ("keys:keys", "Make, list and revoke ingest keys."),
    "audit": ("audit:audit", "Read and check the audit logs."),
    "secrets": ("secrets:secrets", "Make secrets for the settings."),
}
"""Subcommand -> where it is in this package (`module:attribute`), and its line in `--help`."""


class _Lazy(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        found = getattr(importlib.import_module(f"{__name__}.{module}"), attribute)
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="debugterm-server")
def main() -> None:
    """Run and look after a debugterm hub. Settings come from the environment; see docs/reference/settings.md."""
