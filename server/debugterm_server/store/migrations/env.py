"""What alembic runs before the steps: they use the connection of `store/migrate.py`, in its transaction."""

from alembic import context
from sqlalchemy import Connection

from debugterm_server.store.tables import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
context.run_migrations()
