"""`debugterm ship`: files, a pipe, the journal and host metrics to the hub."""

import asyncio
import hashlib
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from debugterm_protocol.exits import Exit

from debugterm_client.cli.outcome import fail
from debugterm_client.config import ENVIRON, BadConfig, clean_url
from debugterm_client.ship.key import BadKey, read_key

if TYPE_CHECKING:
    from debugterm_client.ship.run import Plan, Ship


class _Key(click.ParamType[str]):
    name = "ref"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The key itself."""
        try:
            return read_key(str(value), ENVIRON)
        except BadKey as error:
            self.fail(str(error), param, ctx)


class _Url(click.ParamType[str]):
    name = "url"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The address as we keep it."""
        try:
            return clean_url(str(value))
        except BadConfig as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("files", metavar="[FILE|DIR|PATTERN|-]...", nargs=-1)
@click.option("--url", type=_Url(), required=True, help="Address of the hub.")
@click.option("--key", type=_Key(), required=True, help="Ingest key: env://VARIABLE or file:///PATH.")
@click.option("--service", default="", help="Service of rows that name none; default: the file's name.")
@click.option("--host", default="", help="Host of rows that name none; default: this host's name.")
@click.option("--no-follow", is_flag=True, help="Send what is there and end.")
@click.option("--journald", is_flag=True, help="Read the journal of systemd too.")
@click.option("--metrics", is_flag=True, help="Send CPU, memory, disk, network and load every 2 s.")
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), help="Where to keep the place.")
@click.option("--from-start", is_flag=True, help="Forget the place: send the files whole, again.")
@click.option("--last", type=click.IntRange(min=0), help="Of files never seen before only the last N lines.")
def ship(
    *,
    files: tuple[str, ...],
    url: str,
    key: str,
    service: str,
    host: str,
    no_follow: bool,
    journald: bool,
    metrics: bool,
    state: Path | None,
    from_start: bool,
    last: int | None,
) -> None:
    """Send logs and metrics to a hub: each row once, through rotation, restarts and hubs that are away."""
    if from_start and last is not None:
        raise click.UsageError("--from-start and --last exclude each other")
    if metrics and no_follow:
        raise click.UsageError("--metrics has no end: leave out --no-follow")
    if not files and not journald and not metrics:
        if sys.stdin.isatty():
            raise click.UsageError(
                "nothing to send: name files, pipe rows in, or give --journald or --metrics"
            )
        files = ("-",)
    paths = _paths(files, no_follow=no_follow)

    from debugterm_client.ship.files import Wanted
    from debugterm_client.ship.rows import Origin
    from debugterm_client.ship.run import Plan
    from debugterm_client.ship.send import Door

    origin = Origin(service, host or socket.gethostname())
    plan = Plan(
        door=Door(url, key, service, origin.host),
        origin=origin,
        files=Wanted(paths, follow=not no_follow, last=last) if paths else None,
        stdin=sys.stdin.fileno() if "-" in files else None,
        journald=journald,
        metrics=metrics,
        follow=not no_follow,
        last=last,
        state=state or (_state_of(url, service, paths) if paths or journald else None),
        from_start=from_start,
        keep_place=state is not None or not no_follow,
    )
    _ship(plan)


def _paths(files: tuple[str, ...], *, no_follow: bool) -> list[str]:
    """The arguments but `-`; says before the start what cannot be sent, unless it may still come."""
    paths = [name for name in files if name != "-"]
    for path in (Path(name) for name in paths if not any(mark in name for mark in "*?[")):
        try:
            if path.is_dir():
                continue
            path.open("rb").close()
        except FileNotFoundError:
            if no_follow:
                fail(f"there is no file {path}", Exit.NOT_FOUND)
        except OSError as error:
            fail(f"cannot read {path}: {error.strerror}", Exit.FAILED)
    return paths


def _state_of(url: str, service: str, paths: list[str]) -> Path:
    """The state directory of this very command: another one with other files or another hub has its own."""
    import platformdirs

    what = "\n".join([url, service, *sorted(str(Path(path).absolute()) for path in paths)])
    digest = hashlib.blake2b(what.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return platformdirs.user_state_path("debugterm") / "ship" / digest


def _ship(plan: "Plan") -> None:
    from debugterm_client.ship.place import StateBusy, StateUnusable
    from debugterm_client.ship.send import Refused

    try:
        sys.exit(asyncio.run(_run(plan)))
    except (StateBusy, StateUnusable) as error:
        fail(str(error), Exit.CONFIG)
    except Refused as error:
        fail(str(error), error.exit_code)


async def _run(plan: "Plan") -> Exit:
    """Ship until it is done or a signal comes; says at the end what was sent."""
    from debugterm_client.ship.discover import total_bytes
    from debugterm_client.ship.run import Ship
    from debugterm_client.ui.progress import Meter

    got: list[signal.Signals] = []
    total = total_bytes(plan.files.arguments) if plan.files and not plan.follow else 0
    with Meter(total=total) as meter:
        ship = Ship(plan, say=meter.say, moved=lambda totals: meter.show(totals.bytes))
        for each in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, _stop, ship, got, each)
        whole = await ship.run()
    click.echo(f"debugterm: {ship.summary()}", err=True)
    if not whole:
        fail(f"not everything was acknowledged; {ship.loses}", Exit.CONNECTION_LOST)
    return Exit.INTERRUPTED if signal.SIGINT in got else Exit.OK


def _stop(ship: "Ship", got: list[signal.Signals], which: signal.Signals) -> None:
    got.append(which)
    ship.stop()
