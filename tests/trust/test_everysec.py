"""A Redis that fsyncs once a second may forget what it acknowledged: that is said, and told as a reset when it happens."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.checker import Reset, Seen, Shown
from tests.support.processes import Deployment, deployed, until
from tests.support.valkey import Engine
from tests.trust.senders import LOUD, NONE, Audience, Traffic, is_loud
from tests.trust.test_fsync import strace

DELAY_US = 2_500_000


@asynccontextmanager
async def slow_disk(pid: int) -> AsyncIterator[None]:
    """Every fdatasync of a process takes 2.5 s longer."""
    inject = (
        "-f",
        "-e",
        "trace=fdatasync",
        "-e",
        f"inject=fdatasync:delay_enter={DELAY_US}",
        "-o",
        "/dev/null",
    )
    process = await asyncio.create_subprocess_exec(
        *(strace(), *inject, "-p", str(pid)), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    async with asyncio.timeout(10):
        said = (await process.stderr.readline()).decode()
    assert "attached" in said, said
    try:
        yield
    finally:
        process.kill()
        await process.wait()


async def readyz(there: Deployment) -> str:
    async with there.http.get(f"{there.hub.url}/readyz") as answer:
        assert answer.status == 200
        return await answer.text()


def newer_before_reset(seen: list[Seen], moment_ms: int) -> int:
    """Rows of after a moment that were shown before the client was told a reset."""
    shown = 0
    for one in seen:
        if isinstance(one, Reset):
            return shown
        shown += isinstance(one, Shown) and one.offset.ms >= moment_ms
    return shown


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("engine", "level", "loses"),
    [("redis", "everysec", True), ("valkey", "waitaof", False)],
    ids=["Redis 7.0", "Valkey with WAITAOF"],
)
async def test_a_killed_redis_that_fsyncs_once_a_second_is_a_reset_before_any_new_row(
    engine: Engine, level: str, *, loses: bool
) -> None:
    async with deployed(external=True, fsync="everysec", engine=engine) as there:
        assert there.valkey is not None
        audience = Audience()
        journals = [audience.add(f"all {n}", await there.journal()) for n in range(4)]
        journals.append(audience.add("loud", await there.journal(LOUD), wants=is_loud))
        await until(lambda: all(one.refresh().watching for one in journals), "the clients watch")
        said = await readyz(there)
        async with Traffic(there) as traffic:
            await traffic.more(20)
            async with slow_disk(there.valkey.pid):
                begin = time.monotonic()
                await until(lambda: time.monotonic() > begin + 4, "the disk falls behind")
                there.valkey.kill()
            moment = time.time_ns() // 1_000_000
            there.valkey.start()
            await traffic.more(20)
        verdict = await audience.verdict(there, traffic)

        assert said.startswith(f"ok\ndurability {level}: ")
        assert ("G1 is withdrawn" in said) is loses
        allowed = {"lost": verdict.numbers["lost"]} if loses else {}
        assert verdict.numbers == NONE | allowed, str(verdict)
        assert verdict.resets == dict.fromkeys(audience.reconnected, 1), str(verdict)
        assert [newer_before_reset(one.seen, moment) for one in journals] == [0] * len(journals)
        if loses:
            assert verdict.lost, "nothing was lost: the fault did not happen"
