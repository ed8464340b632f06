"""What `make run` gives a newcomer: rows, sparklines, a browser that is logged in, a terminal that connects."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.support.browser import ARGUMENTS
from tests.support.terminal import Terminal
from web.tools import build


def command(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


class Laptop:
    """A running `debugterm-server dev`."""

    def __init__(self, process: subprocess.Popen[str], environ: dict[str, str], said: str) -> None:
        self.process = process
        self.environ = environ
        self.said = said

    @property
    def link(self) -> str:
        found = re.search(r"http://\S+#code=\S+", self.said)
        assert found is not None, self.said
        return found[0]

    def client(self, *words: str) -> str:
        done = subprocess.run(
            [command("debugterm"), *words], env=self.environ, capture_output=True, text=True, check=True
        )
        return done.stdout

    def terminal(self, *words: str, columns: int = 120, lines: int = 34) -> Terminal:
        look = {**self.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        return Terminal([command("debugterm"), *words], environ=look, columns=columns, lines=lines)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="dt") as name:
        yield Path(name)


@contextmanager
def laptop(folder: Path) -> Iterator[Laptop]:
    build.build()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DEBUGTERM_")},  # noqa: TID251 - a child's environment
        "DEBUGTERM_DATA_DIR": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "PORT": port,
    }
    process = subprocess.Popen(
        [command("debugterm-server"), "dev"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    while "Ctrl-C" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    try:
        yield Laptop(process, environ, said)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        process.stdout.close()


def test_a_newcomer_sees_rows_and_sparklines_and_shares_a_session_with_the_browser(folder: Path) -> None:
    with laptop(folder) as machine, sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        page = browser.new_page()
        with machine.terminal("connect", "local") as terminal:
            terminal.until("[LIVE]", seconds=30)
            terminal.press("/service:debugterm-server\r")
            terminal.until("serving", seconds=30)
            shown = terminal.until(
                lambda text: bool(re.search(r"cpu +\d+%.*mem +\d+%.*disk +\d+%", text)), seconds=30
            )
            assert "commander" in shown
            page.goto(machine.link)
            page.get_by_role("log").get_by_text("Log ended").or_(page.get_by_text("serving")).first.wait_for(
                timeout=20_000
            )
            assert "code" not in page.url
            page.get_by_placeholder("Say something").fill("the disk is full")
            page.keyboard.press("Enter")
            terminal.until("the disk is full", seconds=15)
        browser.close()


def test_a_second_start_keeps_the_data_and_the_login(folder: Path) -> None:
    with laptop(folder) as machine:
        with machine.terminal("connect", "local") as terminal:
            terminal.until("[LIVE]", seconds=30)
            terminal.press("/service:debugterm-server\r")
            terminal.until("serving", seconds=30)
        first = machine.client(
            "tail", "local", 'service:debugterm-server "serving"', "--since", "1h", "--no-follow", "--json"
        )

    with laptop(folder) as machine:
        again = machine.client(
            "tail", "local", 'service:debugterm-server "serving"', "--since", "1h", "--no-follow", "--json"
        )

    assert first.splitlines()[0] in again.splitlines()


def test_what_is_printed_names_both_ways_in(folder: Path) -> None:
    with laptop(folder) as machine:
        assert "uv run debugterm connect local" in machine.said
        assert (folder / "data" / "dev-login").stat().st_mode & 0o777 == 0o600
