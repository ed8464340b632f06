"""Tell whoever started us that we are ready: systemd (`Type=notify`), or `debugterm-server dev`.

Source: sd_notify(3), one datagram to the unix socket named by NOTIFY_SOCKET; a leading @ means an abstract one.
"""

import contextlib
import socket


def ready(address: str, *, status: str) -> None:
    """Send `READY=1` and a line of status; nobody listening is no error, because nothing depends on it."""
    path = "\0" + address[1:] if address.startswith("@") else address
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.sendto(f"READY=1\nSTATUS={status}".encode(), path)
