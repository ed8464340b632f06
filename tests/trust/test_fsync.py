"""An acknowledgement means fsynced: kill -9 cannot show it, because the page cache survives, so the calls are counted."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from debugterm_protocol import frames

from tests.support.processes import ENVIRON, Deployment, deployed

BATCHES = 20


def strace() -> str:
    """The program; its absence is a failure unless TRUST_ALLOW_SKIP=1."""
    found = shutil.which("strace")
    if found is None and ENVIRON.get("TRUST_ALLOW_SKIP") == "1":
        pytest.skip("strace is not installed")
    assert found is not None, "strace is missing: apt-get install strace, or set TRUST_ALLOW_SKIP=1"
    return found


@asynccontextmanager
async def traced(pid: int, out: Path) -> AsyncIterator[None]:
    """Every fsync of a process, a line each, written before the process goes on."""
    calls = ("-f", "-e", "trace=fsync,fdatasync", "-o", str(out))
    process = await asyncio.create_subprocess_exec(
        *(strace(), *calls, "-p", str(pid)), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    async with asyncio.timeout(10):
        said = (await process.stderr.readline()).decode()
    assert "attached" in said, said
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


async def ingest(there: Deployment, number: int) -> None:
    headers = {"Authorization": f"Bearer {there.key}"}
    params = {"batch_id": f"{'p':0>26}:{number}"}
    async with there.http.post(
        f"{there.hub.url}/v1/ingest", data=b"one\ntwo", params=params, headers=headers
    ) as answer:
        assert answer.status == 200, await answer.text()


async def test_every_acknowledged_batch_was_fsynced_by_the_embedded_valkey_before_its_answer() -> None:
    async with deployed() as there:
        async with there.socket(there.hub, "viewer") as client:
            assert isinstance(client.welcome, frames.Welcome)
            level = client.welcome.durability
        out = there.folder / "strace"
        counts = []
        async with traced(there.hub.valkey(), out):
            for number in range(1, BATCHES + 1):
                before = out.read_bytes().count(b"= 0")
                await ingest(there, number)
                counts.append(out.read_bytes().count(b"= 0") - before)

        assert level == "always"
        assert min(counts) >= 1, f"fsync calls while each batch was acknowledged: {counts}"
