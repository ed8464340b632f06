"""The client's side of a WebSocket in as few steps as Python allows: a generator must not be what is measured.

Frames go out masked with zeros, so that their bytes need no change; what comes in is only told apart by its head.
"""

from urllib.parse import SplitResult

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def upgrade(url: SplitResult, *, protocol: str = "") -> bytes:
    """The request that opens a WebSocket."""
    path = url.path + (f"?{url.query}" if url.query else "")
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {url.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: ZGVidWd0ZXJtIGJlbmNoLg==",
        *([f"Sec-WebSocket-Protocol: {protocol}"] if protocol else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def message(payload: bytes, *, opcode: int = TEXT) -> bytes:
    """One masked frame of at most 64 KiB."""
    size = len(payload)
    short = bytes((0x80 | opcode, 0x80 | size)) if size < 126 else bytes((0x80 | opcode, 0xFE))
    return short + (b"" if size < 126 else size.to_bytes(2, "big")) + b"\0\0\0\0" + payload


def head(data: bytes | memoryview, place: int, end: int) -> tuple[int, int, int] | None:
    """Opcode, place of the payload and its size of the frame that begins at `place`; None when more must come."""
    if end - place < 2:
        return None
    opcode, size = data[place] & 0x0F, data[place + 1]
    if size < 126:
        return opcode, place + 2, size
    wide = 2 if size == 126 else 8
    start = place + 2 + wide
    if end < start:
        return None
    return opcode, start, int.from_bytes(data[place + 2 : start], "big")
