"""RFC 6455: an outside suite against our sockets, and every kind of bad frame against a real hub (rows 20, 22)."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from debugterm_protocol import codec, frames, limits

from tests.support.hub import Hub, served
from tests.support.processes import free_port
from tests.support.rawsocket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    closing,
    frame,
    hello,
    upgraded,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

CASES = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.1.*", "9.3.*", "9.5.*", "9.7.*", "10.*"]
LATE = {"6.4.1", "6.4.2", "6.4.3", "6.4.4"}
"""Bad UTF-8 is refused at the end of its message, not at its first byte: allowed, but called not strict."""
OPEN = {"7.1.6", "7.13.1", "7.13.2"}
"""Cases about which the RFC says nothing."""


async def test_the_outside_suite_passes_on_our_sockets(tmp_path: Path) -> None:
    port = free_port()
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.echo", str(port)), stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    try:
        await server.stdout.readline()
        words = [word for case in CASES for word in ("--include", case)]
        kosoku = str(Path(sys.executable).with_name("kosoku"))
        suite = await asyncio.create_subprocess_exec(
            *(kosoku, "--parallelism", "4", "--outdir", str(tmp_path), *words, f"ws://127.0.0.1:{port}/"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await suite.communicate()
    finally:
        server.kill()
        await server.wait()
    (cases,) = msgspec.json.decode((tmp_path / "index.json").read_bytes()).values()

    assert suite.returncode == 0, said.decode()
    assert len(cases) > 270
    verdicts = {case: (one["behavior"], one["behaviorClose"]) for case, one in cases.items()}
    assert {case for case, verdict in verdicts.items() if verdict != ("OK", "OK")} <= LATE | OPEN


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub() -> AsyncIterator[Hub]:
    async with served() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def witness(hub: Hub) -> AsyncIterator[Any]:
    """Somebody who watches all the time; whatever others send, the next row reaches them."""
    async with hub.client("viewer") as client:
        await client.watch()
        yield client
        await hub.ingest(b"still here")
        await client.rows(len(client.all_rows()) + 1)


REFUSED: list[tuple[str, bytes, int]] = [
    ("a frame with RSV1 although nothing was negotiated", frame(TEXT, b"{}", rsv=4), 1002),
    ("a frame with RSV3", frame(TEXT, b"{}", rsv=1), 1002),
    ("a ping with RSV1", frame(PING, b"", rsv=4), 1002),
    ("a frame that is not masked", frame(TEXT, b"{}", masked=False), 1002),
    ("a ping that is not masked", frame(PING, b"x", masked=False), 1002),
    ("a close that is not masked", frame(CLOSE, b"\x03\xe8", masked=False), 1002),
    *[(f"the reserved opcode {code:#x}", frame(code, b"{}"), 1002) for code in (3, 7, 0xB, 0xF)],
    ("a ping of 126 bytes", frame(PING, b"x" * 126), 1002),
    ("a close of 70,000 bytes", frame(CLOSE, b"\x03\xe8" + b"x" * 70_000), 1002),
    ("a ping in two parts", frame(PING, b"x", fin=False), 1002),
    ("a continuation of nothing", frame(CONTINUATION, b"{}"), 1002),
    ("a message within a message", frame(TEXT, b"{", fin=False) + frame(TEXT, b"}"), 1002),
    ("a message within an empty beginning", frame(TEXT, b"", fin=False) + frame(TEXT, b"{}"), 1002),
    ("a close of one byte", frame(CLOSE, b"\x03"), 1002),
    ("bad UTF-8", frame(TEXT, b"\xff\xfe"), 1007),
    ("a message one byte too long", frame(TEXT, b"x" * (limits.FRAME_IN_BYTES + 1)), 1009),
    ("a length of 2^62", bytes((0x81, 0xFF)) + (1 << 62).to_bytes(8, "big") + b"mask", 1009),
    ("a length of 2^64 - 1", bytes((0x81, 0xFF)) + b"\xff" * 8 + b"mask", 1009),
    (
        "too much in parts",
        frame(TEXT, b"x" * 60_000, fin=False) + frame(CONTINUATION, b"x" * 60_000),
        1009,
    ),
    *[
        (f"the close code {code}", closing(code), 1002)
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535)
    ],
]


@pytest.mark.parametrize(("sent", "code"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
@pytest.mark.parametrize("greeted", [True, False], ids=["after hello", "before hello"])
@pytest.mark.usefixtures("witness")
async def test_a_frame_that_the_rfc_forbids_is_told_in_a_bye_and_closed_with_its_code(
    hub: Hub, sent: bytes, code: int, *, greeted: bool
) -> None:
    async with upgraded(hub.url) as peer:
        if greeted:
            peer.writer.write(frame(TEXT, hello(await hub.token("responder"))))
            await peer.until_text(frames.Welcome)
        peer.writer.write(sent)

        assert await peer.end() == ["bye 4500", f"close {code}"]


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1008, 1011, 1013, 3000, 4000, 4999])
async def test_a_close_is_answered_with_its_own_code(hub: Hub, code: int) -> None:
    async with upgraded(hub.url) as peer:
        peer.writer.write(closing(code))

        assert await peer.end() == [f"close {code}"]


async def test_a_close_without_a_code_is_answered_as_a_normal_one(hub: Hub) -> None:
    async with upgraded(hub.url) as peer:
        peer.writer.write(frame(CLOSE))

        assert await peer.end() == ["close 1000"]


@pytest.mark.usefixtures("witness")
async def test_a_hello_byte_by_byte_is_heard(hub: Hub) -> None:
    sent = frame(TEXT, hello(await hub.token("responder")))
    async with upgraded(hub.url) as peer:
        for byte in sent:
            peer.writer.write(bytes((byte,)))
            await peer.writer.drain()
            await asyncio.sleep(0)

        await peer.until_text(frames.Welcome)


@pytest.mark.usefixtures("witness")
async def test_a_hello_that_comes_with_the_upgrade_is_heard(hub: Hub) -> None:
    sent = frame(TEXT, hello(await hub.token("responder")))
    async with upgraded(hub.url, then=sent) as peer:
        await peer.until_text(frames.Welcome)


@pytest.mark.usefixtures("witness")
async def test_ten_thousand_parts_with_pings_between_them_are_one_message(hub: Hub) -> None:
    text = hello(await hub.token("responder")).rjust(10_000)
    parts = [frame(TEXT, text[:1], fin=False)]
    for index in range(1, len(text)):
        parts.append(frame(CONTINUATION, text[index : index + 1], fin=index == len(text) - 1))
        if index % 1000 == 0:
            parts.append(frame(PING, str(index).encode()))
    async with upgraded(hub.url) as peer:
        peer.writer.write(b"".join(parts))
        pongs = []
        async with asyncio.timeout(10):
            while True:
                opcode, payload = await peer.receive()
                if opcode == PONG:
                    pongs.append(payload)
                elif opcode == TEXT:
                    break

        assert isinstance(codec.decode_server(payload), frames.Welcome)
        assert pongs == [str(number).encode() for number in range(1000, 10_000, 1000)]


async def test_a_message_of_just_the_limit_is_read(hub: Hub) -> None:
    async with upgraded(hub.url) as peer:
        peer.writer.write(frame(TEXT, hello(await hub.token("responder")).rjust(limits.FRAME_IN_BYTES)))

        await peer.until_text(frames.Welcome)


async def test_binary_is_not_our_protocol(hub: Hub) -> None:
    async with upgraded(hub.url) as peer:
        peer.writer.write(frame(TEXT, hello(await hub.token("responder"))))
        await peer.until_text(frames.Welcome)
        peer.writer.write(frame(BINARY, b"{}"))

        assert (await peer.end())[0] == "bye 4500"


async def test_noise_after_the_upgrade_hurts_nobody(hub: Hub, witness: object) -> None:
    chance = random.Random(6455)
    for _ in range(50):
        async with upgraded(hub.url, then=chance.randbytes(chance.randrange(1, 400))) as peer:
            peer.writer.write(chance.randbytes(2_000))
            peer.writer.write_eof()
            await peer.end()
