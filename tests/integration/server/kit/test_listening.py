"""The doors of a hub: small send buffers from the first connection on, one port for all workers, none for strangers."""

import errno
import socket

import pytest
from debugterm_server.kit import listening


def test_a_connection_inherits_the_small_send_buffer_of_its_door() -> None:
    (door,) = listening.sockets("127.0.0.1", 0, shared=False)
    with door:
        door.listen()
        door.settimeout(5)
        with socket.create_connection(door.getsockname()), door.accept()[0] as taken:
            size = taken.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)

    assert size == 2 * 64 * 1024, "the kernel doubles what is asked for"


def test_every_address_of_a_name_gets_the_same_port() -> None:
    doors = listening.sockets("localhost", 0, shared=False)
    ports = {door.getsockname()[1] for door in doors}
    for door in doors:
        door.close()

    assert len(ports) == 1


def test_a_reserved_port_is_for_workers_and_takes_no_connection() -> None:
    with listening.reserved("127.0.0.1", 0) as port:
        (first,) = listening.sockets("127.0.0.1", port, shared=True)
        (second,) = listening.sockets("127.0.0.1", port, shared=True)
        with first, second:
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port))
            first.listen()
            second.listen()
            with pytest.raises(OSError) as refused, listening.reserved("127.0.0.1", port):
                """Never reached: another server listens there, although it would share."""

    assert refused.value.errno == errno.EADDRINUSE
