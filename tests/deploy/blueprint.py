"""The fields of a Render Blueprint that ours uses, so that a typing error is found before Render finds it.

Written after Render's Blueprint specification (render.com/docs/blueprint-spec); unknown keys are errors. Types,
plans and regions are closed lists, numbers have Render's bounds.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Region = Literal["oregon", "ohio", "frankfurt", "singapore", "virginia"]
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,62}$")]


class _Strict(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class FromDatabase(_Strict, frozen=True):
    """The value is a property of a database of this file."""

    name: str
    property: Literal["connectionString", "host", "port", "user", "password", "database"]


class FromService(_Strict, frozen=True):
    """The value is a property of a service of this file."""

    type: Literal["web", "worker", "pserv", "keyvalue"]
    name: str
    property: Literal["connectionString", "host", "port", "hostport"]


class Variable(_Strict, frozen=True):
    """One environment variable and where its value comes from: exactly one source."""

    key: Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]*$")]
    value: str | int | float | None = None
    generateValue: bool = False  # noqa: N815 - Render's word
    sync: bool | None = None
    fromDatabase: FromDatabase | None = None  # noqa: N815 - as above
    fromService: FromService | None = None  # noqa: N815 - as above

    def __post_init__(self) -> None:
        given = [self.value is not None, self.generateValue, self.sync is False]
        given += [self.fromDatabase is not None, self.fromService is not None]
        if sum(given) != 1:
            raise ValueError(f"{self.key} needs exactly one source of its value")


class BuildFilter(_Strict, frozen=True):
    """Which changes deploy."""

    paths: list[str] = []
    ignoredPaths: list[str] = []  # noqa: N815 - as above


class Web(_Strict, frozen=True, tag_field="type", tag="web"):
    """A service that is reached from outside."""

    name: Name
    runtime: Literal["docker", "elixir", "go", "image", "node", "python", "ruby", "rust", "static"]
    region: Region
    plan: Literal["free", "starter", "standard", "pro", "pro plus", "pro max", "pro ultra"]
    buildCommand: str  # noqa: N815 - as above
    startCommand: str  # noqa: N815 - as above
    preDeployCommand: str  # noqa: N815 - as above
    healthCheckPath: Annotated[str, Meta(pattern="^/")]  # noqa: N815 - as above
    envVars: list[Variable]  # noqa: N815 - as above
    maxShutdownDelaySeconds: Annotated[int, Meta(ge=1, le=300)] = 30  # noqa: N815 - as above
    autoDeployTrigger: Literal["off", "commit", "checksPass"] = "commit"  # noqa: N815 - as above
    numInstances: Annotated[int, Meta(ge=1)] = 1  # noqa: N815 - as above
    buildFilter: BuildFilter = BuildFilter()  # noqa: N815 - as above


class KeyValue(_Strict, frozen=True, tag_field="type", tag="keyvalue"):
    """A Valkey; who may reach it from outside must be said, if only "nobody"."""

    name: Name
    region: Region
    plan: Literal["free", "starter", "standard", "pro", "pro plus", "pro max", "pro ultra"]
    ipAllowList: list[str]  # noqa: N815 - as above
    maxmemoryPolicy: Literal["noeviction", "allkeys-lru", "volatile-lru", "allkeys-lfu", "volatile-ttl"]  # noqa: N815


class Database(_Strict, frozen=True):
    """A Postgres."""

    name: Name
    region: Region
    plan: Annotated[str, Meta(pattern=r"^(free|(basic|pro|accelerated)-\d+(mb|gb))$")]
    postgresMajorVersion: Literal["13", "14", "15", "16", "17", "18"]  # noqa: N815 - as above
    ipAllowList: list[str]  # noqa: N815 - as above
    diskSizeGB: Annotated[int, Meta(ge=1)] = 1  # noqa: N815 - as above

    def __post_init__(self) -> None:
        if self.diskSizeGB != 1 and self.diskSizeGB % 5:
            raise ValueError("diskSizeGB is 1 or a multiple of 5")


class Blueprint(_Strict, frozen=True):
    """The whole file."""

    services: list[Web | KeyValue]
    databases: list[Database]
