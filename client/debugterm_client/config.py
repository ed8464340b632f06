"""Profiles and tokens on this machine: `config.toml` for people, `credentials.json` (0600) for tokens.

The only module that reads the environment. A setting comes from, in this order: flag, `DEBUGTERM_*`, profile,
default.
"""

import contextlib
import fcntl
import os
import re
import secrets
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

ENVIRON: Mapping[str, str] = os.environ  # noqa: TID251 - this is the module that may
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


class BadConfig(ValueError):
    """The configuration cannot be used; the message says what, where and what to do."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One hub as this person uses it: where it is (tried in turn), which environment, and as whom."""

    name: str
    urls: tuple[str, ...]
    env: str = ""
    user: str = ""


class Tokens(msgspec.Struct, frozen=True):
    """What a login gave; `expires_at` is in seconds since 1970 by this machine's clock."""

    access_token: str
    expires_at: float
    refresh_token: str = ""
    human: str = ""
    name: str = ""
    env: str = ""
    role: str = ""


def folder(environ: Mapping[str, str] = ENVIRON) -> Path:
    """The folder of our files: `$XDG_CONFIG_HOME/debugterm`, or what the platform has instead."""
    if base := environ.get("XDG_CONFIG_HOME"):
        return Path(base) / "debugterm"
    import platformdirs

    return platformdirs.user_config_path("debugterm")


def clean_url(text: str) -> str:
    """A hub address as we keep it: scheme and host, no slash at the end. Raises BadConfig.

    Without a scheme it is https, on this machine itself http.
    """
    if "://" not in text:
        local = re.split("[:/]", text, maxsplit=1)[0] in ("localhost", "127.0.0.1")
        text = f"{'http' if local else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise BadConfig(
            f"{text!r} is not an address of a hub ({error}); one looks like https://hub:8443"
        ) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise BadConfig(f"{text!r} is not an address of a hub; one looks like https://debugterm.example.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise BadConfig(
            "an address of a hub holds no user, password, query or fragment: give the bare https://host"
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


class Config:
    """The files of one person; every method reads or writes them at once, nothing is cached."""

    def __init__(self, home: Path, environ: Mapping[str, str] = ENVIRON) -> None:
        self.path = home / "config.toml"
        self._secrets = home / "credentials.json"
        self._lock = home / "credentials.lock"
        self._environ = environ

    @classmethod
    def of_user(cls) -> "Config":
        """The configuration of who runs this process."""
        return cls(folder())

    def profiles(self) -> dict[str, Profile]:
        """All profiles by name. Raises BadConfig with file and line of what is wrong."""
        try:
            found = tomllib.loads(self.path.read_text("utf-8")).get("profile", {})
        except FileNotFoundError:
            return {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadConfig(f"{self.path}: {error}; mend the file or delete it and log in again") from None
        if not isinstance(found, dict):
            raise BadConfig(f"{self.path}: 'profile' must be tables like [profile.prod]")
        return {name: self._profile(name, table) for name, table in found.items()}

    def _profile(self, name: str, table: object) -> Profile:
        where = f"{self.path}: [profile.{name}]"
        if not isinstance(table, dict):
            raise BadConfig(f"{where} must be a table with urls = [...]")
        if unknown := set(table) - {"urls", "env", "user"}:
            raise BadConfig(f"{where} has an unknown key {min(unknown)!r}; known are urls, env, user")
        urls, env, user = table.get("urls", []), table.get("env", ""), table.get("user", "")
        if not (isinstance(urls, list) and urls and all(isinstance(url, str) for url in urls)):
            raise BadConfig(f'{where} needs urls = ["https://..."]')
        if not isinstance(env, str) or not isinstance(user, str):
            raise BadConfig(f"{where}: env and user are text")
        return Profile(name, tuple(clean_url(url) for url in urls), env, user)

    def profile(self, name: str) -> Profile:
        """One profile, with what the environment overrules. Raises BadConfig that names the ones there are."""
        profiles = self.profiles()
        url = self._environ.get("DEBUGTERM_URL", "")
        if name not in profiles and not url:
            known = ", ".join(sorted(profiles)) or "none yet"
            raise BadConfig(
                f"no profile {name!r} (there are: {known}); debugterm login URL --profile {name} makes it"
            )
        found = profiles.get(name) or Profile(name, ())
        urls = (clean_url(url),) if url else found.urls
        return Profile(name, urls, self._environ.get("DEBUGTERM_ENV") or found.env, found.user)

    def save(self, profile: Profile) -> None:
        """Write one profile; everything else in the file, comments too, stays as it is."""
        if not NAME.fullmatch(profile.name):
            raise BadConfig(f"{profile.name!r} is not a profile name: letters, digits, - and _, at most 32")
        quoted = [msgspec.json.encode(text).decode() for text in (*profile.urls, profile.env, profile.user)]
        block = f"[profile.{profile.name}]\nurls = [{', '.join(quoted[:-2])}]\nenv = {quoted[-2]}\nuser = {quoted[-1]}\n"
        old = self.path.read_text("utf-8") if self.path.exists() else ""
        header = re.compile(
            rf"^\[profile\.{re.escape(profile.name)}\][^\n]*\n(?:(?!\[)[^\n]*\n?)*", re.MULTILINE
        )
        if header.search(old):
            new = header.sub(lambda _: block + "\n", old).rstrip("\n") + "\n"
        else:
            new = f"{old.rstrip()}\n\n{block}" if old.strip() else block
        self._write(self.path, new.encode())

    def tokens(self, profile: str) -> Tokens | None:
        """The tokens of a profile, None when nobody logged in."""
        if token := self._environ.get("DEBUGTERM_TOKEN"):
            return Tokens(access_token=token, expires_at=float("inf"))
        return self._all_tokens().get(profile)

    def _all_tokens(self) -> dict[str, Tokens]:
        try:
            return msgspec.json.decode(self._secrets.read_bytes(), type=dict[str, Tokens])
        except FileNotFoundError:
            return {}
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise BadConfig(f"{self._secrets} is damaged; delete it and log in again") from None

    def keep_tokens(self, profile: str, tokens: Tokens) -> None:
        """Store the tokens of a profile, readable by this user only. Call it under `try_lock`."""
        everything = self._all_tokens() | {profile: tokens}
        self._write(self._secrets, msgspec.json.format(msgspec.json.encode(everything)) + b"\n")

    @contextlib.contextmanager
    def try_lock(self) -> Iterator[bool]:
        """Whether this process alone may renew tokens now; a refresh token used twice revokes the login."""
        self._lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(handle)

    def _write(self, path: Path, data: bytes) -> None:
        """Replace a file in one step, mode 0600: a crash leaves the old or the new one, never half of it."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise


def wants_color(choice: str, *, is_terminal: bool, environ: Mapping[str, str] = ENVIRON) -> bool:
    """Whether to use colours: `--color` wins, then `NO_COLOR` (set and not empty), then whether it is a terminal."""
    if choice != "auto":
        return choice == "always"
    return is_terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def only_ascii(encoding: str | None, environ: Mapping[str, str] = ENVIRON) -> bool:
    """Whether the terminal can show no more than ASCII."""
    return environ.get("TERM") == "dumb" or "utf" not in (encoding or "").lower()
