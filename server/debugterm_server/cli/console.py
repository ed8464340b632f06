"""What the subcommands share: settings, one-line errors with their exit codes, output for people and programs."""

import sys
from collections.abc import Iterable
from typing import NoReturn

import click
import msgspec
from debugterm_protocol.exits import Exit

from debugterm_server.settings import BadSettings, Settings, load

_WIDE = 10_000
"""Columns of a pipe: no cell is cut or folded there."""


def fail(message: str, code: Exit = Exit.CONFIG) -> NoReturn:
    """Say one line on stderr and leave."""
    click.echo(f"debugterm-server: {printable(message)}", err=True)
    sys.exit(code)


def settings_or_exit() -> Settings:
    """The settings, or one line and exit 78."""
    try:
        return load()
    except BadSettings as error:
        fail(str(error))


def printable(text: str) -> str:
    """Text that cannot steer a terminal: what has no picture (control, bidi, zero width) shows as its code."""
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)


def json_lines(rows: Iterable[object]) -> None:
    """Print one JSON object a line. What has no picture is escaped as JSON does, which changes no value."""
    for row in rows:
        line = msgspec.json.encode(row).decode()
        click.echo("".join(c if c.isprintable() else _escaped(c) for c in line))


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Print a table for people; piped, no cell is cut."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        shown.add_column(title, overflow="fold")
    for row in rows:
        # A Text is never read as markup: the words come from strangers.
        shown.add_row(*(Text(printable(cell)) for cell in row))
    console.print(shown)
