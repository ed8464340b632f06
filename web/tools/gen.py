"""Writes what is derived from the code: TypeScript, the JSON schema, the tables of codes and of settings.

`make gen` runs it; a test compares what it would write with what is committed, so neither can drift. The source
of truth is `debugterm_protocol` (for the settings, `settings.py`): nobody edits the files written here.
"""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from debugterm_protocol import (
    SUBPROTOCOL,
    VERSION,
    close,
    errors,
    frames,
    levels,
    limits,
    logins,
    sessions,
    views,
)
from debugterm_protocol.exits import Exit

from docs.tools import protocol, query, settings

ROOT = Path(__file__).parents[2]
NOTE = "Generated from debugterm_protocol by `make gen`; do not edit."
Schema = Mapping[str, Any]


def schema() -> dict[str, Any]:
    """The JSON schema of both directions: `client` and `server` are the two unions of frames."""
    (client, server, *_), parts = msgspec.json.schema_components(
        [
            frames.ClientFrame,
            frames.ServerFrame,
            sessions.Fate,
            sessions.Listing,
            logins.Granted,
            views.Watched,
            views.Probed,
        ],
        ref_template="#/$defs/{name}",
    )
    # Python 3.13 strips the indentation of docstrings, older ones do not: the text must not depend on it.
    for part in parts.values():
        if "description" in part:
            part["description"] = inspect.cleandoc(part["description"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SUBPROTOCOL,
        "description": NOTE,
        "properties": {"client": client, "server": server},
        "$defs": parts,
    }


def typescript(document: Schema) -> str:
    """Every frame as an interface, in the words of its docstring."""
    blocks = [f"// {NOTE}\n"]
    blocks += [_declaration(name, part) for name, part in document["$defs"].items()]
    for name, side in (("ClientFrame", "client"), ("ServerFrame", "server")):
        blocks.append(f"export type {name} = {_type(document['properties'][side])};\n")
    return "\n".join(blocks)


def _declaration(name: str, part: Schema) -> str:
    text = part.get("description", "").replace("*/", "* /").split("\n")
    comment = (
        "/** " + "\n * ".join(text).replace("\n * \n", "\n *\n") + (" */" if len(text) == 1 else "\n */")
    )
    if "properties" not in part:
        return f"{comment}\nexport type {name} = {_type(part)};\n"
    required = part.get("required", [])
    fields = [
        f"  {key}{'' if key in required else '?'}: {_type(kind)};" for key, kind in part["properties"].items()
    ]
    return f"{comment}\nexport interface {name} {{\n" + "\n".join(fields) + "\n}\n"


def _type(part: Schema) -> str:
    match part:
        case {"$ref": str(ref)}:
            return ref.rpartition("/")[2]
        case {"anyOf": list(parts)}:
            return " | ".join(_type(each) for each in parts)
        case {"enum": list(values)}:
            return " | ".join(_text(value) for value in values)
        case {"type": "array", "items": items}:
            inner = _type(items)
            return f"({inner})[]" if " " in inner else f"{inner}[]"
        case {"type": "object", "additionalProperties": dict(values)}:
            return f"Record<string, {_type(values)}>"
        case {"type": str(kind)}:
            return {"integer": "number", "number": "number"}.get(kind, kind)
        case _:
            return "unknown"


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def numbers() -> dict[str, int]:
    """Every limit by name."""
    return {name: value for name, value in vars(limits).items() if name.isupper()}


def codes() -> str:
    """Close codes, errors, levels and limits as TypeScript values, one constant each: what nobody uses is not shipped."""
    values: list[tuple[str, object]] = [
        ("SUBPROTOCOL", SUBPROTOCOL),
        ("VERSION", VERSION),
        ("LEVELS", list(levels.LEVELS)),
        *((f"CLOSE_{code.name}", int(code)) for code in close.Close),
        ("CLOSE_WORDS", {int(code): text for code, text in close.WORDS.items()}),
        ("PASSING", [code.value for code, kind in errors.KINDS.items() if kind.again == "retry"]),
        *((f"LIMIT_{name}", value) for name, value in numbers().items()),
    ]
    comments = {"PASSING": "Errors of the moment, in which trying again helps."}
    types = {"CLOSE_WORDS": ": Record<number, string>", "PASSING": ": readonly string[]"}
    lines = [f"// {NOTE}\n"]
    for name, value in values:
        if name in comments:
            lines.append(f"/** {comments[name]} */")
        shown = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
        lines.append(f"export const {name}{types.get(name, '')} = {shown}{_as_const(value)};")
    return "\n".join(lines) + "\n"


def _as_const(value: object) -> str:
    return " as const" if isinstance(value, list) and value == list(levels.LEVELS) else ""


def reference() -> str:
    """The tables of the reference page."""
    head = f"<!-- {NOTE} -->\n# Codes and limits of `{SUBPROTOCOL}`\n"
    closes = [f"| {int(c)} | {c.name} | {t} | {_comes_back(c)} |" for c, t in close.WORDS.items()]
    kinds = [f"| `{c}` | {k.fault} | {k.again} | {k.http} | {int(k.exit)} |" for c, k in errors.KINDS.items()]
    exits = [f"| {int(code)} | {code.name} |" for code in Exit]
    bounds = [f"| {name} | {value:,} |" for name, value in numbers().items()]
    tables = [
        ("Close codes", "| code | name | in words | the client |", closes),
        ("Errors", "| code | whose fault | again | HTTP | exit |", kinds),
        ("Exit codes", "| code | meaning |", exits),
        ("Limits", "| limit | value |", bounds),
    ]
    parts = [head]
    for title, header, rows in tables:
        parts.append(
            f"## {title}\n\n{header}\n{'|---' * (header.count('|') - 1)}|\n" + "\n".join(rows) + "\n"
        )
    return "\n".join(parts)


def _comes_back(code: close.Close) -> str:
    return "comes back by itself" if close.reconnects(code) else "stops and says why"


def files() -> dict[Path, str]:
    """What `make gen` writes: path below the repository root to text."""
    document = schema()
    pretty = msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
    return {
        Path("web/src/protocol/frames.ts"): typescript(document),
        Path("web/src/protocol/codes.ts"): codes(),
        Path("docs/reference/protocol.schema.json"): pretty,
        Path("docs/reference/codes.md"): reference(),
        Path("docs/reference/protocol.md"): protocol.page(document, _type),
        Path("docs/reference/query.md"): query.page(),
        Path("docs/reference/settings.md"): settings.page(),
    }


def main() -> None:
    """Write every file that differs."""
    for path, text in files().items():
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
