"""SQL through SQLAlchemy Core: SQLite by default, Postgres by `DATABASE_URL`."""
