"""How far each stream was seen, so that a stream restored from an older copy is noticed."""

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "stream_tops",
        Column("env", Text, nullable=False),
        Column("uuid", Text, nullable=False),
        Column("ms", BigInteger, nullable=False),
        Column("seq", BigInteger, nullable=False),
        PrimaryKeyConstraint("env", "uuid"),
    )
