"""`debugterm-server users`."""

import sys

import click
from debugterm_protocol import limits
from debugterm_protocol.exits import Exit
from debugterm_protocol.roles import Role

from debugterm_server.cli.console import fail, json_lines, table
from debugterm_server.cli.rooms import Rooms, run
from debugterm_server.store.users import User

_ROLE = click.Choice([role.value for role in Role])
_STDIN_BYTES = 4 * limits.PASSWORD_CHARS + 2


@click.group()
def users() -> None:
    """Make users, give them roles, keep them out."""


@users.command()
@click.argument("name")
@click.option("--role", type=_ROLE, required=True)
@click.option("--env", help="Where the role holds; default: the first environment (DEBUGTERM_ENV).")
@click.option("--password-stdin", "from_stdin", is_flag=True, help="Read the password from standard input.")
def add(*, name: str, role: str, env: str | None, from_stdin: bool) -> None:
    """Make a user with a role in one environment."""
    password = _password(from_stdin=from_stdin)

    async def work(rooms: Rooms) -> User:
        wanted = env or rooms.settings.env
        return await rooms.accounts.add_user(name, password=password, env=wanted, role=Role(role))

    user = run(work)
    (where,) = user.roles
    click.echo(f"{user.name} is {role} in {where}")


@users.command()
@click.argument("name")
@click.option("--role", "wanted", type=_ROLE, required=True)
@click.option("--env", help="Where the role holds; default: the first environment (DEBUGTERM_ENV).")
def role(*, name: str, wanted: str, env: str | None) -> None:
    """Give a user a role in an environment, in the place of the one they had there."""

    async def work(rooms: Rooms) -> str:
        where = env or rooms.settings.env
        user = await rooms.accounts.set_role(name, env=where, role=Role(wanted))
        return f"{user.name} is {wanted} in {where}"

    click.echo(run(work))


@users.command()
@click.argument("name")
@click.option("--password-stdin", "from_stdin", is_flag=True, help="Read the password from standard input.")
def password(*, name: str, from_stdin: bool) -> None:
    """Set a new password; every login made with the old one ends."""
    new = _password(from_stdin=from_stdin)

    async def work(rooms: Rooms) -> str:
        return (await rooms.accounts.set_password(name, new)).name

    click.echo(f"{run(work)} has a new password")


@users.command()
@click.argument("name")
def disable(*, name: str) -> None:
    """Keep a user out; their records stay."""

    async def work(rooms: Rooms) -> str:
        return (await rooms.accounts.disable_user(name)).name

    click.echo(f"{run(work)} cannot log in any more")


@users.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def ls(*, as_json: bool) -> None:
    """Show everybody."""

    async def work(rooms: Rooms) -> list[User]:
        return await rooms.accounts.all_users()

    people = run(work)
    if as_json:
        json_lines(
            {
                "id": user.id,
                "name": user.name,
                "roles": user.roles,
                "created_at": user.created_at,
                "disabled_at": user.disabled_at,
            }
            for user in people
        )
        return
    table(("NAME", "ROLES", "SINCE", "STATE"), (_row(user) for user in people))


def _row(user: User) -> tuple[str, str, str, str]:
    roles = ", ".join(f"{held} in {env}" for env, held in user.roles.items())
    return user.name, roles or "none", user.created_at[:10], "disabled" if user.disabled_at else ""


def _password(*, from_stdin: bool) -> str:
    """The password, never from an argument: those are seen by everybody on the machine."""
    if not from_stdin:
        if not sys.stdin.isatty():
            fail("no password: add --password-stdin and send it on standard input", Exit.USAGE)
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return asked
    data = sys.stdin.buffer.read(_STDIN_BYTES + 1)
    try:
        return data.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        fail("the password on standard input is not UTF-8", Exit.USAGE)
