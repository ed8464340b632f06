"""History that is lost or replaced: every client is told a reset before it is shown another row."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from debugterm_protocol.offsets import WHOLE_ENTRY, Offset

from tests.support.processes import Deployment, Valkey, deployed, until
from tests.trust.senders import LOUD, NONE, Audience, Traffic, is_loud, stored

FOLDER = "appendonlydir"


def put_back(valkey: Valkey) -> None:
    """Start it with what it held when it was saved: all rows since are lost, as after a restore."""
    valkey.kill()
    shutil.rmtree(valkey.folder / FOLDER)
    shutil.copytree(valkey.folder / "saved", valkey.folder / FOLDER)
    valkey.start()


def wipe(valkey: Valkey) -> None:
    """Start it with nothing, as after the loss of its volume."""
    valkey.kill()
    shutil.rmtree(valkey.folder / FOLDER)
    valkey.start()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("lose", [put_back, wipe])
async def test_rows_that_clients_have_and_the_stream_lost_are_a_reset(lose: Callable[[Valkey], None]) -> None:
    async with deployed(external=True) as there:
        assert there.valkey is not None
        audience = Audience()
        everything = audience.add("everything", await there.journal())
        loud = audience.add("loud", await there.journal(LOUD), wants=is_loud)
        await until(lambda: everything.refresh().watching and loud.refresh().watching, "the clients watch")
        async with Traffic(there) as traffic:
            await traffic.more(20)
            there.valkey.kill()
            shutil.copytree(there.valkey.folder / FOLDER, there.valkey.folder / "saved")
            there.valkey.start()
            await traffic.more(40)
            lose(there.valkey)
            await traffic.more(40)
        verdict = await audience.verdict(there, traffic)

        assert verdict.numbers | {"lost": 0} == NONE, str(verdict)
        assert verdict.lost
        assert verdict.resets == {"everything": 1, "loud": 1}, str(verdict)


@pytest.mark.timeout(60)
async def test_a_stream_that_was_restored_while_no_hub_ran_is_a_reset_for_all_who_come_back() -> None:
    async with deployed(external=True) as there:
        assert there.valkey is not None
        audience = Audience()
        everything = audience.add("everything", await there.journal())
        loud = audience.add("loud", await there.journal(LOUD), wants=is_loud)
        await until(lambda: everything.refresh().watching and loud.refresh().watching, "the clients watch")
        async with Traffic(there) as traffic:
            await traffic.more(20)
            there.valkey.kill()
            shutil.copytree(there.valkey.folder / FOLDER, there.valkey.folder / "saved")
            there.valkey.start()
            await traffic.more(40)
            seen = (await stored(there.redis_url))[-1].offset
            await until(lambda: mark(there) >= seen, "what was seen is noted")
            there.hub.kill()
            put_back(there.valkey)
            there.hub.start()
            await traffic.more(40)
        verdict = await audience.verdict(there, traffic)

        assert verdict.numbers | {"lost": 0} == NONE, str(verdict)
        assert verdict.lost
        assert verdict.resets == {"everything": 1, "loud": 1}, str(verdict)


def mark(there: Deployment) -> Offset:
    """The newest entry that SQL says was seen."""
    with closing(sqlite3.connect(f"file:{there.hub.data}/debugterm.db?mode=ro", uri=True)) as db:
        rows = db.execute("SELECT ms, seq FROM stream_tops").fetchall()
    ms, seq = max(rows, default=(0, 0))
    return Offset(ms, seq, WHOLE_ENTRY)
