"""The life of a socket: any frame is a sign of life, silence is the end, and nobody who stands still holds us."""

import psutil
import pytest
from debugterm_protocol import codec, frames, limits
from debugterm_server.api import websocket

from tests.support.hub import served
from tests.support.processes import until
from tests.support.rawsocket import PING, PONG, TEXT, frame, hello, upgraded

BEAT_MS = 300
PINGS = 10_000
"""Their answers are more than the kernel takes for a client that does not read."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HEARTBEAT_MS", BEAT_MS)
    monkeypatch.setattr(limits, "HELLO_SECONDS", 2)
    monkeypatch.setattr(websocket, "CLOSE_SECONDS", 0.3)


@pytest.mark.parametrize(
    "sign",
    [frame(PONG), frame(PING), frame(TEXT, codec.encode(frames.Pong(ts="now")))],
    ids=["pong", "ping", "a frame of the protocol"],
)
async def test_any_frame_is_a_sign_of_life_and_silence_is_the_end(sign: bytes) -> None:
    async with served() as hub:
        async with upgraded(hub.url) as peer:
            peer.writer.write(frame(TEXT, hello(await hub.token("viewer"))))
            await peer.until_text(frames.Welcome)
            for _ in range(5):
                # Longer than the beat, shorter than what silence is allowed to last.
                await peer.until_text(frames.Ping)
                peer.writer.write(sign)
            said = await peer.end()

    assert said == ["bye 4004", "close 4004"]


def held(port: int) -> int:
    """Connections to a port that the kernel still keeps for us, both ends counted."""
    return sum(
        one.status == psutil.CONN_ESTABLISHED and one.laddr.port == port
        for one in psutil.Process().net_connections("tcp")
    )


async def test_a_client_that_reads_nothing_is_let_go_with_all_that_waits_for_it() -> None:
    async with served() as hub:
        port = int(hub.url.rpartition(":")[2])
        await hub.http.close()
        async with upgraded(hub.url, takes=4096) as peer:
            before = held(port)
            peer.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a transport that reads
            peer.writer.write(b"".join(frame(PING, b"x" * 125) for _ in range(PINGS)))
            await until(lambda: held(port) == 0, "it is let go", seconds=10)

    assert before == 1
