"""Every table of the product; the migrations make them, a test compares the two.

Times that people read are RFC 3339 text (text order is time order); times that the server only compares are
seconds since 1970. Secrets stand here as hashes only.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

metadata = MetaData()

meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
"""Facts of the deployment: `deployment`, its id."""

# -- access --------------------------------------------------------------------------------------------

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("disabled_at", Text),
)

roles = Table(
    "roles",
    metadata,
    Column("human", Text, ForeignKey("users.id"), primary_key=True),
    Column("env", Text, primary_key=True),
    Column("role", Text, nullable=False),
)

families = Table(
    "families",
    metadata,
    Column("id", Text, primary_key=True),
    Column("human", Text, ForeignKey("users.id"), nullable=False),
    Column("env", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("born", Float, nullable=False),
    Column("ends", Float, nullable=False),
    Column("revoked_at", Float),
    Index("families_by_human", "human", "place"),
)
"""One login and every refresh token that came from it. `place` is a keyed hash of the address it began at."""

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("family", Text, ForeignKey("families.id"), nullable=False),
    Column("ends", Float, nullable=False),
    Column("used_at", Float),
    Column("salt", Text),
    Index("refresh_tokens_by_family", "family"),
)
"""`salt` is set when the token is used: with it and the token itself, the same successor can be made again."""

login_codes = Table(
    "login_codes",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("human", Text, ForeignKey("users.id"), nullable=False),
    Column("env", Text, nullable=False),
    Column("ends", Float, nullable=False),
    Column("used_at", Float),
)

ingest_keys = Table(
    "ingest_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("env", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("revoked_at", Text),
)

# -- audit ---------------------------------------------------------------------------------------------

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("log", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)
"""Where each log ends; whoever holds this row may append."""

audit = Table(
    "audit",
    metadata,
    Column("log", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("ts", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("human", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Index("audit_by_time", "log", "ts"),
    Index("audit_by_human", "log", "human", "seq"),
    Index("audit_by_session", "log", "session", "seq"),
)
"""`record` is the truth; the columns beside it are for searching."""

audit_private = Table(
    "audit_private",
    metadata,
    Column("log", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False),
)
"""What a commitment in a record hides, apart from it, so that it can be erased."""

# -- sessions ------------------------------------------------------------------------------------------

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("env", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("closed_at", Text),
    Index(
        "sessions_open_slug",
        "env",
        "slug",
        unique=True,
        sqlite_where=text("closed_at IS NULL AND slug <> ''"),
        postgresql_where=text("closed_at IS NULL AND slug <> ''"),
    ),
)
"""`slug` is unique among the open sessions of an environment; empty for a session without one."""

chat = Table(
    "chat",
    metadata,
    Column("session", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("at", Text, nullable=False),
    Column("human", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("session", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("human", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("at", Text, nullable=False),
)

# -- streams -------------------------------------------------------------------------------------------

stream_tops = Table(
    "stream_tops",
    metadata,
    Column("env", Text, primary_key=True),
    Column("uuid", Text, primary_key=True),
    Column("ms", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
)
"""The newest entry that any hub has seen of a stream. A row for each uuid: an old copy may bring an old one back."""
