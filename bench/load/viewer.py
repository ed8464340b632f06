"""One viewer of a crowd: a raw socket that says hello, watches, counts rows, acknowledges and notes how late they are.

Frames that many viewers share are read by the first of them that gets one; the others know it by its head. So what
a viewer costs this process is one `recv` a frame, and the process stays far below what it measures.
"""

import re
import socket
import time
from collections import Counter
from urllib.parse import SplitResult

import msgspec
from debugterm_protocol import SUBPROTOCOL, codec, frames, limits

from bench.load import wire

HEAD = 160
"""Bytes of a payload by which it is known: channel, epoch, first entry, first indexes."""
KNOWN = 4096
"""Shared frames remembered; beyond it all are forgotten."""
ACK_ROWS = limits.WINDOW_ROWS // 4
TICK_NS = 100_000
"""Waits are counted in tenths of a millisecond."""
_SENT = re.compile(rb'sent\\?":(\d+)')

buffer = memoryview(bytearray(1 << 20))
"""All viewers of a process read into the same bytes."""


class Body:
    """What one frame of rows holds."""

    __slots__ = ("ack", "place", "rows", "sent")

    def __init__(self, payload: bytes) -> None:
        stamps = _SENT.findall(payload)
        self.rows = len(stamps)
        self.sent = [(int(stamp), count) for stamp, count in Counter(stamps).items()]
        self.place = _last(payload) if payload.startswith(b'{"t":"rows"') else ("", "")
        self.ack = b""


def _last(payload: bytes) -> tuple[str, str]:
    """Epoch and offset of the last row of a `rows` frame."""
    start = payload.rfind(b'{"e":"') + 6
    entry = payload[start : payload.index(b'"', start)]
    index = payload[start : payload.index(b"]", start)].rpartition(b"[")[2].rpartition(b",")[2]
    begin = payload.index(b'"ep":"') + 6
    return payload[begin : payload.index(b'"', begin)].decode(), f"{entry.decode()}-{index.decode()}"


class Tally:
    """What all viewers of a process got together."""

    def __init__(self) -> None:
        self.rows = self.missed = self.messages = self.bytes = self.done = 0
        self.waits: Counter[int] = Counter()
        self.wanted = 0
        """Rows after which a viewer has all; 0 for never."""


class Viewer:
    """One socket of a debugterm hub. `live` once it has caught up; `broken` says why it ended too early."""

    protocol = SUBPROTOCOL

    def __init__(self, tally: Tally, known: dict[bytes, Body], *, token: str = "", query: str = "") -> None:
        self._tally = tally
        self._known = known
        self._token = token
        self.query = query
        self.source: frames.Place | str = "now"
        self.place = ("", "")
        self.rows = 0
        self.live = False
        self.broken = ""
        self.fd = -1

    # -- the socket --------------------------------------------------------------------------------------

    def open(self, url: SplitResult) -> None:
        """Begin to connect; the crowd says when the socket can be written."""
        self._sock = socket.socket()
        self._sock.settimeout(0)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock.connect_ex((url.hostname or "", url.port or 80))
        self.fd = self._sock.fileno()
        self.live, self.broken, self.upgraded = False, "", False
        self._rest = b""
        self._left, self._parts = 0, bytearray()
        self._body: Body | None = None
        self._opcode, self._key = 0, b""
        self._unacked, self._acked, self._ch = 0, 0, ""

    def connected(self, request: bytes) -> None:
        """The socket can be written."""
        error = self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            self.broken = f"connect: {error}"
        else:
            self._send(request)

    def close(self) -> None:
        """Drop the connection without a word, as a lost network does."""
        self._sock.close()

    def read(self) -> None:
        """Whatever has come."""
        try:
            count = self._sock.recv_into(buffer)
        except BlockingIOError:
            return
        except OSError as error:
            self.broken = str(error)
            return
        if not count:
            self.broken = "closed"
            return
        self._tally.bytes += count
        if self._rest:
            rest, self._rest = self._rest, b""
            whole = rest + bytes(buffer[:count])
            self._take(memoryview(whole), len(whole))
        else:
            self._take(buffer, count)

    def _send(self, data: bytes) -> None:
        try:
            self._sock.send(data)
        except OSError as error:
            self.broken = str(error)

    # -- frames ------------------------------------------------------------------------------------------

    def _take(self, data: memoryview, end: int) -> None:
        place = 0 if self.upgraded else self._answer(data, end)
        while place < end and not self.broken:
            if not self._left:
                found = wire.head(data, place, end)
                if found is None or end - found[1] < min(HEAD, found[2]):
                    self._rest = bytes(data[place:end])
                    return
                place = self._begin(data, *found)
            take = min(self._left, end - place)
            if self._body is None:
                self._parts += data[place : place + take]
            self._left -= take
            place += take
            if not self._left:
                self._end()

    def _begin(self, data: memoryview, opcode: int, start: int, size: int) -> int:
        self._opcode, self._left = opcode, size
        self._key = b"%d" % size + bytes(data[start : start + HEAD])
        self._body = self._known.get(self._key)
        return start

    def _end(self) -> None:
        body, self._body = self._body, None
        if body is None:
            payload = bytes(self._parts)
            self._parts.clear()
            if self._opcode in (wire.TEXT, wire.BINARY):
                body = self._message(payload)
            elif self._opcode == wire.PING:
                self._send(wire.message(payload, opcode=wire.PONG))
            elif self._opcode == wire.CLOSE:
                self.broken = f"closed by the server: {payload[2:].decode()}"
        if body is not None:
            self._count(body)

    def _count(self, body: Body) -> None:
        tally, now = self._tally, time.time_ns()
        tally.messages += 1
        tally.rows += body.rows
        for sent, count in body.sent:
            tally.waits[(now - sent) // TICK_NS] += count
        self.rows += body.rows
        if self.rows - body.rows < tally.wanted <= self.rows:
            tally.done += 1
        if body.ack:
            self.place = body.place
            self._unacked += body.rows
            if self._unacked >= ACK_ROWS or now - self._acked >= limits.ACK_MS * 1_000_000:
                self._unacked, self._acked = 0, now
                self._send(body.ack)

    # -- the protocol ------------------------------------------------------------------------------------

    def _answer(self, data: memoryview, end: int) -> int:
        """The answer to the upgrade; how many bytes of it there were."""
        text = bytes(data[:end])
        head, found, _ = text.partition(b"\r\n\r\n")
        if not found:
            self._rest = text
            return end
        if not head.startswith(b"HTTP/1.1 101"):
            self.broken = head[9:12].decode()
            return end
        self.upgraded = True
        self.greet()
        return len(head) + 4

    def greet(self) -> None:
        """Say who this is."""
        self.say(frames.Hello(id="h", env="development", token=self._token))

    def say(self, frame: frames.ClientFrame) -> None:
        """Send a frame."""
        self._send(wire.message(codec.encode(frame)))

    def _message(self, payload: bytes) -> Body | None:
        """One text message; what it holds when it holds rows."""
        if payload.startswith(b'{"t":"rows"'):
            body = Body(payload)
            ack = frames.Ack(ch=self._ch, o=body.place[1])
            body.ack = wire.message(codec.encode(ack))
            self._remember(body)
            return body
        kind = payload[6 : payload.index(b'"', 6)]
        if kind == b"welcome":
            self.place = (msgspec.json.decode(payload)["epoch"], "")
            self.say(frames.Watch(id="w", query=self.query, source=self.source))
        elif kind == b"ok" and not self._ch:
            self._ch = msgspec.json.decode(payload)["p"]["ch"]
        elif kind == b"caught":
            self.place = (self.place[0], msgspec.json.decode(payload)["o"])
            self.live = True
        elif kind == b"gap":
            self._miss(msgspec.json.decode(payload).get("n") or 0)
        elif kind in {b"err", b"bye"}:
            self.broken = payload.decode()
        return None

    def _remember(self, body: Body) -> None:
        if len(self._known) >= KNOWN:
            self._known.clear()
        self._known[self._key] = body

    def _miss(self, rows: int) -> None:
        self._tally.missed += rows
        self.rows += rows
        if self.rows - rows < self._tally.wanted <= self.rows:
            self._tally.done += 1


class Nchan(Viewer):
    """One WebSocket subscriber of nchan: a message is a published body."""

    protocol = ""

    def greet(self) -> None:
        """Subscribed by connecting."""
        self.live = True

    def _message(self, payload: bytes) -> Body | None:
        body = Body(payload)
        # Its head does not tell one body from the next of the same rows: good for counting, not for waits.
        body.sent = []
        self._remember(body)
        return body


class Frontail(Viewer):
    """One page of frontail: socket.io, protocol 3, an event a line. The token is its namespace."""

    protocol = ""

    def greet(self) -> None:
        """It speaks first."""

    def _message(self, payload: bytes) -> Body | None:
        if payload == b"40":
            self._send(wire.message(f"40{self._token},".encode()))
        elif b"options:lines" in payload:
            self.live = True
        return Body(payload) if b"sent\\" in payload else None
