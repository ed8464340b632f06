"""The browser client is built from what is committed, small, and free of third hosts and inline code."""

import gzip
import re
from pathlib import Path

import debugterm_web
import pytest

from web.tools import build

FIRST_LOAD = 25 * 1024
ALL = 60 * 1024


@pytest.fixture(scope="module")
def static() -> Path:
    build.build()
    return debugterm_web.STATIC


def packed(paths: list[Path]) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def first_load(static: Path) -> set[Path]:
    """The scripts of the page and everything they import before they run."""
    page = (static / "index.html").read_text()
    found = {static / name.lstrip("/") for name in re.findall(r'src="([^"]+\.js)"', page)}
    left = [*found]
    while left:
        code = left.pop().read_text()
        for name in re.findall(r'(?:from|import)["`\']\./([\w-]+\.js)["`\']', code):
            path = static / "assets" / name
            if path not in found:
                found.add(path)
                left.append(path)
    return found


def test_the_first_load_and_the_whole_stay_small(static: Path) -> None:
    first = first_load(static)

    assert first
    assert packed([*first]) <= FIRST_LOAD
    assert packed([p for p in static.rglob("*") if p.suffix in {".js", ".css", ".html"}]) <= ALL


def test_every_file_has_its_compressed_siblings(static: Path) -> None:
    for path in [p for p in static.rglob("*") if p.suffix in {".js", ".css", ".html"}]:
        assert gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) == path.read_bytes()
        assert path.with_name(f"{path.name}.br").stat().st_size < path.stat().st_size


def test_the_page_names_everything_of_the_first_load(static: Path) -> None:
    page = (static / "index.html").read_text()

    assert {f"/assets/{path.name}" for path in first_load(static)} == set(
        re.findall(r'(?:src|modulepreload" crossorigin href)="([^"]+\.js)"', page)
    )


def test_the_page_has_no_inline_code_and_asks_no_third_host(static: Path) -> None:
    page = (static / "index.html").read_text()

    assert re.findall(r"<script(?![^>]*src=)|<style|\son\w+=|style=", page) == []
    assert re.findall(r"https?://[^\s\"']+", page) == []


def test_nothing_is_built_twice(static: Path) -> None:
    assert build.build() is False


def test_the_lock_file_names_no_host() -> None:
    assert "http" not in re.sub(r'"(funding|url)": .*', "", (build.WEB / "package-lock.json").read_text())
