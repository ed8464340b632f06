"""Writes the reference page of the settings from `settings.py`: name, default, and the reason in its own words."""

import ast
import inspect
import itertools
from pathlib import Path
from typing import get_args

from debugterm_server import settings
from pydantic import AliasChoices
from pydantic.fields import FieldInfo

HEAD = """<!-- Generated from debugterm_server/settings.py by `make gen`; do not edit. -->
# Settings of the server

Read once at the start, from the environment only; there is no settings file. A variable that is empty counts as not set. A value
that cannot be used is one line on standard error and exit status 78. Settings of the client: [client.md](client.md).

| variable | default | meaning |
|---|---|---|
"""


def page() -> str:
    """The whole page, Markdown."""
    words = _docstrings()
    fields = settings.Settings.model_fields
    rows = [
        f"| {_names(name, field)} | {_default(name, field)} | {words[name]} |"
        for name, field in fields.items()
    ]
    return HEAD + "\n".join(rows) + "\n"


def variables(name: str, field: FieldInfo) -> list[str]:
    """The environment variables of a field, the one that wins first."""
    match field.validation_alias:
        case AliasChoices(choices):
            return [str(choice) for choice in choices]
        case _:
            return [f"DEBUGTERM_{name.upper()}"]


def _names(name: str, field: FieldInfo) -> str:
    return ", else ".join(f"`{variable}`" for variable in variables(name, field))


def _default(name: str, field: FieldInfo) -> str:
    if name == "data_dir":
        return "`~/.local/share/debugterm` on Linux"
    if field.default is None or field.default in ("", ()):
        return "not set"
    choices = [f"`{choice}`" for choice in get_args(field.annotation) if isinstance(choice, str)]
    return f"`{field.default}`" + (f" (of {', '.join(choices)})" if choices else "")


def _docstrings() -> dict[str, str]:
    """Field name to the text below it, on one line."""
    tree = ast.parse(Path(inspect.getfile(settings)).read_text(encoding="utf-8"))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    found = {}
    for pair in itertools.pairwise(body):
        match pair:
            case (ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text)))):
                found[name] = " ".join(text.split())
    return found
