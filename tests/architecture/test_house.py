"""The house rules that no linter knows: sizes, first lines, names, and that nothing names one machine."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    p for top in ("protocol", "server", "client", "web/debugterm_web") for p in (ROOT / top).rglob("*.py")
)
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "base", "handler2"}
LONG_MODULES: dict[str, str] = {}
"""Modules over 400 lines with the reason; the list may only shrink."""
LONG_FUNCTIONS: dict[str, str] = {}
"""Functions over 50 lines with the reason; the list may only shrink."""


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_module_is_short_and_says_in_its_first_line_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    first = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]

    assert 10 < len(first) <= 120
    assert text.count("\n") <= 400 or name(path) in LONG_MODULES


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_function_is_at_most_50_lines(path: Path) -> None:
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = [f"{name(path)}:{f.name}" for f in functions if (f.end_lineno or 0) - f.lineno >= 50]

    assert [f for f in long if f not in LONG_FUNCTIONS] == []


def test_no_module_is_named_after_nothing() -> None:
    assert [name(p) for p in SOURCES if p.stem in FORBIDDEN_NAMES] == []


def test_no_file_names_a_machine() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    pattern = re.compile(r"/(root|work|home/[a-z]+)/")
    texts = {
        p: (ROOT / p).read_bytes().decode("utf-8", "replace")
        for p in tracked
        if p != name(Path(__file__)) and (ROOT / p).is_file()
    }

    assert [p for p, text in texts.items() if pattern.search(text)] == []
