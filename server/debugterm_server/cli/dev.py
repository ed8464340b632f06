"""`debugterm-server dev`: what `make run` starts. A hub, this machine's logs and metrics, a login, two ways in.

It uses the product as a user would: `serve`, `debugterm login`, `debugterm ship`, each a process of its own.
"""

import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn, Self

import click
from debugterm_protocol.exits import Exit

from debugterm_server.cli.console import fail, settings_or_exit
from debugterm_server.kit import children
from debugterm_server.settings import Settings

HUB = "the hub"
READY_SECONDS = 30
LOGS = Path("/var/log")
JOURNALS = (Path("/run/log/journal"), Path("/var/log/journal"))
LAST_ROWS = 1_000
"""Of each log file that is there already: enough to look around, not a flood."""


@click.command()
@click.option("--feed", metavar="COMMAND", default="", help="Ship the output of this command too.")
@click.option("--profile", default="local", show_default=True, help="Name of the client profile to write.")
def dev(feed: str, profile: str) -> None:
    """A hub for this laptop, fed with this machine's own logs and metrics. Ctrl-C stops it; the data stays."""
    settings = settings_or_exit()
    if settings.env != "development":
        fail("dev is for development: unset DEBUGTERM_ENV, or use serve")
    _Laptop(settings, profile).run(feed)


class _Stop(Exception):
    """Somebody pressed Ctrl-C or ended us."""


class _Ready:
    """Where our own hub says that it is ready; anything else could be a stranger's hub on the same port."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="dt")
        self.address = f"{self._folder.name}/ready"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.settimeout(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._folder.cleanup()

    def told(self) -> bool:
        """Whether it said so by now; waits a moment for it."""
        try:
            return self._socket.recv(512).startswith(b"READY=1")
        except TimeoutError:
            return False


class _Laptop:
    """The processes of one `make run`."""

    def __init__(self, settings: Settings, profile: str) -> None:
        self._settings = settings
        self._profile = profile
        self._url = f"http://{settings.host}:{settings.port}"
        self._log = settings.data_dir / "server.log"
        self._running: list[tuple[str, subprocess.Popen[bytes]]] = []

    def run(self, feed: str) -> None:
        """Start everything, say how to get in, wait for Ctrl-C, stop everything in reverse."""
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, _stopped)
        try:
            with _Ready() as ready:
                hub, started = self._serve(ready.address)
                # Imported here, while the hub starts: both take about a second.
                from debugterm_server.cli import laptop

                self._await(ready, hub, started)
            code, password, key = laptop.prepare()
            self._log_in(password)
            self._ship(key)
            if feed:
                self._feed(key, feed)
            self._say(code)
            self._wait()
        except _Stop:
            click.echo("\nstopping; the data stays in " + str(self._settings.data_dir), err=True)
        finally:
            for sign in (signal.SIGINT, signal.SIGTERM):
                signal.signal(sign, signal.SIG_IGN)
            for _, process in reversed(self._running):
                children.stop(process, seconds=self._settings.drain_seconds + 10)

    def _serve(self, notify: str) -> tuple[subprocess.Popen[bytes], int]:
        """The started hub, and where its words begin in the log."""
        try:
            self._settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            started = self._log.stat().st_size if self._log.exists() else 0
            with self._log.open("ab") as log:
                process = children.start(
                    [_command("debugterm-server"), "serve"],
                    env={**os.environ, "NOTIFY_SOCKET": notify},  # noqa: TID251 - a child's environment
                    stdout=log,
                    stderr=log,
                )
        except OSError as error:
            fail(
                f"cannot write to the data folder {self._settings.data_dir}: {error.strerror}; "
                "set DEBUGTERM_DATA_DIR to a folder this user may write"
            )
        self._running.append((HUB, process))
        return process, started

    def _await(self, ready: "_Ready", hub: subprocess.Popen[bytes], started: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not ready.told():
            if hub.poll() is not None:
                fail(_last_words(self._log, started), Exit.CONFIG)
            if time.monotonic() > deadline:
                fail(f"the hub did not get ready in {READY_SECONDS} s; see {self._log}", Exit.FAILED)

    def _log_in(self, password: str) -> None:
        words = ["login", self._url, "--user", "dev", "--password-stdin", "--profile", self._profile]
        done = subprocess.run(  # noqa: S603 - our own command, fixed words
            [_command("debugterm"), *words], input=password, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            click.echo(f"no profile `{self._profile}`: {done.stderr.strip()}", err=True)

    def _ship(self, key: str) -> None:
        sources = [
            str(self._log),
            *([str(LOGS)] if LOGS.is_dir() else []),
            "--last",
            str(LAST_ROWS),
            "--metrics",
        ]
        if shutil.which("journalctl") and any(path.is_dir() and any(path.iterdir()) for path in JOURNALS):
            sources.append("--journald")
        self._shipper("the shipper", key, sources, stdin=subprocess.DEVNULL)

    def _feed(self, key: str, feed: str) -> None:
        words = shlex.split(feed)
        program = sys.executable if words[0] == "python" else words[0]
        with self._log.open("ab") as log:
            source = children.start([program, *words[1:]], stdout=subprocess.PIPE, stderr=log)
        self._running.append((feed, source))
        assert source.stdout is not None  # noqa: S101 - it is a pipe
        self._shipper("the feed", key, ["-", "--service", "feed"], stdin=source.stdout.fileno())
        source.stdout.close()

    def _shipper(self, name: str, key: str, words: list[str], *, stdin: int) -> None:
        command = [
            _command("debugterm"),
            "ship",
            *words,
            "--url",
            self._url,
            "--key",
            "env://DEBUGTERM_DEV_KEY",
        ]
        command += ["--state", str(self._settings.data_dir / "ship" / name.rsplit(maxsplit=1)[-1])]
        with self._log.open("ab") as log:
            process = children.start(
                command,
                # The child needs our whole environment and one secret more, which is never on its command line.
                env={**os.environ, "DEBUGTERM_DEV_KEY": key},  # noqa: TID251
                stdin=stdin,
                stdout=log,
                stderr=log,
            )
        self._running.append((name, process))

    def _say(self, code: str) -> None:
        click.echo(f"""
debugterm is running on this machine's logs and metrics.

  browser   {self._url}/#code={code}
            (one use, 10 minutes; later: user and password in {self._settings.data_dir / "dev-login"})
  terminal  {_uv()} run debugterm connect {self._profile}

Ctrl-C stops it, the data stays.""")

    def _wait(self) -> None:
        while True:
            time.sleep(0.2)
            for name, process in list(self._running):
                if process.poll() is None:
                    continue
                said = f"{name} ended with {process.returncode}; see {self._log}"
                if name == HUB:
                    fail(said, Exit.FAILED)
                click.echo(f"{said}; the rest goes on", err=True)
                self._running.remove((name, process))


def _stopped(_sign: int, _frame: FrameType | None) -> NoReturn:
    raise _Stop


def _uv() -> str:
    """How this shell's uv is called from another shell: make may have put its own on PATH."""
    found = Path(shutil.which("uv") or "uv")
    own = Path.cwd() / ".tools" / "bin" / "uv"
    return str(own.relative_to(Path.cwd())) if found == own else "uv"


def _command(name: str) -> str:
    """A command of this installation, whatever PATH says."""
    return str(Path(sys.executable).with_name(name))


def _last_words(log: Path, start: int) -> str:
    """Why the hub did not start: its last line, without our name, which `fail` says again."""
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(start)
        lines = file.read()[-4096:].decode("utf-8", "replace").strip().splitlines()
        if lines:
            return lines[-1].removeprefix("debugterm-server: ")
    return f"the hub did not start; see {log}"
