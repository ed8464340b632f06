"""The login of a development hub: a user nobody had to make, and a link that logs a browser in once."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from debugterm_protocol.errors import Code
from debugterm_protocol.roles import Role

from debugterm_server.core.refusal import Refusal
from debugterm_server.rooms.access.accounts import Accounts

NAME = "dev"
ROLE = Role.COMMANDER
FILE = "dev-login"
KEY_FILE = "dev-ingest-key"


@dataclass(frozen=True, slots=True)
class DevelopmentLogin:
    """Name and password of the development user; they also stand in `<data>/dev-login`, mode 0600."""

    name: str
    password: str

    def __repr__(self) -> str:
        return f"DevelopmentLogin({self.name!r})"


async def development_login(accounts: Accounts, *, env: str, data_dir: Path) -> DevelopmentLogin:
    """The development user with the password of the file; whatever of the two is missing is made.

    Raises AuditUnavailable, StoreUnavailable, OSError. Only for hubs that run with DEBUGTERM_ENV=development.
    """
    path = data_dir / FILE
    kept = _read(path)
    login = kept or DevelopmentLogin(NAME, secrets.token_urlsafe(12))
    try:
        await accounts.add_user(login.name, password=login.password, env=env, role=ROLE)
    except Refusal as refusal:
        if refusal.code is not Code.CONFLICT:
            raise
        if kept is None:
            await accounts.set_password(login.name, login.password)
    if kept is None:
        _write(path, f"{login.name}\n{login.password}\n")
    return login


async def development_key(accounts: Accounts, *, env: str, data_dir: Path) -> str:
    """The ingest key with which this machine sends its own rows; kept in `<data>/dev-ingest-key`, mode 0600.

    Raises as `development_login`.
    """
    path = data_dir / KEY_FILE
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="ascii").strip()
    made = await accounts.add_key(env=env, name="this-machine")
    _write(path, made.secret + "\n")
    return made.secret


def _read(path: Path) -> DevelopmentLogin | None:
    try:
        name, password = path.read_text(encoding="utf-8").split("\n")[:2]
    except (FileNotFoundError, ValueError):
        return None
    return DevelopmentLogin(name, password) if name == NAME and password else None


def _write(path: Path, text: str) -> None:
    """Whole or not at all, readable by its owner only."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
