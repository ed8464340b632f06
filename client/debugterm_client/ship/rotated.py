"""The rotated brothers of a log file: which names they have, and which of them holds the rest of what was read."""

import os
import re
import stat
from pathlib import Path

from debugterm_client.ship.cut import TAIL_BYTES
from debugterm_client.ship.place import Place, tail_hash

_SUFFIX = re.compile(r"[.\-_]\d[\d.\-_T:]*", re.ASCII)
"""`app.log.1`, `app.log-20250131`, `app.log.2025-01-31_12`; never `app.log.1.gz`."""


def is_rotated(name: str, base: str) -> bool:
    """Whether `name` is what rotation makes of the file name `base`."""
    return name.startswith(base) and _SUFFIX.fullmatch(name, len(base)) is not None


def base_of(path: Path, paths: set[Path]) -> Path | None:
    """The file among `paths` that `path` was rotated from, or None."""
    return next((p for p in paths if p.parent == path.parent and is_rotated(path.name, p.name)), None)


def key_of(status: os.stat_result) -> str:
    """What identifies an open file: device and inode."""
    return f"{status.st_dev:x}:{status.st_ino:x}"


def brothers(path: Path) -> list[tuple[Path, os.stat_result]]:
    """The uncompressed rotated files of `path`, oldest first."""
    found: list[tuple[Path, os.stat_result]] = []
    try:
        with os.scandir(path.parent) as entries:
            for entry in entries:
                if is_rotated(entry.name, path.name):
                    status = entry.stat()
                    if stat.S_ISREG(status.st_mode):
                        found.append((Path(entry.path), status))
    except OSError:
        return []
    return sorted(found, key=lambda item: (item[1].st_mtime_ns, item[0].name))


def tail_before(fd: int, offset: int) -> bytes:
    """The bytes of an open file that identify the place `offset`; shorter when the file ends before it."""
    start = max(0, offset - TAIL_BYTES)
    return os.pread(fd, offset - start, start)


def stands(fd: int, place: Place) -> bytes | None:
    """The bytes before `place` when the open file still holds them, else None: it was replaced or cut."""
    tail = os.pread(fd, place.tail_bytes, place.offset - place.tail_bytes)
    return tail if tail_hash(tail) == place.tail or place.offset == 0 else None


def place_at(path: Path, fd: int, offset: int) -> Place:
    """The place `offset` of an open file."""
    tail = tail_before(fd, offset)
    return Place(str(path), offset, tail_hash(tail), len(tail))


def find_copy(path: Path, place: Place) -> int | None:
    """A descriptor of the rotated copy that continues `place`: what copytruncate took away is still in there."""
    if place.offset == 0:
        return None
    for brother, status in reversed(brothers(path)):
        if status.st_size < place.offset:
            continue
        try:
            fd = os.open(brother, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue
        if stands(fd, place) is not None:
            return fd
        os.close(fd)
    return None
