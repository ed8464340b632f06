"""`debugterm tail` and `debugterm search`."""

import sys
from typing import TYPE_CHECKING

import click
from debugterm_protocol.exits import Exit
from debugterm_protocol.spans import BadSpan, ago

from debugterm_client.cli.outcome import config, run

if TYPE_CHECKING:
    from debugterm_client.core.asked import Asked
    from debugterm_client.core.formats import Format


class Span(click.ParamType[str]):
    """How far back: 15m, 1h30m."""

    name = "span"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The span with a minus, as the protocol wants it."""
        try:
            return ago(str(value))
        except BadSpan as error:
            self.fail(str(error), param, ctx)


COLOR = click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Wins over NO_COLOR."
)


FORM = click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(["text", "json", "logfmt", "raw"]),
    default="text",
    help="raw prints the message alone.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="The same as -o json: one object a line.")
CONTEXT = click.option(
    "-C", "context", type=click.IntRange(0, 1000), default=0, help="Also N rows before and after each match."
)


@click.command()
@click.argument("profile")
@click.argument("query", default="")
@JSON
@FORM
@click.option(
    "--since", type=Span(), help="Begin with rows of the last 15m, 1h, ...; default: what comes now."
)
@click.option(
    "--no-follow", is_flag=True, help="Stop after the rows that are there (of the last 15m by default)."
)
@click.option("--max", "most", type=click.IntRange(min=1), help="Stop after N rows, or N tables.")
@click.option("--until-match", is_flag=True, help="Stop after the first match; exit 5 when there is none.")
@CONTEXT
@click.option("--meta", is_flag=True, help="Gaps and states as JSON lines between the rows.")
@click.option("--fail-on-gap", is_flag=True, help="Exit 14 when rows were lost.")
@COLOR
def tail(
    *,
    profile: str,
    query: str,
    as_json: bool,
    form: "Format",
    since: str | None,
    no_follow: bool,
    most: int | None,
    until_match: bool,
    context: int,
    meta: bool,
    fail_on_gap: bool,
    color: str,
) -> None:
    """Print the rows that match QUERY as they arrive, or the table it makes each second.

    Rows stand on stdout, states and gaps on stderr.
    """
    asked = read(query, context=context, live=True)
    from debugterm_client import app
    from debugterm_client.ui.tail import Wanted

    wanted = Wanted(
        query=asked.query,
        form="json" if as_json else form,
        follow=not no_follow,
        table=asked.table,
        most=most,
        until_match=until_match,
        meta=meta,
    )
    begin = since or ("-15m" if no_follow else "now")
    run(app.tail(config(), profile, wanted, since=begin, fail_on_gap=fail_on_gap, color=color))


@click.command()
@click.argument("profile")
@click.argument("query", default="")
@click.option("--last", type=Span(), default="15m", show_default=True, help="How far back.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True)
@CONTEXT
@JSON
@FORM
@COLOR
def search(
    *,
    profile: str,
    query: str,
    last: str,
    limit: int,
    context: int,
    as_json: bool,
    form: "Format",
    color: str,
) -> None:
    """Print the rows that match QUERY and arrived already, newest first, or the table they make.

    With --json a last line says where the search stopped.
    """
    asked = read(query, context=context, live=False)
    from debugterm_client import app

    params = {"q": asked.query, "last": last.removeprefix("-"), "limit": str(limit)}
    run(app.search(config(), profile, params, form="json" if as_json else form, color=color))


def read(query: str, *, context: int, live: bool) -> "Asked":
    """The query, read before anything is connected; what is wrong with it ends the command with 2."""
    from debugterm_protocol.query import BadQuery

    from debugterm_client.core.asked import asked, pointed

    try:
        return asked(query, context=context, live=live)
    except BadQuery as bad:
        words, *shown = pointed(query, bad.why + (f"; {bad.hint}" if bad.hint else ""), bad.column)
        click.echo("\n".join([f"debugterm: {words}", *shown]), err=True)
        sys.exit(Exit.USAGE)
