"""A hub as a process of its own on loopback, with the users and keys of a bench, and what it costs the machine."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
    """A running hub: its address, an ingest key, one access token for every 20 viewers."""

    url: str
    key: str
    tokens: list[str]
    process: psutil.Process

    def cpu(self) -> float:
        """Seconds of processor time that the hub used so far, without its Valkey."""
        times = self.process.cpu_times()
        return times.user + times.system

    def memory(self) -> int:
        """Resident bytes of the hub, without its Valkey."""
        return int(self.process.memory_info().rss)


@contextmanager
def served(*, viewers: int) -> Iterator[Hub]:
    """A hub with the bundled Valkey (`appendfsync always`) and SQLite in a folder that goes with it."""
    people = -(-viewers // limits.CONNECTIONS_PER_USER)
    with tempfile.TemporaryDirectory(prefix="dt") as folder:
        key = asyncio.run(_people(Settings(data_dir=Path(folder), env="development"), people))
        # env(1) sets the two variables, so that no code but settings.py touches the environment.
        command = ["env", "PORT=0", f"DEBUGTERM_DATA_DIR={folder}", "debugterm-server", "serve"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            try:
                url = _address(process)
                tokens = asyncio.run(_login(url, people))
                yield Hub(url, key, tokens, psutil.Process(process.pid))
            finally:
                process.terminate()
                process.wait(timeout=30)


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


def load() -> float:
    """The load average of the last minute: what others did to the figures."""
    return os.getloadavg()[0]
