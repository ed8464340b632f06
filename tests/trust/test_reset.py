"""History that is lost or replaced: every client is told a reset before it is shown another row."""

import shutil
from collections.abc import Callable

import pytest

from tests.support.processes import Valkey, deployed, until
from tests.trust.senders import LOUD, NONE, Audience, Traffic, is_loud

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
