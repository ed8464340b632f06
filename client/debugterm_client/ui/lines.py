"""Lines on stdout and stderr, and rows as lines: how `tail`, `search` and plain mode print."""

import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import BinaryIO, TextIO

from debugterm_client.core.formats import Format, shaped
from debugterm_client.core.rows import Row, decode, one_line
from debugterm_client.core.sanitize import safe, safe_json

COLORS = {"T": "90", "D": "90", "I": "", "W": "33", "E": "1;31", "F": "1;31"}


def colored_line(row: Row, *, today: str, color: bool) -> str:
    """One row as one line; colour only for what is not plain information."""
    text = one_line(row, today=today)
    code = COLORS.get(row.letter, "") if color else ""
    return f"\x1b[{code}m{text}\x1b[0m" if code else text


class Output:
    """Stdout as this command uses it: whole lines, flushed at once, and a closed pipe is a quiet end."""

    def __init__(self, out: BinaryIO, err: TextIO, *, terminal: bool) -> None:
        self._out = out
        self._err = err
        self.terminal = terminal
        self.closed = False

    def lines(self, lines: Iterable[bytes]) -> None:
        """Write lines; after the reader is gone (`| head`) nothing more is written."""
        data = b"".join(line + b"\n" for line in lines)
        if self.terminal:
            data = b"\n".join(
                safe_json(part).encode() for part in data.decode("utf-8", "replace").split("\n")
            )
        self._write(data)

    def row(self, raw: bytes, form: Format, *, color: bool) -> None:
        """Write a stored row (for `json`: as it is to be printed) in a format."""
        match form:
            case "json":
                self.lines([raw])
            case "text":
                today = datetime.now(UTC).date().isoformat()
                self.text(colored_line(decode(raw), today=today, color=color))
            case _:
                line = shaped(raw, form)
                self.text(safe(line) if self.terminal else line)

    def text(self, text: str) -> None:
        """Write one line that is safe already."""
        self._write(text.encode("utf-8", "backslashreplace") + b"\n")

    def _write(self, data: bytes) -> None:
        if self.closed:
            return
        try:
            self._out.write(data)
            self._out.flush()
        except BrokenPipeError:
            self.closed = True
            # The interpreter flushes stdout once more at exit; that must not fail a second time.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def note(self, text: str) -> None:
        """Say something that is not data, on stderr."""
        print(safe(text), file=self._err, flush=True)
