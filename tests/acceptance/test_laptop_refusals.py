"""`make run` when something is in its way: one line with the reason, no greeting, and nothing sent to strangers."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def dev(folder: Path, port: int) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DEBUGTERM_")}  # noqa: TID251 - a child's environment
    environ |= {"DEBUGTERM_DATA_DIR": str(folder), "PORT": str(port), "XDG_CONFIG_HOME": "/nonexistent"}
    command = [str(Path(sys.executable).with_name("debugterm-server")), "dev"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)


def test_a_port_that_somebody_answers_on_is_not_taken_for_our_hub(tmp_path: Path) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        done = dev(tmp_path / "data", stranger.getsockname()[1])

    assert done.returncode == 78
    assert "is running" not in done.stdout
    assert "cannot listen" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("kind", ["a file", "under a file"])
def test_a_folder_that_cannot_be_one_is_said_in_one_line(tmp_path: Path, kind: str) -> None:
    (tmp_path / "file").touch()
    done = dev(tmp_path / "file" / ("" if kind == "a file" else "data"), 0)

    assert done.returncode == 78
    assert "Traceback" not in done.stderr
    assert "set DEBUGTERM_DATA_DIR" in done.stderr
