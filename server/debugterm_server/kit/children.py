"""Child processes that never outlive this one: the kernel ends them when it dies (PR_SET_PDEATHSIG).

The signal follows the thread that started the child, so children are started from the main thread.
"""

import ctypes
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import IO

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def dies_with_parent(sign: signal.Signals) -> Callable[[], None] | None:
    """What a child does before it becomes its program; None where the kernel has no such signal."""
    if _libc is None:
        return None
    libc = _libc
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, sign)


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
    pass_fds: Sequence[int] = (),
    sign: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that Ctrl-C reaches it only through us."""
    return subprocess.Popen(  # noqa: S603 - callers pass programs, never a user's words
        command,
        env=env,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        pass_fds=tuple(pass_fds),
        start_new_session=True,
        preexec_fn=dies_with_parent(sign),  # noqa: PLW1509 - one libc call
    )


def stop(process: subprocess.Popen[bytes], *, seconds: float) -> None:
    """Ask a child to end, wait, and end it when it does not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
