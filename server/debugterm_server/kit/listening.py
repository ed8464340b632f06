"""Listening sockets, made by hand for what must be set before the first connection: small buffers, a shared port."""

import errno
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

SEND_BUFFER_BYTES = 64 * 1024
"""What the kernel takes for a client that does not read; the kernel doubles it, and every connection inherits it.
Left alone it grows to 4 MB: rows that nobody can take back when their reader stands still."""
BACKLOG = 2048
"""Connections that wait to be taken: all clients of a hub that died come at once."""
STALE_SECONDS = 1.0
"""How long the workers of a parent that was killed may take to let go of the port."""


def sockets(host: str, port: int, *, shared: bool) -> list[socket.socket]:
    """A bound socket for each address of `host`, all on one port, which the system chooses when it is 0.

    `shared`: other processes of this user may bind the port too; the kernel spreads connections over those that
    listen. Raises OSError.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    with ExitStack() as stack:
        made: list[socket.socket] = []
        for family, _, _, _, address in dict.fromkeys(found):
            where = (address[0], made[0].getsockname()[1] if made else port, *address[2:])
            try:
                made.append(stack.enter_context(_bound(family, where, shared=shared)))
            except OSError as error:
                # A name like localhost has addresses that this machine need not have.
                if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT) or len(found) == 1:
                    raise
        if not made:
            raise OSError(errno.EADDRNOTAVAIL, "no address of this name is one of this machine")
        _ = stack.pop_all()
        return made


@contextmanager
def reserved(host: str, port: int) -> Iterator[int]:
    """Hold a port for our workers without taking connections; the port. Raises OSError.

    First bound alone: a shared port would be shared with a stranger's hub, too.
    """
    chosen = _free(host, port)
    held = sockets(host, chosen, shared=True)
    try:
        yield chosen
    finally:
        for one in held:
            one.close()


def words(error: OSError, host: str, port: int) -> str:
    """One line for a user: what cannot be opened, why, what to do."""
    why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or error
    return f"cannot listen on {host}:{port}: {why}; stop what holds the port or set PORT to another one"


def _free(host: str, port: int) -> int:
    deadline = time.monotonic() + STALE_SECONDS
    while True:
        try:
            alone = sockets(host, port, shared=False)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
            continue
        chosen: int = alone[0].getsockname()[1]
        for one in alone:
            one.close()
        return chosen


def _bound(family: int, address: tuple[object, ...], *, shared: bool) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.settimeout(0)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made
