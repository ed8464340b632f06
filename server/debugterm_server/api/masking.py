"""What RFC 6455 asks of a client's frames and aiohttp's parser does not look at: the mask, and one message at a time.

Stands between the connection and the parser. Whole frames are passed on as they came; the first forbidden one is
replaced by a frame that the parser refuses with 1002, so that all refusals take one way.
"""

from typing import Protocol

_REFUSED = b"\x83\x80\x00\x00\x00\x00"
"""A reserved opcode."""
_MASKED = 0x80
_FIN = 0x80
_TEXT, _BINARY = 1, 2


class Parser(Protocol):
    """aiohttp's reader of frames."""

    def feed_eof(self) -> None:
        """Nothing more will come."""

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Some bytes; whether it is over, and what is left."""


class Masking:
    """Hands on the bytes of whole headers and their payloads; holds back less than a header."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser
        self._held = b""
        self._skip = 0
        self._open = False

    def feed_eof(self) -> None:
        """Nothing more will come."""
        self._parser.feed_eof()

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Some bytes of the connection; whether it is over, and what is left."""
        if self._held:
            data, self._held = self._held + data, b""
        at, end = self._skip, len(data)
        while at + 2 <= end:
            first, second = data[at], data[at + 1]
            if not second & _MASKED or self._interrupts(first):
                return self._parser.feed_data(data[:at] + _REFUSED)
            head = _head(second & 0x7F)
            if at + head > end:
                break
            at += head + _size(data, at, second & 0x7F)
            self._open = self._next(first)
        self._skip = max(0, at - end)
        if at < end:
            data, self._held = data[:at], data[at:]
        return self._parser.feed_data(data) if data else (False, b"")

    def _interrupts(self, first: int) -> bool:
        """Whether a new message begins while another one lacks its end."""
        return self._open and first & 0x0F in (_TEXT, _BINARY)

    def _next(self, first: int) -> bool:
        """Whether a message is open after this frame; control frames stand between its parts."""
        return self._open if first & 0x08 else not first & _FIN


def _head(short: int) -> int:
    return 6 + {126: 2, 127: 8}.get(short, 0)


def _size(data: bytes, at: int, short: int) -> int:
    match short:
        case 126:
            return int.from_bytes(data[at + 2 : at + 4], "big")
        case 127:
            return int.from_bytes(data[at + 2 : at + 10], "big")
        case _:
            return short
