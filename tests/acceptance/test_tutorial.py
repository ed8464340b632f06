"""The first ten minutes of a newcomer, as the tutorial tells them: its own commands, and the answers it shows."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
TEXT = (ROOT / "docs/tutorial/first-ten-minutes.md").read_text(encoding="utf-8")
PASSWORD = "a long enough word"


def blocks(section: int) -> list[str]:
    """What stands between fences in one numbered section."""
    part = re.search(rf"^## {section}\..*?(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert part is not None
    return re.findall(r"^```\n(.*?)^```$", part[0], re.MULTILINE | re.DOTALL)


def shape(answer: str) -> str:
    """An answer without what is new every time: ids and times."""
    answer = re.sub(r"\d{13}-\d+", "ID", answer)
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", answer).strip()


class Laptop:
    """A newcomer's machine on which `make run` is going."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = str(free.getsockname()[1])
        self.said = ""
        self.env = {
            "PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "DEBUGTERM_DATA_DIR": str(folder / "data"),
            "PORT": self.port,
            "LANG": "C.UTF-8",
        }

    def mine(self, commands: str) -> str:
        """Commands of the page as they run here."""
        return commands.replace("7373", self.port).replace("uv run ", "")

    def shell(self, commands: str) -> str:
        """Run them; what they print."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.mine(commands)],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def typing(self, command: str, *, times: int) -> str:
        """Run a command that asks for the password; what it says in the end."""
        child = pexpect.spawn("bash", ["-c", self.mine(command)], env=self.env, timeout=60, encoding="utf-8")
        for _ in range(times):
            child.expect("(?i)(password|repeat)[^\n]*: ")
            child.sendline(PASSWORD)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
        return child.before or ""


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    laptop = Laptop(tmp_path_factory.mktemp("t"))
    with subprocess.Popen(
        [str(BIN / "debugterm-server"), "dev"], env=laptop.env, stdout=subprocess.PIPE, text=True
    ) as dev:
        assert dev.stdout is not None
        try:
            while "Ctrl-C stops it" not in laptop.said:
                line = dev.stdout.readline()
                assert line, f"it ended: {laptop.said}"
                laptop.said += line
            yield laptop
        finally:
            dev.terminate()
            dev.communicate(timeout=40)


def test_the_start_says_what_the_page_shows(laptop: Laptop) -> None:
    def ways_in(text: str) -> list[list[str]]:
        lines = [re.sub(r"code=\S+", "code=CODE", line).split() for line in text.splitlines()]
        return [words for words in lines if words[:1] in (["browser"], ["terminal"])]

    expected = blocks(1)[1].replace("7373", laptop.port)

    assert ways_in(laptop.said) == ways_in(expected)
    assert len(ways_in(expected)) == 2


def test_a_row_of_ones_own_is_acknowledged_and_found_in_a_pipe(laptop: Laptop) -> None:
    send, answer = blocks(3)
    tail, row = blocks(7)

    assert shape(laptop.shell(send)) == shape(answer)
    assert shape(laptop.shell(tail)) == shape(row)


def test_a_colleague_is_invited_and_logs_in(laptop: Laptop) -> None:
    add, login = blocks(5)

    assert "ana is responder in development" in laptop.typing(add, times=2)
    assert "logged in as ana (responder)" in laptop.typing(login.splitlines()[0], times=1)


def test_the_audit_log_is_whole_as_the_page_says(laptop: Laptop) -> None:
    commands, answer = blocks(6)

    assert laptop.shell(commands).endswith(answer)
