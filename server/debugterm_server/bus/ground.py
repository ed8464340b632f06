"""What must stand before anything else: the data folder claimed, and a Redis that is ours or named.

Kept free of heavy imports: the bundled Valkey starts while Python still loads the rest.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from debugterm_server.bus.supervisor import Supervisor
from debugterm_server.kit.folder import Folder, FolderProblem
from debugterm_server.settings import Settings


@dataclass(frozen=True, slots=True)
class Ground:
    """Where Redis is; `supervisor` when it is the bundled one."""

    redis_url: str
    supervisor: Supervisor | None


@contextmanager
def ground(settings: Settings) -> Iterator[Ground]:
    """Hold the data folder, and run the bundled Valkey unless REDIS_URL is set. Raises FolderProblem, NoValkey."""
    with Folder(settings.data_dir):
        if settings.redis_url is not None and settings.redis_url.get_secret_value():
            yield Ground(settings.redis_url.get_secret_value(), None)
            return
        supervisor = Supervisor(settings.data_dir)
        try:
            supervisor.start()
        except OSError as error:
            raise FolderProblem(
                f"cannot start Valkey in the data folder {settings.data_dir}: {error}; "
                "set DEBUGTERM_DATA_DIR to another folder, or REDIS_URL to a running Redis"
            ) from None
        try:
            yield Ground(supervisor.url, supervisor)
        finally:
            supervisor.stop()
