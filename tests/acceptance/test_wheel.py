"""What we publish is whole: the wheel, made from the sdist, holds the browser client and serves it."""

import re
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from web.tools import build

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    build.build()
    uv = shutil.which("uv")
    assert uv, "uv is missing: run `make setup`"
    out = tmp_path_factory.mktemp("dist")
    subprocess.run([uv, "build", "--quiet", "--out-dir", str(out)], cwd=ROOT, check=True)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_every_built_file(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    built = {
        f"debugterm_web/static/{path.relative_to(build.STATIC)}"
        for path in build.STATIC.rglob("*")
        if path.is_file() and path.name != build.STAMP
    }

    assert built - held == set()
    assert not [name for name in held if "node_modules" in name or name.endswith(".tsx")]


def test_a_server_from_the_wheel_serves_the_page(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    program = (
        "import debugterm_web, debugterm_server.cli as c; print(debugterm_web.__file__); c.main(['serve'])"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setenv("DEBUGTERM_DATA_DIR", str(tmp_path / "data"))
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout is not None
        try:
            assert server.stdout.readline().startswith(str(tmp_path / "site"))
            url = next(found[0] for line in server.stdout if (found := re.search(r"http://[\d.]+:\d+", line)))
            with urllib.request.urlopen(f"{url}/s/lobby", timeout=10) as answer:  # noqa: S310 - our own loopback
                page = answer.read().decode()
        finally:
            server.terminate()

    assert "<title>debugterm</title>" in page
    assert re.search(r'src="/assets/index-[\w-]+\.js"', page)
