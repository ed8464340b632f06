"""RFC 6455 from the other side: an outside suite plays the hub for a socket opened as our client opens its own."""

import asyncio
import sys
from pathlib import Path

import aiohttp
import msgspec
import pytest
from debugterm_protocol import SUBPROTOCOL

from tests.support.processes import free_port, until

CASES = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"]
LONGEST = 16 * 1024 * 1024
"""Our client's own limit is smaller, the suite sends up to 16 MiB."""
ALLOWED = {"OK", "NON-STRICT", "INFORMATIONAL"}
KNOWN = {"7.9.5"}
"""The close code 1006, which aiohttp's client answers as if it could be sent; a hub of ours never sends it."""


async def echo(http: aiohttp.ClientSession, url: str) -> list[str]:
    """One connection of the suite, every message sent back; the texts that came."""
    texts: list[str] = []
    async with http.ws_connect(url, protocols=[SUBPROTOCOL], max_msg_size=LONGEST) as ws:
        async for message in ws:
            if message.type is aiohttp.WSMsgType.TEXT:
                texts.append(message.data)
                await ws.send_str(message.data)
            elif message.type is aiohttp.WSMsgType.BINARY:
                await ws.send_bytes(message.data)
    return texts


@pytest.mark.nightly
async def test_the_outside_suite_passes_on_the_socket_of_our_client(tmp_path: Path) -> None:
    port = free_port()
    address = f"127.0.0.1:{port}"
    words = [word for case in CASES for word in ("--include", case)]
    kosoku = str(Path(sys.executable).with_name("kosoku"))
    suite = await asyncio.create_subprocess_exec(
        *(kosoku, "--mode", "fuzzingserver", "--outdir", str(tmp_path), *words, address),
        stderr=asyncio.subprocess.PIPE,
    )
    assert suite.stderr is not None
    try:
        assert b"listening" in await suite.stderr.readline()
        async with aiohttp.ClientSession() as http:
            (count,) = await echo(http, f"ws://{address}/getCaseCount")
            for case in range(1, int(count) + 1):
                await echo(http, f"ws://{address}/runCase?case={case}&agent=debugterm")
            await echo(http, f"ws://{address}/updateReports?agent=debugterm")
        await until((tmp_path / "index.json").exists, "the suite wrote its report")
    finally:
        if suite.returncode is None:
            suite.kill()
        await suite.wait()
    (cases,) = msgspec.json.decode((tmp_path / "index.json").read_bytes()).values()
    failed = {case for case, one in cases.items() if not {one["behavior"], one["behaviorClose"]} <= ALLOWED}

    assert len(cases) > 240
    assert failed <= KNOWN
