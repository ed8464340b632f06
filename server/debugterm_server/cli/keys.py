"""`debugterm-server keys`."""

import click
import msgspec

from debugterm_server.cli.console import json_lines, table
from debugterm_server.cli.rooms import Rooms, run
from debugterm_server.store.keys import Key


@click.group()
def keys() -> None:
    """Make, list and revoke ingest keys."""


@keys.command()
@click.option("--env", required=True, help="Where rows sent with this key go.")
@click.option("--name", required=True, help="Who sends, like web-1.")
def add(*, env: str, name: str) -> None:
    """Make a key and print it, alone, on standard output: it is shown this once."""

    async def work(rooms: Rooms) -> str:
        return (await rooms.accounts.add_key(env=env, name=name)).secret

    click.echo(run(work))


@keys.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def ls(*, as_json: bool) -> None:
    """Show every key, without its secret."""

    async def work(rooms: Rooms) -> list[Key]:
        return await rooms.accounts.all_keys()

    known = run(work)
    if as_json:
        json_lines(msgspec.to_builtins(key) for key in known)
        return
    rows = (
        (key.id, key.env, key.name, key.created_at[:10], "revoked" if key.revoked_at else "") for key in known
    )
    table(("ID", "ENVIRONMENT", "NAME", "SINCE", "STATE"), rows)


@keys.command()
@click.argument("key_id")
def revoke(*, key_id: str) -> None:
    """End a key; a hub takes rows with it for at most 5 s more."""

    async def work(rooms: Rooms) -> Key:
        return await rooms.accounts.revoke_key(key_id)

    key = run(work)
    click.echo(f"{key.name} ({key.id}) cannot send to {key.env} any more")
