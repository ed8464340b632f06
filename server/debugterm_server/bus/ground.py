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
    """Where Redis is; `supervisor` when it is the bundled one and ours to watch."""

    redis_url: str
    supervisor: Supervisor | None
    shared: bool = False
    """Whether other workers of the same parent serve the same port."""


@contextmanager
def ground(settings: Settings) -> Iterator[Ground]:
    """Hold the data folder, and run the bundled Valkey unless REDIS_URL is set. Raises FolderProblem, NoValkey."""
    with Folder(settings.data_dir):
        if url := _named(settings):
            yield Ground(url, None)
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


def under_parent(settings: Settings) -> Ground:
    """The ground of a worker: its parent holds the folder and watches Valkey."""
    return Ground(_named(settings) or Supervisor(settings.data_dir).url, None, shared=True)


def _named(settings: Settings) -> str:
    """The address of the Redis that is not ours, with what redis-py must know about TLS; empty when there is none."""
    url = settings.redis_url.get_secret_value() if settings.redis_url else ""
    if url.startswith("rediss://") and settings.redis_tls_verify == "none":
        return f"{url}{'&' if '?' in url else '?'}ssl_cert_reqs=none"
    return url
