"""Starts the processes of a bench and reads the one JSON line that each prints."""

import subprocess
import sys

import msgspec

PATIENCE_SECONDS = 180.0
"""No step of a bench may take longer."""

Figures = dict[str, float]


class Process:
    """A running generator; with `ready` it is connected when the constructor returns."""

    def __init__(self, module: str, *words: object, given: str = "", ready: bool = False) -> None:
        command = [sys.executable, "-m", f"bench.load.{module}", *map(str, words)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._out = self._process.stdout
        self._process.stdin.write(given)
        self._process.stdin.close()
        if ready and self._out.readline() != "ready\n":
            raise SystemExit(f"{module} could not connect")

    def figures(self) -> Figures:
        """Wait for its end; what it measured."""
        try:
            text = self._out.read()
            if self._process.wait(timeout=PATIENCE_SECONDS):
                raise SystemExit(f"{self._process.args!r} failed")
        finally:
            self._process.kill()
        return msgspec.json.decode(text, type=Figures)

    def stop(self) -> Figures:
        """Ask it to end; what it measured."""
        self._process.terminate()
        return self.figures()

    def end(self) -> None:
        """It is not needed any more."""
        self._process.kill()
        self._process.wait()


def run(module: str, *words: object, given: str = "") -> Figures:
    """Run one to its end."""
    return Process(module, *words, given=given).figures()
