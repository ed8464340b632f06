"""`debugterm login` and `debugterm profiles`."""

import sys

import click
from debugterm_protocol.exits import Exit

from debugterm_client.cli.outcome import config, fail, run


@click.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--user", required=True, help="Your name at the hub.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")
@click.option("--profile", default="default", show_default=True, help="Name to keep this hub under.")
@click.option("--env", default="", help="Environment; the hub's first one if not given.")
def login(*, urls: tuple[str, ...], user: str, password_stdin: bool, profile: str, env: str) -> None:
    """Log in to the hub at URL and keep the login as a profile.

    Several URLs are hubs of one deployment, tried in turn.
    """
    from debugterm_client import app

    run(
        app.login(
            config(),
            urls=urls,
            user=user,
            password=_password(user, stdin=password_stdin),
            name=profile,
            env=env,
        )
    )


def _password(user: str, *, stdin: bool) -> str:
    if stdin:
        if password := sys.stdin.readline().rstrip("\r\n"):
            return password
        fail("no password on stdin", Exit.USAGE)
    if not sys.stdin.isatty():
        fail("stdin is no terminal to ask for a password; give it with --password-stdin", Exit.USAGE)
    password = click.prompt(f"Password of {user}", hide_input=True, err=True)
    return str(password)


@click.group()
def profiles() -> None:
    """Show the hubs you know."""


@profiles.command("ls")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def profiles_ls(*, as_json: bool) -> None:
    """List the profiles of this machine."""
    from debugterm_client import app

    run(app.profiles(config(), as_json=as_json))
