"""`debugterm sessions` and `debugterm audit`."""

import click

from debugterm_client.cli.outcome import config, run


@click.group()
def sessions() -> None:
    """Show the sessions of an environment."""


@sessions.command("ls")
@click.argument("profile")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def sessions_ls(*, profile: str, as_json: bool) -> None:
    """List the open sessions."""
    from debugterm_client import app

    run(app.sessions(config(), profile, as_json=as_json))


@click.group()
def audit() -> None:
    """Search who did what."""


@audit.command("search")
@click.argument("profile")
@click.argument("text", default="")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def audit_search(*, profile: str, text: str, limit: int, as_json: bool) -> None:
    """Print audit records that contain TEXT, newest first."""
    from debugterm_client import app

    run(app.audit(config(), profile, {"q": text, "limit": str(limit)}, as_json=as_json))
