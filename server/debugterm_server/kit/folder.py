"""The data folder: made private, proved writable, held by one server at a time."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class FolderProblem(Exception):
    """The folder cannot be used; the message is one line that says what to do."""


class Folder:
    """An exclusive claim on a data folder, held until `close` (or the death of this process)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = -1

    def claim(self) -> Self:
        """Make the folder (mode 0700) and lock it. Raises FolderProblem."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._fd = os.open(self.path / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise FolderProblem(
                f"cannot write to the data folder {self.path}: {error.strerror}; "
                "set DEBUGTERM_DATA_DIR to a folder this user may write"
            ) from None
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise FolderProblem(
                f"the data folder {self.path} is in use by another debugterm-server; "
                "stop that one or set DEBUGTERM_DATA_DIR to another folder"
            ) from None
        return self

    def close(self) -> None:
        """Let go of the folder."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self.claim()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()
