"""A hub as a process of its own on loopback, with the users and keys of a bench, and what it costs the machine."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import msgspec
import psutil
from debugterm_protocol import limits
from debugterm_protocol.roles import Role
from debugterm_server.kit.derive import root
from debugterm_server.rooms.access import Accounts, Passwords
from debugterm_server.rooms.audit import Audit
from debugterm_server.settings import Settings
from debugterm_server.store import migrate
from debugterm_server.store.engine import open_store, where

WORD = "correct horse battery"
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Hub:
    """Running hubs on one stream: their addresses, an ingest key, one access token for every 20 viewers."""

    urls: list[str]
    key: str
    tokens: list[str]
    processes: list[psutil.Process]

    @property
    def socket(self) -> str:
        """Where viewers connect."""
        return f"{self.urls[0].replace('http', 'ws')}/ws"

    def cpu(self) -> float:
        """Seconds of processor time that the hubs used so far, without their Valkey."""
        return sum(cpu(process) for process in self.processes)

    def memory(self) -> int:
        """Resident bytes of the hubs, without their Valkey."""
        return sum(int(process.memory_info().rss) for process in self.processes)


def cpu(process: psutil.Process) -> float:
    """Seconds of processor time of one process."""
    times = process.cpu_times()
    return times.user + times.system


@contextmanager
def served(*, viewers: int = 1, hubs: int = 1) -> Iterator[Hub]:
    """Hubs with one Valkey (`appendfsync always`) and SQLite in a folder that goes with them."""
    people = -(-viewers // limits.CONNECTIONS_PER_USER)
    with tempfile.TemporaryDirectory(prefix="dt") as folder, ExitStack() as stack:
        first = Path(folder) / "0"
        first.mkdir()
        key = asyncio.run(_people(Settings(data_dir=first, env="development"), people))
        others = [Path(folder) / str(number) for number in range(1, hubs)]
        folders = [first, *(Path(shutil.copytree(first, each)) for each in others)]
        started = [
            stack.enter_context(_started(each, valkey=first / "valkey/valkey.sock" if place else None))
            for place, each in enumerate(folders)
        ]
        urls = [url for url, _ in started]
        tokens = asyncio.run(_login(urls[0], people))
        yield Hub(urls, key, tokens, [process for _, process in started])


@contextmanager
def _started(folder: Path, *, valkey: Path | None) -> Iterator[tuple[str, psutil.Process]]:
    # env(1) sets the variables, so that no code but settings.py touches the environment.
    command = ["env", "PORT=0", f"DEBUGTERM_DATA_DIR={folder}", "DEBUGTERM_DRAIN_SECONDS=0"]
    command += [f"REDIS_URL=unix://{valkey}"] if valkey else []
    with subprocess.Popen([*command, "debugterm-server", "serve"], stderr=subprocess.PIPE, text=True) as run:
        try:
            yield _address(run), psutil.Process(run.pid)
        finally:
            run.terminate()
            run.wait(timeout=30)


async def _people(settings: Settings, count: int) -> str:
    store = open_store(where("", settings.data_dir))
    await migrate.upgrade(store)
    passwords = Passwords(root(None, settings.data_dir), rounds=4)
    try:
        async with Audit(store) as audit:
            accounts = Accounts(store, audit, passwords, console="bench")
            for number in range(count):
                await accounts.add_user(
                    f"viewer{number}", password=WORD, env="development", role=Role.RESPONDER
                )
            return (await accounts.add_key(env="development", name="bench")).secret
    finally:
        passwords.close()
        await store.close()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    end = time.monotonic() + START_SECONDS
    for line in process.stderr:
        told = msgspec.json.decode(line) if line.startswith("{") else {}
        if told.get("message") == "serving":
            return str(told["url"])
        print(line, end="", file=sys.stderr)
        if time.monotonic() > end:
            break
    raise SystemExit("the hub did not start")


async def _login(url: str, people: int) -> list[str]:
    tokens = []
    async with aiohttp.ClientSession() as http:
        for number in range(people):
            body = {"name": f"viewer{number}", "password": WORD}
            async with http.post(f"{url}/v1/auth/login", json=body) as answer:
                tokens.append(msgspec.json.decode(await answer.read())["access_token"])
    return tokens
