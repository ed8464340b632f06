"""The line between a parent and a process that it started: the one says that it serves, the other that it lives.

A socket pair: a byte from the worker means ready, the end of the parent's side means that nobody supervises us. The
kernel ends a worker with its parent where it can (Linux); this covers other systems, and a parent that died before
the worker could ask for that.
"""

import asyncio
import os
import socket


class Leash:
    """The worker's end."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._socket.settimeout(0)

    def ready(self) -> None:
        """Tell the parent that this worker serves."""
        self._socket.send(b"1")

    def hold(self) -> None:
        """From now on end this process, as the kernel would, when its parent is gone."""
        asyncio.get_running_loop().add_reader(self._socket, self._gone)

    def _gone(self) -> None:
        if not self._socket.recv(16):
            os._exit(1)
