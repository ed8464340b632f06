"""`debugterm-server audit`."""

import time

import click
from debugterm_protocol.audits import AuditRow
from debugterm_protocol.exits import Exit
from debugterm_protocol.spans import BadSpan, since

from debugterm_server.cli.console import fail, json_lines, table
from debugterm_server.cli.rooms import Rooms, run
from debugterm_server.core.chain import Fault
from debugterm_server.core.records import SERVER_LOG
from debugterm_server.kit.clock import rfc3339
from debugterm_server.rooms.audit import Query

_env = click.option("--env", help="Which environment; default: the first one (DEBUGTERM_ENV).")
_server = click.option("--server", is_flag=True, help="The log of logins, users and keys instead.")


@click.group()
def audit() -> None:
    """Read and check the audit logs."""


@audit.command("list")
@_env
@_server
@click.option("--text", default="", help="Part of a type, a command, a session or a person.")
@click.option("--since", "start", default="", help="A span back (2h) or a moment (RFC 3339).")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_(*, env: str | None, server: bool, text: str, start: str, limit: int, as_json: bool) -> None:
    """Show the newest records, newest first."""
    try:
        first = since(start, time.time())
    except BadSpan as error:
        fail(f"--since: {error}", Exit.USAGE)
    begin = "" if first is None else rfc3339(first)

    async def work(rooms: Rooms) -> list[AuditRow]:
        log = _log(rooms, env=env, server=server)
        return await rooms.audit.search(Query(log, text=text, since=begin, limit=limit))

    rows = run(work)
    if as_json:
        json_lines(rows)
        return
    table(("SEQ", "TIME", "WHO", "WHAT", "SESSION", "DETAILS"), (_row(row) for row in rows))


@audit.command()
@_env
@_server
def check(*, env: str | None, server: bool) -> None:
    """Recompute a log from its first record: numbers, chain and hidden values; exit 1 when anything is wrong."""

    async def work(rooms: Rooms) -> tuple[str, list[Fault]]:
        log = _log(rooms, env=env, server=server)
        return log, await rooms.audit.verify(log)

    log, faults = run(work)
    for fault in faults:
        click.echo(f"record {fault.seq}: {fault.kind}: {fault.why}")
    if faults:
        fail(f"the audit log of {log} was changed or damaged at {len(faults)} places", Exit.FAILED)
    click.echo(f"the audit log of {log} is whole")


def _log(rooms: Rooms, *, env: str | None, server: bool) -> str:
    return SERVER_LOG if server else env or rooms.settings.env


def _row(row: AuditRow) -> tuple[str, ...]:
    who = row.name or row.human or row.args.get("console", "") or "-"
    what = " ".join(part for part in (row.type, row.action, *row.target) if part)
    shown = {key: value for key, value in row.args.items() if key != "console"}
    details = [
        *(f"{key}={value}" for key, value in shown.items()),
        *(part for part in (row.decision, row.result, row.reason) if part),
    ]
    return str(row.seq), row.ts[:23] + "Z", who, what, row.session, " ".join(details)
