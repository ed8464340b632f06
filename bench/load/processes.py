"""Starts the processes of a bench, gives them orders and reads the JSON line with which each answers."""

import subprocess
import sys
import time
from typing import Any, Self

import msgspec

PATIENCE_SECONDS = 180.0
"""No step of a bench may take longer."""

Figures = dict[str, Any]


class Process:
    """A generator; use it with `with`. `given` is its standard input, which stays open for orders."""

    def __init__(self, module: str, *words: object, given: object = None) -> None:
        command = [sys.executable, "-m", f"bench.load.{module}", *map(str, words)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if given is not None:
            self._write(msgspec.json.encode(given))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def hear(self, word: str) -> Self:
        """Wait for one word."""
        line = self._line()
        if line != word:
            raise SystemExit(f"{self._process.args!r} said {line!r}, not {word!r}")
        return self

    def order(self, text: str) -> None:
        """Give an order."""
        self._write(text.encode())

    def figures(self) -> Figures:
        """The next line it prints, as figures."""
        return msgspec.json.decode(self._line(), type=Figures)

    def ask(self, text: str) -> Figures:
        """Give an order and wait for its figures."""
        self.order(text)
        return self.figures()

    def stop(self) -> Figures:
        """Ask it to end; what it measured."""
        self._process.terminate()
        return self.figures()

    def _write(self, line: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        assert self._process.stdout is not None
        end = time.monotonic() + PATIENCE_SECONDS
        line = self._process.stdout.readline().decode().strip()
        if not line or time.monotonic() > end:
            raise SystemExit(f"{self._process.args!r} ended with {self._process.wait()} and no answer")
        return line


def run(module: str, *words: object, given: object = None) -> Figures:
    """Run one to its end."""
    with Process(module, *words, given=given) as process:
        return process.figures()
