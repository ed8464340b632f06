"""Which files are meant: paths, patterns, and directories, of which only the text logs are taken."""

import os
from collections.abc import Iterable
from glob import glob, has_magic
from pathlib import Path

_DEPTH = 5
_SNIFF_BYTES = 1024
_NOT_TEXT = {
    ".gz",
    ".xz",
    ".bz2",
    ".zst",
    ".lz4",
    ".zip",
    ".z",
    ".tgz",
    ".journal",
    ".db",
    ".sqlite",
    ".pcap",
    ".sa",
}
_LOGIN_DATABASES = {"wtmp", "btmp", "utmp", "lastlog", "faillog", "tallylog"}


def discover(arguments: Iterable[str]) -> list[Path]:
    """The files that the arguments mean now, each once, in order; a path that does not exist yet is kept."""
    found: dict[Path, None] = {}
    for argument in arguments:
        for path in _meant(argument):
            found.setdefault(path)
    return list(found)


def total_bytes(arguments: Iterable[str]) -> int:
    """Bytes of the files that the arguments mean now."""
    return sum(path.stat().st_size for path in discover(arguments) if path.is_file())


def _meant(argument: str) -> list[Path]:
    path = Path(argument).absolute()
    if path.is_dir():
        return _text_files(path, _DEPTH)
    if has_magic(argument) and not path.exists():
        names = sorted(glob(str(path), recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
        return [file for file in map(Path, names) if _is_text_log(file)]
    return [path]


def _text_files(folder: Path, depth: int) -> list[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []
    found: list[Path] = []
    for entry in entries:
        if entry.is_dir(follow_symlinks=False) and depth > 0:
            found += _text_files(Path(entry.path), depth - 1)
        elif entry.is_file() and _is_text_log(Path(entry.path)):
            found.append(Path(entry.path))
    return found


def _is_text_log(path: Path) -> bool:
    """Text that we may read: no archive, journal or login database (those hold bytes, and other people's logins)."""
    stem = path.name.partition(".")[0].partition("-")[0]
    if path.suffix.lower() in _NOT_TEXT or stem in _LOGIN_DATABASES:
        return False
    try:
        with path.open("rb") as file:
            return path.is_file() and b"\0" not in file.read(_SNIFF_BYTES)
    except OSError:
        return False
