"""The event loop: uvloop where it is installed (Linux, macOS), else asyncio's own. Nothing else differs."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run until `main` ends.

    uvloop writes what was queued in one system call a turn and keeps references, not copies, of frames that many
    sockets share.
    """
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)
