"""The ingest key, by reference: on a command line everybody on the host could read it."""

from collections.abc import Mapping
from pathlib import Path


class BadKey(ValueError):
    """The reference leads to no key; the message says what to do and never shows what was given."""


def read_key(reference: str, environ: Mapping[str, str]) -> str:
    """The key that `env://VARIABLE` or `file:///PATH` stands for. Raises BadKey."""
    kind, separator, name = reference.partition("://")
    if not separator or not name or kind not in ("env", "file"):
        raise BadKey(
            "a key on the command line is visible to everybody on this host; "
            "put it into a variable (--key env://NAME) or a file (--key file:///PATH)"
        )
    key = (environ.get(name, "") if kind == "env" else _read(Path(name))).strip()
    if not key:
        raise BadKey(f"the variable {name} is empty or not set" if kind == "env" else f"{name} is empty")
    if not key.isascii() or not key.isprintable():
        raise BadKey(f"what {reference} holds is no ingest key: those begin with dtk_")
    return key


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise BadKey(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadKey(f"{path} is no text") from None
