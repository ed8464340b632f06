"""A real terminal around a command: a PTY, a screen that understands it (pyte), and waiting for what it shows."""

import time
from collections.abc import Callable, Mapping

import pexpect
import pyte


class _Screen(pyte.Screen):
    """A screen whose answers (where is the cursor?) are kept until the bytes before them are drawn."""

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self.answers: list[str] = []

    def write_process_input(self, data: str) -> None:
        self.answers.append(data)


class Terminal:
    """One command in a terminal of a certain size; use as `with`."""

    def __init__(
        self, argv: list[str], *, environ: Mapping[str, str], columns: int = 80, lines: int = 24
    ) -> None:
        self.screen = _Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        """Every byte the command wrote."""
        self._child = pexpect.spawn(
            argv[0], argv[1:], env=dict(environ), dimensions=(lines, columns), timeout=10
        )
        self._child.delaybeforesend = None

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close(force=True)

    def pump(self, seconds: float = 0.05) -> None:
        """Draw what the command writes within `seconds`, then answer what it asked."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                data: bytes = self._child.read_nonblocking(65536, timeout=left)  # type: ignore[assignment]  # bytes without encoding=
            except pexpect.TIMEOUT:
                break
            except pexpect.EOF:
                break
            self.raw += data
            self._stream.feed(data)
            # After feeding: answered before, the prompt would stand on the wrong row.
            while self.screen.answers:
                self._child.send(self.screen.answers.pop(0))

    @property
    def text(self) -> str:
        """The screen as text, one line per row, without blanks at the ends."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def until(self, shown: str | Callable[[str], bool], *, seconds: float = 15) -> str:
        """Wait until the screen shows a text (or satisfies a test); the screen then."""
        good = (lambda text: shown in text) if isinstance(shown, str) else shown
        until = time.monotonic() + seconds
        while not good(self.text):
            if time.monotonic() > until:
                raise AssertionError(f"never shown: {shown!r}; the screen is\n{self.text}")
            self.pump(0.02)
        return self.text

    def press(self, keys: str) -> None:
        """Type keys."""
        self._child.send(keys)

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the terminal, as a person pulling at the window does."""
        self.screen.resize(lines, columns)
        self._child.setwinsize(lines, columns)

    def kill(self, signal: int) -> None:
        """Send a signal to the command."""
        self._child.kill(signal)

    def wait(self, *, seconds: float = 10) -> int:
        """Wait for the command to end; its exit status."""
        until = time.monotonic() + seconds
        while self._child.isalive():
            if time.monotonic() > until:
                raise AssertionError(f"still running; the screen is\n{self.text}")
            self.pump(0.05)
        return -1 if self._child.exitstatus is None else self._child.exitstatus
