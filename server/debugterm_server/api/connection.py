"""One connected client as the rooms see it: frames out in order, bounded, never waiting."""

import asyncio

import msgspec
from debugterm_protocol import limits
from debugterm_protocol.close import WORDS, Close
from debugterm_protocol.frames import Bye, Err, Ok, Problem, ServerFrame

from debugterm_server.api.wire import wrap
from debugterm_server.core.policy import Subject
from debugterm_server.rooms.hub import Running

_encoder = msgspec.json.Encoder()


class Connection:
    """Writes whole messages to the transport: no other code writes part of one, so they never mix.

    Session events and answers are lossless: a client that does not take them while more than
    `limits.CTL_QUEUE_BYTES` wait is asked to come back (4003) and resumes. Rows are bounded by the hub, which tells
    a gap instead.
    """

    def __init__(self, id: str, transport: asyncio.Transport) -> None:  # noqa: A002 - it is the id
        self.id = id
        self.client = ""
        self.subject: Subject | None = None
        self.watches: dict[str, Running] = {}
        self.counted = False
        self.bad_frames = 0
        self.reconnect_after_ms: int | None = None
        """Told with the `bye`, when the hub stops."""
        self.closing: asyncio.Future[Close] = asyncio.get_running_loop().create_future()
        self._transport = transport

    def write(self, message: bytes) -> None:
        """Hand over one whole message; dropped when the connection is closing."""
        if not self._transport.is_closing():
            self._transport.write(message)

    @property
    def waiting(self) -> int:
        """Bytes the kernel has not taken yet."""
        return self._transport.get_write_buffer_size()

    def send(self, frame: ServerFrame) -> None:
        """A frame for this client alone."""
        if self.waiting > limits.CTL_QUEUE_BYTES + limits.WRITE_BUFFER_BYTES:
            self.close(Close.SLOW)
            return
        self.write(wrap(_encoder.encode(frame)))

    def ok(self, request: str, payload: bytes = b"{}") -> None:
        """The request is done."""
        self.send(Ok(id=request, p=msgspec.Raw(payload)))

    def err(self, request: str, problem: Problem) -> None:
        """The request was refused."""
        self.send(Err(id=request, p=problem))

    def close(self, code: Close) -> None:
        """End this connection; the first reason counts."""
        if not self.closing.done():
            self.closing.set_result(code)

    def bye(self, code: Close) -> None:
        """Say why, because proxies eat the reason of a close."""
        self.write(
            wrap(
                _encoder.encode(
                    Bye(code=code, reason=WORDS[code], reconnect_after_ms=self.reconnect_after_ms)
                )
            )
        )
