"""The processes of a deployment as they run in production: hubs, Valkey, clients. Each can be killed and started again."""

import asyncio
import itertools
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import msgspec
import psutil
from debugterm_protocol import SUBPROTOCOL, frames
from debugterm_server.settings import Settings
from debugterm_server.store.engine import open_store, where
from pydantic import SecretStr

from tests.support.hub import WORD, Client, add_people
from tests.support.journal import Journal
from tests.support.valkey import Engine, _program

ENVIRON = {k: v for k, v in os.environ.items() if not k.startswith("DEBUGTERM_")}  # noqa: TID251 - children inherit it
SECRET = "0123456789 only-for-tests ABCDEFGHIJ"
COMMAND = Path(sys.executable)
START_SECONDS = 30


async def until(fine: Callable[[], object], what: str, *, seconds: float = 30) -> None:
    """Wait for a condition that nothing signals; fails with what it was."""
    end = time.monotonic() + seconds
    while not fine():
        assert time.monotonic() < end, f"after {seconds:.0f} s still not: {what}"
        await asyncio.sleep(0.02)


def free_port() -> int:
    """A port that nobody listens on; it stays the same over restarts of what takes it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """One program with its output in a file."""

    def __init__(
        self, *command: str, log: Path, env: dict[str, str] | None = None, out: Path | None = None
    ) -> None:
        self._command, self._log, self._out = command, log, out
        self._env = {**ENVIRON, **(env or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def ended(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._process.poll() if self._process is not None else None

    @property
    def said(self) -> str:
        """The end of its log."""
        return self._log.read_text("utf-8", "replace")[-3000:] if self._log.exists() else ""

    def start(self) -> None:
        with self._log.open("ab") as log, (self._out or self._log).open("ab") as out:
            self._process = subprocess.Popen(
                self._command, env=self._env, stdin=subprocess.DEVNULL, stdout=out, stderr=log
            )

    def kill(self) -> None:
        """Send SIGKILL, and wait until it is dead."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def signal(self, sign: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(sign)


class Hub(Process):
    """`debugterm-server serve` on a port that stays."""

    def __init__(self, name: str, folder: Path, env: dict[str, str], *, workers: int = 1) -> None:
        self.port = free_port()
        self.address = ("127.0.0.1", self.port)
        self.url = f"http://127.0.0.1:{self.port}"
        self.data = folder
        self.env = {**env, "PORT": str(self.port), "DEBUGTERM_DATA_DIR": str(folder)}
        code = "from debugterm_server.cli import main; main()"
        words = ("serve", "--workers", str(workers))
        super().__init__(str(COMMAND), "-c", code, *words, log=folder.parent / f"{name}.log", env=self.env)

    async def ready(self, http: aiohttp.ClientSession) -> None:
        """Wait until it says that traffic may come."""
        end = time.monotonic() + START_SECONDS
        while True:
            assert self.alive, f"the hub ended by itself:\n{self.said}"
            assert time.monotonic() < end, f"the hub is not ready:\n{self.said}"
            with suppress(aiohttp.ClientError, TimeoutError):
                async with http.get(f"{self.url}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.03)

    def valkey(self) -> int:
        """Process id of its embedded Valkey; 0 while there is none."""
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.pid).children():
                if "valkey" in child.name() and child.status() != psutil.STATUS_ZOMBIE:
                    return child.pid
        return 0

    def workers(self) -> list[int]:
        """Process ids of those that serve its port, the parent's workers or itself."""
        found = []
        with suppress(psutil.NoSuchProcess):
            here = psutil.Process(self.pid)
            for one in (here, *here.children()):
                with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    doors = one.net_connections("tcp")
                    if any(d.status == psutil.CONN_LISTEN and d.laddr.port == self.port for d in doors):
                        found.append(one.pid)
        return found

    async def say(self, *words: str) -> list[dict[str, object]]:
        """`debugterm-server ... --json` beside it: the lines it prints."""
        process = await asyncio.create_subprocess_exec(
            *(str(COMMAND), "-c", "from debugterm_server.cli import main; main()", *words, "--json"),
            env={**ENVIRON, **self.env},
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
        assert process.returncode == 0, words
        return [msgspec.json.decode(line) for line in out.splitlines()]


class Valkey(Process):
    """A Valkey or Redis of our own with `appendfsync always`, on a unix socket and on loopback."""

    def __init__(self, folder: Path, *, fsync: str = "always", engine: Engine = "valkey") -> None:
        self.folder = folder
        self.socket = folder / "external.sock"
        self.url = f"unix://{self.socket}"
        self.address = ("127.0.0.1", free_port())
        options = {"port": str(self.address[1]), "bind": "127.0.0.1", "unixsocket": str(self.socket)}
        options |= {"dir": str(folder), "save": ""}
        options |= {"appendonly": "yes", "appendfsync": fsync, "maxmemory-policy": "noeviction"}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        super().__init__(_program(engine), *words, log=folder / "external.log")

    def start(self) -> None:
        """Start it; whoever needs it waits for it."""
        self.socket.unlink(missing_ok=True)
        super().start()


@dataclass
class Deployment:
    """Hubs of one deployment, and what a test needs to talk to them."""

    folder: Path
    env: dict[str, str]
    key: str
    http: aiohttp.ClientSession
    hubs: list[Hub] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    valkey: Valkey | None = None
    tokens: dict[str, str] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def hub(self) -> Hub:
        """The first hub."""
        return self.hubs[0]

    @property
    def redis_url(self) -> str:
        """Where the stream is."""
        return self.valkey.url if self.valkey else f"unix://{self.hub.data}/valkey/valkey.sock"

    async def add_hub(self, *, workers: int = 1, **env: str) -> Hub:
        """One more hub, served and ready; `env` is its own. The first one has the people's data folder."""
        name = f"hub{len(self.hubs)}"
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        hub = Hub(name, folder, {**self.env, **env}, workers=workers)
        hub.start()
        self.hubs.append(hub)
        await hub.ready(self.http)
        await until(lambda: len(hub.workers()) == workers, f"{workers} workers serve")
        return hub

    async def token(self, name: str, url: str = "") -> str:
        """An access token of the user named like a role; good at every hub."""
        if name in self.tokens:
            return self.tokens[name]
        body = {"name": name, "password": WORD}
        async with self.http.post(f"{url or self.hub.url}/v1/auth/login", json=body) as answer:
            assert answer.status == 200, await answer.text()
            self.tokens[name] = str(msgspec.json.decode(await answer.read())["access_token"])
            return self.tokens[name]

    @asynccontextmanager
    async def socket(self, hub: Hub, name: str, *, url: str = "") -> AsyncIterator[Client]:
        """A socket in this process that has said hello; `url` when the way to the hub is another one."""
        async with self.http.ws_connect(
            f"{url or hub.url}/ws", protocols=(SUBPROTOCOL,), max_msg_size=0
        ) as ws:
            client = Client(ws, name)
            token = await self.token(name, hub.url)
            await client.send(frames.Hello(id="hello", env="development", token=token))
            client.welcome = await client.until(lambda f: isinstance(f, frames.Welcome))
            yield client

    async def journal(self, query: str = "", *, url: str = "") -> Journal:
        """A client process that journals what it sees."""
        return (await self.journals([query], url=url))[0]

    async def journals(
        self, queries: Sequence[str], *, url: str = "", name: str = "responder"
    ) -> list[Journal]:
        """Clients that share a process and a login, each with its own connection and its own journal."""
        paths = [self._fresh("journal") for _ in queries]
        words = [word for query, path in zip(queries, paths, strict=True) for word in (query, str(path))]
        await self._client(paths[0], url, "-m", "tests.support.journal", *words, out=None, name=name)
        return [Journal(path) for path in paths]

    async def tail(self, query: str = "", *, url: str = "") -> Journal:
        """`debugterm tail --json --meta` as a process."""
        path = self._fresh("tail")
        code = ("-c", "from debugterm_client.cli import main; main()")
        return await self._client(
            path, url, *code, *("tail", "trust", query, "--json", "--meta", "--since", "15m"), out=path
        )

    def _fresh(self, kind: str) -> Path:
        return self.folder / f"{kind}-{next(self._numbers)}.jsonl"

    async def _client(
        self, path: Path, url: str, *words: str, out: Path | None, name: str = "responder"
    ) -> Journal:
        env = {
            "DEBUGTERM_URL": url or self.hub.url,
            "DEBUGTERM_TOKEN": await self.token(name, url),
            "XDG_CONFIG_HOME": str(self.folder),
            "DEBUGTERM_ENV": "development",
        }
        process = Process(str(COMMAND), *words, log=path.with_suffix(".log"), env=env, out=out)
        process.start()
        self.processes.append(process)
        return Journal(path)


@asynccontextmanager
async def deployed(
    *,
    hubs: int = 1,
    external: bool = False,
    fsync: str = "always",
    engine: Engine = "valkey",
    database_url: str = "",
    workers: int = 1,
) -> AsyncIterator[Deployment]:
    """A deployment for as long as the block lasts; everything in it is killed at the end.

    `external`: with a Valkey of its own, beside the hubs; `fsync` and `engine` are its.
    """
    with tempfile.TemporaryDirectory(prefix="dt") as name:
        folder = Path(name)
        env = {"DEBUGTERM_SECRET_KEY": SECRET}
        valkey = Valkey(folder, fsync=fsync, engine=engine) if external else None
        if valkey is not None:
            valkey.start()
            env["REDIS_URL"] = valkey.url
        if database_url:
            env["DATABASE_URL"] = database_url
        (folder / "hub0").mkdir()
        key = await _people(folder / "hub0", database_url)
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            there = Deployment(folder, env, key, http, valkey=valkey)
            try:
                for _ in range(hubs):
                    await there.add_hub(workers=workers)
                yield there
            finally:
                for process in (*there.processes, *there.hubs, *([valkey] if valkey else [])):
                    process.kill()


async def _people(folder: Path, database_url: str) -> str:
    settings = Settings(port=0, data_dir=folder, secret_key=SecretStr(SECRET))
    store = open_store(where(database_url, folder))
    try:
        return await add_people(store, settings)
    finally:
        await store.close()
