"""Viewers that read nothing cost the hub little and the others nothing, on uvloop and where it is not installed."""

import sys
from pathlib import Path

import pytest

from bench.load import crowds
from bench.load.hub import Hub, served

VIEWERS = 60
STALLED = 20
ROWS = 20_000
SEND = {"posts": ROWS // 100, "rows": 100, "senders": 4, "rate": 8_000, "want": ROWS}
"""6 MB of rows for each viewer: three times what kernel and hub may keep for one that reads nothing."""
EACH_BYTES = 2 * 1024 * 1024


def without_uvloop(folder: Path) -> str:
    """A folder with a `debugterm-server` that does not find uvloop."""
    program = folder / "debugterm-server"
    code = "import sys; sys.modules['uvloop'] = None; from debugterm_server.cli import main; main()"
    program.write_text(f"#!{sys.executable}\n{code}\n")
    program.chmod(0o755)
    return str(folder)


def runs_on_uvloop(hub: Hub) -> bool:
    return any("uvloop" in mapped.path for mapped in hub.processes[0].memory_maps())


@pytest.mark.parametrize("uvloop", [True, False], ids=["uvloop", "asyncio"])
def test_a_viewer_that_reads_nothing_costs_at_most_two_megabytes(
    *, uvloop: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not uvloop:
        monkeypatch.setenv("PATH", without_uvloop(tmp_path), prepend=":")
    with served(viewers=VIEWERS) as hub, crowds.watching(hub, count=VIEWERS) as crowd:
        loop = runs_on_uvloop(hub)
        crowds.deliver(hub, crowd, **SEND)
        before = hub.memory()
        crowd.ask(f"stall {STALLED}")
        got = crowds.deliver(hub, crowd, **SEND)
        each = (hub.memory() - before) / STALLED

    print(f"{each / 1e6:.2f} MB a stalled viewer")  # noqa: T201 - for whoever runs it
    assert loop is uvloop
    assert (got["rows"], got["missed"]) == ((VIEWERS - STALLED) * ROWS, 0)
    assert each < EACH_BYTES
