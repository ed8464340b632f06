"""A process with many viewers of the same rows; prints `ready`, then what they got as one JSON line.

    python -m bench.load.viewers URL --count 50 --rows 100000 --stamped 5

It ends when every viewer got (or was told that it missed) `--rows` rows, or after `--seconds`. The first `--stamped`
viewers read the time in every row; the others only count, because decoding would measure this process and not
the server. Access tokens are read from standard input, one a line, and taken in turn.
"""

import asyncio
import re
import sys
import time

import aiohttp
import click
import msgspec
import uvloop
from debugterm_protocol import SUBPROTOCOL, codec, frames, limits

MARK = b'sent":'
MARK_QUOTED = rb"sent\":"
"""The mark of a row inside a JSON text, as socket.io carries it."""
_SENT = re.compile(rb'sent\\?":(\d+)')
ACK_ROWS = limits.WINDOW_ROWS // 4


class Viewer:
    """One socket of a debugterm hub."""

    protocols: tuple[str, ...] = (SUBPROTOCOL,)

    def __init__(self, *, stamped: bool, token: str = "", query: str = "", source: str = "now") -> None:
        self.rows = self.missed = self.messages = self.bytes = 0
        self.waits: list[int] = []
        self._stamped = stamped
        self._token = token
        self._watch = frames.Watch(id="w", query=query, source=source)
        self._unacked = 0
        self._acked = 0.0
        self._ch = ""

    async def greet(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """Connect and watch; live when it returns."""
        hello = frames.Hello(id="h", env="development", token=self._token)
        await ws.send_str(codec.encode(hello).decode())
        await ws.send_str(codec.encode(self._watch).decode())
        while True:
            data = (await ws.receive()).data
            if data.startswith(b'{"t":"err"'):
                raise SystemExit(f"refused: {data.decode()}")
            if data.startswith(b'{"t":"ok"'):
                self._ch = msgspec.json.decode(data)["p"]["ch"]
            if data.startswith(b'{"t":"caught"'):
                return
            await _answer(ws, self.take(data))

    def take(self, data: bytes) -> str:
        """One message; what to answer, if anything."""
        if data.startswith(b'{"t":"rows"'):
            self.count(data, MARK)
            return self._acknowledge(data)
        if data.startswith(b'{"t":"gap"'):
            gap = codec.decode_server(data)
            assert isinstance(gap, frames.Gap)
            self.missed += gap.n or 0
        return ""

    def count(self, data: bytes, mark: bytes) -> None:
        """The rows of a message, and how old each is."""
        now = time.time_ns()
        found = data.count(mark)
        if not found:
            return
        self.messages += 1
        self.bytes += len(data)
        self.rows += found
        self._unacked += found
        if self._stamped:
            self.waits += [now - int(stamp) for stamp in _SENT.findall(data)]

    def _acknowledge(self, data: bytes) -> str:
        now = time.monotonic()
        if self._unacked < ACK_ROWS and now < self._acked + limits.ACK_MS / 1000:
            return ""
        self._unacked, self._acked = 0, now
        start = data.rfind(b'{"e":"') + 6
        entry = data[start : data.index(b'"', start)]
        index = data[start : data.index(b"]", start)].rpartition(b"[")[2].rpartition(b",")[2]
        ack = frames.Ack(ch=self._ch, o=f"{entry.decode()}-{index.decode()}")
        return codec.encode(ack).decode()


class Nchan(Viewer):
    """One WebSocket subscriber of nchan: a message is a published body."""

    protocols = ()

    async def greet(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """Subscribed by connecting."""

    def take(self, data: bytes) -> str:
        """One message."""
        self.count(data, MARK)
        return ""


class Frontail(Viewer):
    """One page of frontail: socket.io, protocol 3, an event a line. The token is its namespace."""

    protocols = ()

    async def greet(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """Join the namespace of the file."""
        while (await ws.receive()).data != b"40":
            pass
        await ws.send_str(f"40{self._token},")
        while b"options:lines" not in (await ws.receive()).data:
            pass

    def take(self, data: bytes) -> str:
        """One message."""
        self.count(data, MARK_QUOTED)
        return ""


async def _answer(ws: aiohttp.ClientWebSocketResponse, text: str) -> None:
    if text:
        await ws.send_str(text)


KINDS: dict[str, type[Viewer]] = {"debugterm": Viewer, "nchan": Nchan, "frontail": Frontail}


async def view(url: str, viewers: list[Viewer], *, rows: int, seconds: float) -> dict[str, object]:
    """Connect all, tell that they are ready, read until they have their rows."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        sockets = [await _open(http, url, viewer) for viewer in viewers]
        print("ready", flush=True)
        begun = time.monotonic()
        ends = await asyncio.gather(
            *(_read(ws, viewer, rows, begun + seconds) for ws, viewer in zip(sockets, viewers, strict=True))
        )
    return _result(viewers, seconds=max(ends) - begun)


async def _open(http: aiohttp.ClientSession, url: str, viewer: Viewer) -> aiohttp.ClientWebSocketResponse:
    ws = await http.ws_connect(url, protocols=viewer.protocols, max_msg_size=0, decode_text=False, compress=0)
    await viewer.greet(ws)  # type: ignore[arg-type]  # decode_text only changes the type of `data`
    return ws  # type: ignore[return-value]


async def _read(ws: aiohttp.ClientWebSocketResponse, viewer: Viewer, rows: int, until: float) -> float:
    try:
        async with asyncio.timeout_at(asyncio.get_running_loop().time() + until - time.monotonic()):
            async for message in ws:
                await _answer(ws, viewer.take(message.data))
                if viewer.rows + viewer.missed >= rows:
                    break
    except TimeoutError:
        pass
    return time.monotonic()


def _result(viewers: list[Viewer], *, seconds: float) -> dict[str, object]:
    waits = sorted(wait for viewer in viewers for wait in viewer.waits)
    place = {f"p{part}_ms": waits[int(len(waits) * part / 100)] / 1e6 for part in (50, 99)} if waits else {}
    sums = {
        name: sum(getattr(viewer, name) for viewer in viewers)
        for name in ("rows", "missed", "messages", "bytes")
    }
    return {"seconds": seconds, **sums, **place}


@click.command()
@click.argument("url")
@click.option("--kind", type=click.Choice(list(KINDS)), default="debugterm")
@click.option("--count", type=int, default=1)
@click.option("--rows", type=int, default=0, help="0: only stay connected.")
@click.option("--stamped", type=int, default=0)
@click.option("--query", default="")
@click.option("--from", "source", default="now", help="Where watching begins: now, or a span back like -15m.")
@click.option("--seconds", type=float, default=60.0)
def main(
    *, url: str, kind: str, count: int, rows: int, stamped: int, query: str, source: str, seconds: float
) -> None:
    """View and print."""
    tokens = sys.stdin.read().split() or [""]
    viewers = [
        KINDS[kind](stamped=place < stamped, token=tokens[place % len(tokens)], query=query, source=source)
        for place in range(count)
    ]
    wanted = rows or sys.maxsize
    print(msgspec.json.encode(uvloop.run(view(url, viewers, rows=wanted, seconds=seconds))).decode())


if __name__ == "__main__":
    main()
