"""Bytes to frames and back; the three ways in which attacker's bytes can fail become one error."""

from typing import TypeVar

import msgspec

from debugterm_protocol import limits
from debugterm_protocol.frames import ClientFrame, ServerFrame

T = TypeVar("T")

_client: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)
_server: msgspec.json.Decoder[ServerFrame] = msgspec.json.Decoder(ServerFrame)
_encoder = msgspec.json.Encoder()


class BadFrame(ValueError):
    """The bytes are not a frame; the message says why in words without quoting them at length."""


def _decode(decoder: msgspec.json.Decoder[T], data: bytes | str) -> T:
    try:
        return decoder.decode(data)
    except msgspec.DecodeError as error:
        raise BadFrame(str(error)) from None
    except (RecursionError, UnicodeDecodeError, UnicodeEncodeError):
        raise BadFrame("too deeply nested, or not UTF-8") from None


def decode_client(data: bytes | str) -> ClientFrame:
    """Read a frame that a client sent; at most `limits.FRAME_IN_BYTES`. Raises BadFrame."""
    if len(data) > limits.FRAME_IN_BYTES:
        raise BadFrame(f"longer than {limits.FRAME_IN_BYTES} bytes")
    return _decode(_client, data)


def decode_server(data: bytes | str) -> ServerFrame:
    """Read a frame that the hub sent. Raises BadFrame."""
    return _decode(_server, data)


def encode(frame: ClientFrame | ServerFrame) -> bytes:
    """The bytes of a frame."""
    return _encoder.encode(frame)


def stored_row_json(row: bytes, *, entry: str, index: int, env: str) -> bytes:
    """A row as `--json` and HTTP show it: `id` and `env` spliced in front of the bytes stored at ingest.

    `row` is a JSON object with at least one member (a stored row begins with `{"ts":`).
    """
    return b'{"id":"%b-%d","env":"%b",%b' % (entry.encode(), index, env.encode(), row[1:])
