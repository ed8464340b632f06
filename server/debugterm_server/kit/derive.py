"""One root secret, many keys: each purpose has its own, so that one that leaks opens nothing else.

Source: RFC 5869 (HKDF) with SHA-256; the purpose is its `info`.
"""

import contextlib
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Root:
    """The root secret of a deployment; never shows itself."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def key(self, purpose: str, *, length: int = 32) -> bytes:
        """The key for one purpose, always the same."""
        return HKDF(SHA256(), length, salt=None, info=f"debugterm/v1/{purpose}".encode()).derive(self._secret)

    def __repr__(self) -> str:
        return "Root(hidden)"


def root(secret_key: str | None, data_dir: Path) -> Root:
    """The root of this deployment: the setting, or (in development) `<data>/secret`, made at first use.

    Raises OSError when the file can be neither read nor made.
    """
    return Root(secret_key or _kept(data_dir / "secret"))


def new_secret() -> str:
    """A fresh secret that may guard production: 48 random bytes as text."""
    return secrets.token_urlsafe(48)


def _kept(path: Path) -> str:
    """The secret in a file of mode 0600. It appears whole or not at all, and two starts agree on one."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="ascii").strip()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".secret.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(new_secret())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
