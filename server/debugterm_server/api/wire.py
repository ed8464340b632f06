"""WebSocket messages as bytes: one unmasked, unfragmented text frame (RFC 6455, section 5.2), made once for many."""


def wrap(payload: bytes) -> bytes:
    """The bytes of one text message from server to client."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def control(opcode: int, payload: bytes) -> bytes:
    """The bytes of a control frame from server to client; of a longer payload the first 125 bytes count."""
    return bytes((0x80 | opcode, min(len(payload), 125))) + payload[:125]
