"""`debugterm`: every subcommand, loaded when it is used so that `--help` stays quick."""

import click
from debugterm_protocol import VERSION


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="debugterm")
def main() -> None:
    """See production together: live logs and metrics in a shared, audited session."""
