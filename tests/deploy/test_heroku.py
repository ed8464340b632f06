"""Procfile and app.json start what exists, with settings that exist."""

from pathlib import Path

import msgspec
from debugterm_server.cli import COMMANDS
from debugterm_server.settings import Settings
from msgspec import Struct

from docs.tools.settings import variables

ROOT = Path(__file__).parents[2]


class Variable(Struct, forbid_unknown_fields=True):
    description: str
    value: str = ""
    generator: str = ""
    required: bool = True


class Buildpack(Struct, forbid_unknown_fields=True):
    url: str


class Addon(Struct, forbid_unknown_fields=True):
    plan: str


class Process(Struct, forbid_unknown_fields=True):
    quantity: int
    size: str


class App(Struct, forbid_unknown_fields=True):
    name: str
    description: str
    buildpacks: list[Buildpack]
    formation: dict[str, Process]
    addons: list[Addon]
    env: dict[str, Variable]


APP = msgspec.json.decode((ROOT / "app.json").read_bytes(), type=App)
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


def test_every_process_runs_a_command_that_exists() -> None:
    assert set(PROCFILE) == {"release", "web"}
    for command in PROCFILE.values():
        program, subcommand = command.split()
        assert program == "debugterm-server"
        assert subcommand in COMMANDS


def test_the_formation_names_processes_of_the_procfile() -> None:
    assert set(APP.formation) <= set(PROCFILE)


def test_the_variables_are_settings_of_the_server() -> None:
    known = {name for key, field in Settings.model_fields.items() for name in variables(key, field)}

    assert set(APP.env) - known == set()
    assert APP.env["DEBUGTERM_SECRET_KEY"].generator == "secret"
