"""A real `debugterm-server` as users start it: the installed program, its own environment, its exit and its words."""

import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PROGRAM = Path(sys.executable).with_name("debugterm-server")
STRONG = "q3Vd8_bKz1Lw-0TyXe7RmUo5sNcGh2Ja9PfI4D6tHkQ"
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that ended by itself."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that said that it serves."""

    url: str
    process: subprocess.Popen[str]


def environment(data: Path, **more: str) -> dict[str, str]:
    """Nothing of the shell that runs the tests but its PATH."""
    given = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(data),
        "PORT": "0",
        "DEBUGTERM_DATA_DIR": str(data),
    }
    return {**given, **more}


def run(*argv: str, env: dict[str, str], program: tuple[str, ...] = (str(PROGRAM),)) -> Ended:
    """Run a subcommand to its end."""
    done = subprocess.run(
        [*program, *argv], env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@contextmanager
def serving(env: dict[str, str]) -> Iterator[Serving]:
    """A server from "serving" on, ended by SIGTERM."""
    with subprocess.Popen([str(PROGRAM), "serve"], env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield Serving(_url(process.stderr), process)
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def _url(lines: IO[str]) -> str:
    said = []
    end = time.monotonic() + PATIENCE
    for line in lines:
        said.append(line)
        if found := re.search(r"http://[\d.]+:\d+", line):
            return found[0]
        assert time.monotonic() < end
    raise AssertionError(f"the server ended before it served: {said}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes


def fetch(url: str, *, body: bytes | None = None, key: str = "") -> Answer:
    """GET, or POST a body with an ingest key. Raises HTTPError from 400 on."""
    request = urllib.request.Request(url, body, {"Authorization": f"Bearer {key}"} if key else {})  # noqa: S310 - ours
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - our own loopback
        return Answer(answer.status, dict(answer.headers), answer.read())
