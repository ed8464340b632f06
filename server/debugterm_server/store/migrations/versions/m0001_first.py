"""The first tables: access, audit with its insert-only triggers, sessions."""

import secrets

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)

revision = "0001"
down_revision = None

OPEN = text("closed_at IS NULL AND slug <> ''")


def upgrade() -> None:
    """Make everything."""
    meta = op.create_table("meta", _text("name"), _text("value"), PrimaryKeyConstraint("name"))
    op.bulk_insert(meta, [{"name": "deployment", "value": secrets.token_hex(6)}])
    _access()
    _audit()
    _sessions()
    _guard()


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _human() -> Column[str]:
    return Column("human", Text, ForeignKey("users.id"), nullable=False)


def _seconds(name: str, *, nullable: bool = False) -> Column[float]:
    return Column(name, Float, nullable=nullable)


def _seq() -> Column[int]:
    return Column("seq", BigInteger, nullable=False)


def _session() -> Column[str]:
    return Column("session", Text, ForeignKey("sessions.id"), nullable=False)


def _access() -> None:
    op.create_table(
        "users",
        *(_text("id"), _text("name"), _text("password")),
        *(_text("created_at"), _text("disabled_at", nullable=True)),
        *(PrimaryKeyConstraint("id"), UniqueConstraint("name")),
    )
    op.create_table("roles", _human(), _text("env"), _text("role"), PrimaryKeyConstraint("human", "env"))
    op.create_table(
        "families",
        *(_text("id"), _human(), _text("env"), _text("place")),
        *(_seconds("born"), _seconds("ends"), _seconds("revoked_at", nullable=True)),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("families_by_human", "families", ["human", "place"])
    op.create_table(
        "refresh_tokens",
        *(_text("hash"), Column("family", Text, ForeignKey("families.id"), nullable=False)),
        *(_seconds("ends"), _seconds("used_at", nullable=True), _text("salt", nullable=True)),
        PrimaryKeyConstraint("hash"),
    )
    op.create_index("refresh_tokens_by_family", "refresh_tokens", ["family"])
    op.create_table(
        "login_codes",
        *(_text("hash"), _human(), _text("env"), _seconds("ends"), _seconds("used_at", nullable=True)),
        PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "ingest_keys",
        *(_text("id"), _text("hash"), _text("env"), _text("name")),
        *(_text("created_at"), _text("revoked_at", nullable=True)),
        *(PrimaryKeyConstraint("id"), UniqueConstraint("hash")),
    )


def _audit() -> None:
    op.create_table("audit_heads", _text("log"), _seq(), _text("hash"), PrimaryKeyConstraint("log"))
    op.create_table(
        "audit",
        *(
            _text("log"),
            _seq(),
            _text("ts"),
            _text("type"),
            _text("action"),
            _text("human"),
            _text("session"),
        ),
        *(Column("record", LargeBinary, nullable=False), PrimaryKeyConstraint("log", "seq")),
    )
    op.create_index("audit_by_time", "audit", ["log", "ts"])
    op.create_index("audit_by_human", "audit", ["log", "human", "seq"])
    op.create_index("audit_by_session", "audit", ["log", "session", "seq"])
    op.create_table(
        "audit_private",
        *(_text("log"), _seq(), _text("field")),
        *(Column("salt", LargeBinary, nullable=False), Column("value", LargeBinary, nullable=False)),
        PrimaryKeyConstraint("log", "seq", "field"),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        *(_text("id"), _text("env"), _text("slug"), _text("title"), _text("created_by")),
        *(_text("created_at"), _text("closed_at", nullable=True), PrimaryKeyConstraint("id")),
    )
    op.create_index(
        "sessions_open_slug",
        "sessions",
        ["env", "slug"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "chat",
        *(
            _session(),
            _seq(),
            _text("at"),
            _text("human"),
            _text("name"),
            _text("text"),
            PrimaryKeyConstraint("session", "seq"),
        ),
    )
    op.create_table(
        "members",
        *(_session(), _text("human"), _text("name"), _text("role"), _text("at")),
        PrimaryKeyConstraint("session", "human"),
    )


def _guard() -> None:
    """Refuse UPDATE and DELETE of records: a speed bump, the proof is the chain."""
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(
            "CREATE FUNCTION audit_is_insert_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME; END $$"
        )
    for table in ("audit", "audit_private"):
        if postgres:
            op.execute(
                f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_insert_only()"
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
            )
