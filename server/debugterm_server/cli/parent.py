"""The parent of `serve --workers N`: holds the folder, the port and Valkey, and keeps N whole hubs alive.

No loop, no threads, and its workers are executed, never forked: what it does must work while everything else fails.
The first worker starts alone: it migrates the database, and what stands in its way is said once. When it serves, the
others follow. A worker that dies is started again with back-off; the kernel ends them all when the parent dies.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from types import FrameType, TracebackType
from typing import Self

import structlog

from debugterm_server.bus.ground import Ground
from debugterm_server.cli.console import fail
from debugterm_server.kit import backoff, children, listening, logs, notify
from debugterm_server.settings import Settings

log = structlog.get_logger()

STEADY_SECONDS = 60.0
"""A worker that lived this long is well: its next death waits as briefly as a first one."""
TEND_SECONDS = 0.1
"""How often somebody who is down is looked after."""
GRACE_SECONDS = 10.0
"""How long workers may take beyond the drain before they are killed."""
PROGRAM = (sys.executable, "-P", "-c", "from debugterm_server.cli import main; main()", "serve", "--worker")
"""`-P`: the folder in which a hub is started is no place to import from."""


def run(settings: Settings, place: Ground, *, workers: int) -> int:
    """Serve with so many workers until SIGTERM or SIGINT; the exit status."""
    logs.configure(settings.log_format)
    try:
        with listening.reserved(settings.host, settings.port) as port, _Signals() as signals:
            return _Parent(settings, place, signals, port=port, count=workers).run()
    except OSError as error:
        fail(listening.words(error, settings.host, settings.port))


class _Signals:
    """Signals as something to wait for: a child ended, or we are to stop."""

    def __enter__(self) -> Self:
        self.stop = False
        self.woken, self._wake = socket.socketpair()
        for one in (self.woken, self._wake):
            one.settimeout(0)
        _ = signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self._stop)
        signal.signal(signal.SIGCHLD, lambda _sign, _frame: None)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        _ = signal.set_wakeup_fd(-1)
        self.woken.close()
        self._wake.close()

    def _stop(self, _sign: int, _frame: FrameType | None) -> None:
        self.stop = True

    def wait(self, others: list[socket.socket], seconds: float | None) -> None:
        """Until a signal comes, a worker speaks, or time is up."""
        ready, _, _ = select.select([self.woken, *others], [], [], seconds)
        if self.woken in ready:
            while True:
                try:
                    self.woken.recv(256)
                except BlockingIOError:
                    return


class _Worker:
    """One hub of this parent, over all its lives."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        self._waits = backoff.full_jitter(first=0.25, most=10.0)
        self._born = 0.0
        self._again_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self.line: socket.socket | None = None
        self.ready = False

    def start(self) -> None:
        self.line, theirs = socket.socketpair()
        self.line.settimeout(0)
        self._born, self.ready = time.monotonic(), False
        with theirs:
            number = theirs.fileno()
            self.process = children.start(
                [*PROGRAM, str(number)], env=self._env, pass_fds=(number,), sign=signal.SIGKILL
            )

    def hear(self) -> None:
        """Take in whether it says that it serves; a line that ended belongs to a worker that did."""
        if self.line is None:
            return
        try:
            said = self.line.recv(16)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        self.ready = self.ready or bool(said)
        if not said:
            self.line.close()
            self.line = None

    def tend(self) -> bool:
        """Start it again when it died and its wait is over; whether it runs."""
        if self.process is None or self.process.poll() is None:
            return True
        now = time.monotonic()
        if not self._again_at:
            if now - self._born > STEADY_SECONDS:
                self._waits = backoff.full_jitter(first=0.25, most=10.0)
            self._again_at, self.ready = now + next(self._waits), False
            log.error("a worker died, starting it again", pid=self.process.pid, code=self.process.returncode)
        if now < self._again_at:
            return False
        self._again_at = 0.0
        if self.line is not None:
            self.line.close()
        self.start()
        return True


class _Parent:
    def __init__(
        self, settings: Settings, place: Ground, signals: _Signals, *, port: int, count: int
    ) -> None:
        self._settings = settings
        self._place = place
        self._signals = signals
        self._url = f"http://{settings.host}:{port}"
        env = dict(os.environ)  # noqa: TID251 - a worker reads the same settings
        _ = env.pop("NOTIFY_SOCKET", None)
        env["PORT"] = str(port)
        self._workers = [_Worker(env) for _ in range(count)]

    def run(self) -> int:
        try:
            if (code := self._first()) is not None:
                return code
            for worker in self._workers[1:]:
                worker.start()
            told = False
            while not self._signals.stop:
                self._turn()
                if not told and all(worker.ready for worker in self._workers):
                    self._tell()
                    told = True
            log.info("stopping", workers=len(self._workers))
        finally:
            self._end()
        return 0

    def _first(self) -> int | None:
        """Until the first worker serves; an exit status when it cannot, or when we are to stop before."""
        first = self._workers[0]
        first.start()
        while not first.ready:
            if self._signals.stop:
                return 0
            code = first.process.poll() if first.process is not None else None
            if code is not None and code >= 0:
                return code
            self._turn()
        return None

    def _turn(self) -> None:
        up = [worker.tend() for worker in self._workers]
        if self._place.supervisor is not None:
            up.append(self._place.supervisor.tend())
        lines = [worker.line for worker in self._workers if worker.line is not None]
        self._signals.wait(lines, None if all(up) else TEND_SECONDS)
        for worker in self._workers:
            worker.hear()

    def _tell(self) -> None:
        log.info("all workers serve", url=self._url, workers=len(self._workers))
        if self._settings.notify_socket:
            notify.ready(self._settings.notify_socket, status=self._url)

    def _end(self) -> None:
        """Ask every worker to drain, wait, and kill those that do not end."""
        running = [worker.process for worker in self._workers if worker.process is not None]
        for process in running:
            process.terminate()
        until = time.monotonic() + self._settings.drain_seconds + GRACE_SECONDS
        for process in running:
            try:
                process.wait(timeout=max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
