"""`debugterm tail` and `debugterm search`."""

import click
from debugterm_protocol.spans import BadSpan, ago

from debugterm_client.cli.outcome import config, run


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


@click.command()
@click.argument("profile")
@click.argument("query", default="")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with id and env.")
@click.option(
    "--since", type=Span(), help="Begin with rows of the last 15m, 1h, ...; default: what comes now."
)
@click.option(
    "--no-follow", is_flag=True, help="Stop after the rows that are there (of the last 15m by default)."
)
@click.option("--max", "most", type=click.IntRange(min=1), help="Stop after N rows.")
@click.option("--meta", is_flag=True, help="Gaps and states as JSON lines between the rows.")
@click.option("--fail-on-gap", is_flag=True, help="Exit 14 when rows were lost.")
@COLOR
def tail(
    *,
    profile: str,
    query: str,
    as_json: bool,
    since: str | None,
    no_follow: bool,
    most: int | None,
    meta: bool,
    fail_on_gap: bool,
    color: str,
) -> None:
    """Print the rows that match QUERY as they arrive: rows on stdout, states and gaps on stderr."""
    from debugterm_client import app

    wish = app.TailWish(
        query=query,
        as_json=as_json,
        since=since or ("-15m" if no_follow else "now"),
        follow=not no_follow,
        most=most,
        meta=meta,
        fail_on_gap=fail_on_gap,
        color=color,
    )
    run(app.tail(config(), profile, wish))


@click.command()
@click.argument("profile")
@click.argument("query", default="")
@click.option("--last", type=Span(), default="15m", show_default=True, help="How far back.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True)
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line, then one that says where it stopped."
)
@COLOR
def search(*, profile: str, query: str, last: str, limit: int, as_json: bool, color: str) -> None:
    """Print the rows that match QUERY and arrived already, newest first."""
    from debugterm_client import app

    params = {"q": query, "last": last.removeprefix("-"), "limit": str(limit)}
    run(app.search(config(), profile, params, as_json=as_json, color=color))
