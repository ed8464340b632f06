"""The source that reads the journal of systemd, by journalctl, from its cursor on."""

import asyncio
import shutil
from datetime import UTC, datetime

import msgspec
from debugterm_protocol.exits import Exit
from debugterm_protocol.levels import SYSLOG

from debugterm_client.ship.hopper import Hopper
from debugterm_client.ship.place import Place
from debugterm_client.ship.rows import Row
from debugterm_client.ship.send import Refused

SOURCE = "journald"
FIRST_LINES = 1_000
"""Rows of the past on the first start."""
AGAIN_SECONDS = 5.0
_LINE_BYTES = 16 * 1024 * 1024
_ATTRS = {
    "_PID": "process.pid",
    "_COMM": "process.command",
    "_SYSTEMD_UNIT": "systemd.unit",
    "_TRANSPORT": "journald.transport",
    "_BOOT_ID": "journald.boot_id",
    "CODE_FILE": "code.file.path",
    "CODE_LINE": "code.line.number",
    "CODE_FUNC": "code.function.name",
}


async def read_journal(
    *, cursor: str, follow: bool, last: int | None, hopper: Hopper, stop: asyncio.Event
) -> None:
    """Read entries until `stop`; journalctl is started again when it ends by itself. Raises Refused without it."""
    program = shutil.which("journalctl")
    if program is None:
        raise Refused("there is no journalctl on this host: leave out --journald", Exit.CONFIG)
    while not stop.is_set():
        start = (
            [f"--after-cursor={cursor}", "--no-tail"]
            if cursor
            else [f"--lines={FIRST_LINES if last is None else last}"]
        )
        cursor = await _read_once(
            [program, "--output=json", "--all", *start], cursor, hopper, stop, follow=follow
        )
        if not follow:
            return
        try:
            async with asyncio.timeout(AGAIN_SECONDS):
                await stop.wait()
        except TimeoutError:
            continue


async def _read_once(
    command: list[str], cursor: str, hopper: Hopper, stop: asyncio.Event, *, follow: bool
) -> str:
    """Run journalctl to its end, or until `stop`; the cursor of the last entry."""
    process = await asyncio.create_subprocess_exec(
        *command,
        *(["--follow"] if follow else []),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=_LINE_BYTES,
    )
    assert process.stdout is not None  # noqa: S101 - for the types: PIPE was asked for
    try:
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(_end_on(stop, process))
            async for line in process.stdout:
                row = journal_row(line)
                if row is not None and row.place is not None:
                    cursor = row.place.cursor
                    await hopper.put([row])
            watch.cancel()
    finally:
        _end(process)
        await process.wait()
    return cursor


async def _end_on(stop: asyncio.Event, process: asyncio.subprocess.Process) -> None:
    await stop.wait()
    _end(process)


def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()


def journal_row(line: bytes) -> Row | None:
    """The row of one entry of `journalctl -o json`; None when the line is not one or says nothing."""
    try:
        entry = msgspec.json.decode(line, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    message, cursor = _text(entry.get("MESSAGE")), _text(entry.get("__CURSOR"))
    if not message or not cursor:
        return None
    row: dict[str, object] = {
        "ts": _time(_text(entry.get("__REALTIME_TIMESTAMP"))),
        "level": _level(_text(entry.get("PRIORITY"))),
        "service": _service(entry),
        "host": _text(entry.get("_HOSTNAME")),
        "message": message,
        **{name: _text(entry[field]) for field, name in _ATTRS.items() if field in entry},
    }
    return Row(
        msgspec.json.encode({k: v for k, v in row.items() if v}), SOURCE, Place("journald", cursor=cursor)
    )


def _service(entry: dict[str, object]) -> str:
    unit = _text(entry.get("_SYSTEMD_UNIT")).removesuffix(".service")
    return _text(entry.get("SYSLOG_IDENTIFIER")) or unit or _text(entry.get("_COMM"))


def _text(value: object) -> str:
    """A field as text: not UTF-8 comes as a list of bytes, a repeated field as a list of values (the first counts)."""
    match value:
        case str():
            return value
        case [int(), *_]:
            return bytes(b for b in value if isinstance(b, int) and 0 <= b < 256).decode("utf-8", "replace")
        case [first, *_]:
            return _text(first)
        case _:
            return ""


def _level(priority: str) -> str:
    return SYSLOG[int(priority)] if priority in {"0", "1", "2", "3", "4", "5", "6", "7"} else ""


def _time(microseconds: str) -> str:
    if not microseconds.isascii() or not microseconds.isdecimal() or len(microseconds) > 17:
        return ""
    moment = datetime.fromtimestamp(int(microseconds) // 1_000_000, UTC).replace(
        microsecond=int(microseconds) % 1_000_000
    )
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
