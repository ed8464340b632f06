"""The progress bar of `debugterm ship --no-follow`, on stderr and only when that is a terminal."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn


class Meter:
    """Shows how many of `total` bytes are acknowledged; without a total or a terminal it only says lines."""

    def __init__(self, *, total: int) -> None:
        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        columns = (TextColumn("sending"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        drawn = self._console.is_terminal and total > 0
        self._progress = Progress(*columns, console=self._console, transient=True, disable=not drawn)
        self._task = self._progress.add_task("sending", total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, done: int) -> None:
        """So many bytes are acknowledged now."""
        self._progress.update(self._task, completed=done)

    def say(self, line: str) -> None:
        """One line for the user, above the bar."""
        if self._progress.disable:
            sys.stderr.write(f"debugterm: {line}\n")
            sys.stderr.flush()
        else:
            self._console.print(f"debugterm: {line}", soft_wrap=True)
