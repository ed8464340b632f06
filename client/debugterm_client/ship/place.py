"""How far the shipper is, on disk: the number of the last batch, the batch under way, and a place for each file.

Exactly once rests on three rules. A batch is on disk, bytes and all, before it is sent; its number never covers
other bytes; the places move only when the hub has acknowledged it. After kill -9 the batch on disk is sent again
under its number, and the hub, which keeps the number of the last one, answers as it did the first time.
"""

import fcntl
import hashlib
import os
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct
from ulid import ULID

MAX_PLACES = 10_000
"""Files remembered; beyond it those that are longest out of use are forgotten."""


class Place(Struct, frozen=True, omit_defaults=True):
    """How far one source is read and acknowledged. Files by device and inode, the journal by its cursor."""

    path: str
    offset: int = 0
    tail: str = ""
    """Hash of the last bytes before `offset`: tells whether the file is still the one that was read."""
    tail_bytes: int = 0
    cursor: str = ""


def tail_hash(tail: bytes) -> str:
    """The short hash that `Place.tail` holds."""
    return hashlib.blake2b(tail, digest_size=8).hexdigest()


class Flight(Struct, frozen=True):
    """Batches under way: consecutive numbers from `first`, and the places that hold once the last is acknowledged."""

    first: int
    bodies: list[bytes]
    places: dict[str, Place]


class Book(Struct):
    """What the state directory remembers between runs."""

    producer: str
    acked: int = 0
    places: dict[str, Place] = {}


T = TypeVar("T")


class StateBusy(Exception):
    """Another shipper uses the state directory."""


class StateUnusable(Exception):
    """The state directory cannot be read or written; the message says why."""


class State:
    """The state directory; without one (a pipe has no place to return to) everything is kept in memory.

    Raises StateBusy and StateUnusable on opening.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock = None if folder is None else _lock(folder)
        book = self._read("book", Book)
        self.book = book or Book(producer=str(ULID()))
        if book is None:
            # Before any batch: one that comes again under another producer would be stored twice.
            self._write("book", self.book)
        flight = self._read("flight", Flight)
        self.flight = flight if flight and self._unfinished(flight) else None
        """The batch that was under way when the last run was cut off; send it first."""

    def _unfinished(self, flight: Flight) -> bool:
        return flight.first + len(flight.bodies) - 1 > self.book.acked

    def places_to_come(self) -> dict[str, Place]:
        """The places once the batch under way is acknowledged: where reading goes on, for it is sent first."""
        return self.book.places | (self.flight.places if self.flight else {})

    def depart(self, flight: Flight) -> None:
        """Write down a batch before it is sent."""
        self.flight = flight
        self._write("flight", flight)

    def acknowledge(self, flight: Flight, number: int) -> None:
        """Note that the hub has batch `number` of a flight; with the last one its places hold."""
        self.book.acked = number
        if not self._unfinished(flight):
            self.book.places.update(flight.places)
            self.flight = None
        self._write("book", self.book)

    def rename(self) -> None:
        """Go on as another producer: the hub knows later batches of this one than we do."""
        self.book.producer = str(ULID())
        self._write("book", self.book)

    def remember(self, places: dict[str, Place]) -> None:
        """Write down where new files begin, before a row of them is read."""
        self.book.places.update(places)
        for key in list(self.book.places)[:-MAX_PLACES]:
            del self.book.places[key]
        self._write("book", self.book)

    def forget(self, keys: list[str]) -> None:
        """Drop the places of files that are gone."""
        if [self.book.places.pop(key) for key in keys if key in self.book.places]:
            self._write("book", self.book)

    def erase(self) -> None:
        """Remove the directory: what it was for has come to its end."""
        for name in ("book", "flight", "book.new", "flight.new", "lock"):
            if self._folder is not None:
                (self._folder / name).unlink(missing_ok=True)
        if self._folder is not None:
            self._folder.rmdir()

    def close(self) -> None:
        """Let another shipper use the directory."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _read(self, name: str, kind: type[T]) -> T | None:
        if self._folder is None:
            return None
        try:
            return msgspec.msgpack.decode((self._folder / name).read_bytes(), type=kind)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            raise StateUnusable(f"cannot read {self._folder / name}: {error}") from None

    def _write(self, name: str, value: Book | Flight) -> None:
        if self._folder is None:
            return
        fresh = self._folder / f"{name}.new"
        try:
            with fresh.open("wb") as file:
                file.write(msgspec.msgpack.encode(value))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._folder / name)
            _sync_folder(self._folder)
        except OSError as error:
            raise StateUnusable(f"cannot write {self._folder / name}: {error.strerror}") from None


def _sync_folder(folder: Path) -> None:
    """Make a rename durable: after a loss of power an old flight must not stand under a number already sent."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lock(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StateUnusable(f"cannot use the state directory {folder}: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise StateBusy(f"another shipper uses {folder}") from None
    return lock
