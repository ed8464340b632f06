"""Whatever a user can meet is in the reference: doors, settings, frames, codes. And no link leads nowhere."""

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from debugterm_protocol.errors import Code
from debugterm_protocol.exits import Exit
from debugterm_protocol.frames import ClientFrame, ServerFrame
from debugterm_protocol.sessions import Command, Event
from debugterm_server.api.routes import ROUTES
from debugterm_server.cli import COMMANDS
from debugterm_server.settings import Settings

from docs.tools.settings import variables

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs/reference"
PAGES = sorted(path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def tag(frame: type[msgspec.Struct]) -> str:
    name: str = frame.__struct_config__.tag  # type: ignore[assignment]  # ours are text
    return name


def test_every_route_is_documented_with_its_method() -> None:
    text = "\n".join(line for line in page("http.md").splitlines() if line.startswith("|"))

    assert [f"{r.method} {r.path}" for r in ROUTES if f"`{r.method} {r.path}`" not in text] == []


def test_every_setting_is_documented_under_each_of_its_names() -> None:
    text = page("settings.md")
    names = [name for key, field in Settings.model_fields.items() for name in variables(key, field)]

    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_setting_says_why() -> None:
    rows = [line.split(" | ") for line in page("settings.md").splitlines() if line.startswith("| `")]

    assert [row[0] for row in rows if len(row[2]) < 30] == []


@pytest.mark.parametrize(
    "union", [ClientFrame, ServerFrame, Command, Event], ids=["client", "server", "cmd", "ev"]
)
def test_every_frame_command_and_event_is_documented(union: object) -> None:
    text = page("protocol.md")

    assert [tag(frame) for frame in get_args(union) if f"### `{tag(frame)}`\n" not in text] == []


def test_every_error_code_says_what_happened() -> None:
    text = page("http.md")

    assert [code for code in Code if f"\n| `{code}` |" not in text] == []


def test_every_exit_code_is_documented() -> None:
    text = page("codes.md")

    assert [code for code in Exit if f"\n| {int(code)} | {code.name} |" not in text] == []


def test_every_subcommand_of_the_server_is_documented() -> None:
    text = page("server-commands.md")

    assert [name for name in COMMANDS if f"\n| `{name}" not in text] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_link_of_a_page_leads_nowhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    local = [link for link in links if not re.match(r"[a-z]+:", link)]

    assert [link for link in local if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_of_ours_that_a_page_names_exists(path: Path) -> None:
    named = re.findall(
        r"`((?:tests|server|client|protocol|web|bin|docs)/[\w./-]+)`", path.read_text(encoding="utf-8")
    )

    assert [name for name in named if not (ROOT / name).exists()] == []
