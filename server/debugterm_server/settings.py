"""The environment, read once into one frozen object; every default says why it is so.

Only this module reads the environment. A wrong value is one line for the user and exit 78, never a traceback.
"""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal, Self

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ENVIRONMENT = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
"""How an environment is spelled: it stands in keys of Redis, in addresses and on screen."""
WEAK_SECRETS = frozenset({"changeme", "secret", "password", "debugterm", "development", "test"})


class BadSettings(ValueError):
    """The environment cannot be used; the message is one line that says what to change."""


class Settings(BaseSettings):
    """Everything the server can be told from outside. Secrets never appear in `repr` or logs."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", populate_by_name=True, env_prefix="DEBUGTERM_", env_ignore_empty=True
    )

    env: Literal["development", "staging", "production"] = "development"
    """How strict the server is, and the name of the first environment. Development, because a laptop comes first."""

    data_dir: Path = Field(default_factory=lambda: user_data_path("debugterm", appauthor=False))
    """Embedded Valkey, SQLite and keys live here. The user's data folder, so that a restart finds it."""

    host: str = "127.0.0.1"
    """Loopback, so that nothing is open to the network by accident. Platforms set 0.0.0.0."""

    port: int = Field(default=7373, ge=0, le=65535, validation_alias=AliasChoices("PORT", "DEBUGTERM_PORT"))
    """Where HTTP and WebSocket are served; 0 takes a free one. `PORT`, because every platform sets that name."""

    secret_key: SecretStr | None = None
    """Root of every key of this deployment; outside development at least 32 characters. A file in the data
    folder takes its place in development only."""

    public_url: str = Field(
        default="", validation_alias=AliasChoices("DEBUGTERM_PUBLIC_URL", "RENDER_EXTERNAL_URL")
    )
    """Where users reach this server; its origin is the only one a browser may come from. On Render its own name
    for that address counts when this one is not set. Empty: the plain address of this machine, as a laptop has it."""

    redis_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("REDIS_URL", "DEBUGTERM_REDIS_URL")
    )
    """An external Redis 7 or Valkey 8. Empty: the bundled Valkey is started."""

    redis_tls_verify: Literal["full", "none"] = Field(
        default="full", validation_alias=AliasChoices("REDIS_TLS_VERIFY", "DEBUGTERM_REDIS_TLS_VERIFY")
    )
    """Whether the certificate of a `rediss://` server is checked. `none` is for Heroku, whose certificates are
    signed by nobody: the line is encrypted, but nothing proves who is at its other end."""

    database_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("DATABASE_URL", "DEBUGTERM_DATABASE_URL")
    )
    """PostgreSQL. Empty: SQLite in the data folder."""

    stream_bytes: int = Field(default=1024**3, ge=1024**2)
    """How much of its stream each environment keeps, in bytes: 1 GiB. A smaller Redis needs a smaller value: it
    refuses rows when it is full."""

    stream_age: int = Field(default=24 * 3600, ge=60)
    """How long the stream keeps a row, in seconds: a day, so that the night shift's rows are still there."""

    environments: Annotated[tuple[str, ...], NoDecode] = ()
    """Names of the environments besides the first, comma separated."""

    notify_socket: str = Field(default="", validation_alias=AliasChoices("NOTIFY_SOCKET"))
    """Who wants to know that the server is ready; systemd sets it for `Type=notify`. Empty: nobody."""

    log_format: Literal["json", "console"] = "json"
    """JSON, because our own rows go through the same door as everybody's."""

    drain_seconds: float = Field(default=10.0, ge=0, le=300)
    """How long a stopping server lets its clients move before it closes them."""

    @field_validator("environments", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(name.strip() for name in value.split(",") if name.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("environments")
    @classmethod
    def _spelled(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not ENVIRONMENT.fullmatch(name):
                raise ValueError(
                    f"{name[:40]!r} is not a name of an environment: use a-z, 0-9 and -, at most 32"
                )
        return names

    @model_validator(mode="after")
    def _production_is_strict(self) -> Self:
        if self.env == "development":
            return self
        secret = self.secret_key.get_secret_value() if self.secret_key else ""
        if not strong(secret):
            raise ValueError(
                f"DEBUGTERM_SECRET_KEY is {'missing' if not secret else 'too weak'} for {self.env}: "
                "set it to the output of `debugterm-server secrets generate`"
            )
        if not self.public_url.startswith("https://") and not self._on_loopback():
            raise ValueError(
                f"DEBUGTERM_PUBLIC_URL must begin with https:// for {self.env}: set it to the address users open"
            )
        return self

    def _on_loopback(self) -> bool:
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def strong(secret: str) -> bool:
    """Whether a secret may guard production: without known words 32 characters or more, 10 of them different.

    The words are taken out, not forbidden: one random secret in 20,000 holds "test" by chance.
    """
    left = secret.lower()
    for word in WEAK_SECRETS:
        left = left.replace(word, "")
    return len(left) >= 32 and len(set(secret)) >= 10


def load() -> Settings:
    """Read the environment. Raises BadSettings with one line that names the setting and the mend."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        text = first["msg"].removeprefix("Value error, ")
        raise BadSettings(f"{_variable(name)}: {text}" if name else text) from None


def _variable(name: str) -> str:
    return name if name.isupper() else f"DEBUGTERM_{name.upper()}"
