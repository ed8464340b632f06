"""A WebSocket client that may send anything: bytes as they are, frames with every bit chosen by the test."""

import asyncio
import base64
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from debugterm_protocol import SUBPROTOCOL, codec, frames

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, rsv: int = 0) -> bytes:
    """One frame from client to server; `rsv` as the three bits stand, 4 is RSV1."""
    size = len(payload)
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    short = size if size < 126 else 126 if size < 65_536 else 127
    length = b"" if size < 126 else size.to_bytes(2 if size < 65_536 else 8, "big")
    head = bytes((first, (0x80 if masked else 0) | short)) + length
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


def closing(code: int) -> bytes:
    """A close frame with this code."""
    return frame(CLOSE, code.to_bytes(2, "big"))


@dataclass
class Peer:
    """The raw client."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def receive(self) -> tuple[int, bytes]:
        """The next frame; opcode -1 when the hub ended the connection."""
        try:
            first, second = await self.reader.readexactly(2)
            size = second & 0x7F
            if size > 125:
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
            return first & 0x0F, await self.reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            return -1, b""

    async def end(self, *, seconds: float = 10) -> list[object]:
        """Read to the end, and end our side when the hub did: what was said last, `bye` codes as numbers of texts, close codes as `close N`."""
        said: list[object] = []
        async with asyncio.timeout(seconds):
            while True:
                opcode, payload = await self.receive()
                if opcode == TEXT and isinstance(bye := codec.decode_server(payload), frames.Bye):
                    said.append(f"bye {bye.code}")
                elif opcode == CLOSE:
                    said.append(f"close {int.from_bytes(payload[:2], 'big')}")
                    self.writer.write_eof()
                elif opcode == -1:
                    return said

    async def until_text(self, kind: type[frames.ServerFrame]) -> frames.ServerFrame:
        """Read up to a frame of the protocol of this kind."""
        async with asyncio.timeout(10):
            while True:
                opcode, payload = await self.receive()
                assert opcode != -1, f"the hub ended before {kind.__name__}"
                if opcode == TEXT and isinstance(said := codec.decode_server(payload), kind):
                    return said


@asynccontextmanager
async def upgraded(url: str, *, then: bytes = b"", takes: int = 0) -> AsyncIterator[Peer]:
    """Connected and upgraded; `then` is sent in one piece with the request.

    `takes`: bytes that the kernel takes for a client that does not read, 0 for as it likes.
    """
    where = urlsplit(url)
    door = socket.socket()
    if takes:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, takes)
    door.settimeout(0)
    await asyncio.get_running_loop().sock_connect(door, (where.hostname, where.port))
    reader, writer = await asyncio.open_connection(sock=door)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /ws HTTP/1.1",
        f"Host: {where.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Protocol: {SUBPROTOCOL}",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + then)
    try:
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101 "), answer
        yield Peer(reader, writer)
    finally:
        writer.transport.abort()


def hello(token: str) -> bytes:
    """The first frame of the protocol, as bytes of JSON."""
    return codec.encode(frames.Hello(id="hello", env="development", token=token))
