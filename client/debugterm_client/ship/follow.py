"""One path through its rotations: the old file is read to its end before the new one, none is read twice."""

import os
import stat
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from debugterm_client.ship.place import Place
from debugterm_client.ship.records import Record
from debugterm_client.ship.rotated import brothers, find_copy, key_of, place_at, stands
from debugterm_client.ship.rows import Origin, Row
from debugterm_client.ship.tail import Cut, Tail, first_place

LATE_SECONDS = 60.0
"""A rotated or deleted file is watched this long after its last line: its writer may still hold it open."""


@dataclass(slots=True)
class Known:
    """The inodes of all followed files: where each was left, which are open now, and which places are news."""

    places: dict[str, Place]
    open: set[str] = field(default_factory=set)
    fresh: dict[str, Place] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def learn(self, key: str, place: Place) -> None:
        """Note where a file stands that nobody reads now."""
        self.places[key] = self.fresh[key] = place

    def learn_all_read(self, path: Path, fd: int) -> None:
        """Note that a file holds nothing new."""
        status = os.fstat(fd)
        self.learn(key_of(status), place_at(path, fd, status.st_size))

    def has(self, path: Path) -> bool:
        """Whether a file of this path was read before."""
        return any(place.path == str(path) for place in self.places.values())


class Follower:
    """Reads one path. `last` limits how many lines of a file never seen before are read; None is all."""

    def __init__(self, path: Path, known: Known, *, origin: Origin, last: int | None = None) -> None:
        self.path = path
        self._known = known
        self._origin = origin
        self._last = last
        self._chain: deque[Tail] = deque()
        self._late: list[tuple[Tail, float]] = []
        self._current = ""
        self._marks: list[Row] = []

    @property
    def pending(self) -> bool:
        """Whether a record has begun that will soon be taken as ended."""
        return any(tail.pending for tail in self._open_tails())

    def poll(self, now: float) -> tuple[list[Row], bool]:
        """The rows of the next chunk of each open file, and whether there may be more. `now` is monotonic."""
        self._look()
        rows = self._take_marks()
        more = False
        for tail, since in list(self._late):
            busy = self._pull(tail, rows, now)
            more |= busy
            self._keep_late(tail, now if busy else since, now=now)
        while self._chain:
            tail = self._chain[0]
            if tail.key == self._current and tail.untouched() and self._unseen_before(tail):
                continue
            busy = self._pull(tail, rows, now)
            if busy or tail.key == self._current:
                return rows, more or busy
            self._late.append((self._chain.popleft(), now))
        return rows, more

    def finish(self) -> list[Row]:
        """What has begun and not ended, taken as ended; closes the files."""
        rows: list[Row] = []
        for tail in self._open_tails():
            rows += self._rows(tail, tail.finish())
            self._close(tail)
        return rows

    def _open_tails(self) -> list[Tail]:
        return [*(tail for tail, _ in self._late), *self._chain]

    def _pull(self, tail: Tail, rows: list[Row], now: float) -> bool:
        try:
            records, busy = tail.pull(now)
        except Cut:
            if tail.key == self._current:
                self._current = ""
            if not self._replaced(tail.key, tail.place):
                rows += self._rows(tail, tail.finish())
            rows += self._take_marks()
            self._close(tail)
            return True
        rows += self._rows(tail, records)
        return busy

    def _rows(self, tail: Tail, records: list[Record]) -> list[Row]:
        rows = []
        for record in records:
            body = self._origin.body(record.text)
            if body:
                rows.append(Row(body, tail.key, tail.place_of(record.end, record.tail)))
        return rows

    def _keep_late(self, tail: Tail, since: float, *, now: float) -> None:
        if tail.key not in self._known.open:
            return
        self._late = [item for item in self._late if item[0] is not tail]
        self._late.append((tail, since))
        if now - since >= LATE_SECONDS:
            self._known.places[tail.key] = tail.place
            self._close(tail)

    def _close(self, tail: Tail) -> None:
        self._late = [item for item in self._late if item[0] is not tail]
        if tail in self._chain:
            self._chain.remove(tail)
        self._known.open.discard(tail.key)
        if tail.gone():
            self._known.gone.append(tail.key)
        tail.close()

    def _look(self) -> None:
        """See which file stands under the path now."""
        try:
            status = self.path.stat()
        except OSError:
            self._current = ""
            return
        key = key_of(status)
        if key == self._current or key in self._known.open or not stat.S_ISREG(status.st_mode):
            return
        if self._known.has(self.path):
            place = self._known.places.get(key)
            # At offset 0 we have read nothing of this file, so a copy of it that we do not know is news too.
            self._take_brothers(besides=key, unseen=place is None or place.offset == 0)
        self._take(self.path)

    def _replaced(self, key: str, place: Place) -> bool:
        """The file of `key` holds other rows than those read up to `place`: go on in its copy, then in later ones.

        Returns whether there is a copy. The file itself is new from now on.
        """
        copy = find_copy(self.path, place)
        if copy is not None:
            copy_key = key_of(os.fstat(copy))
            read = self._known.places.get(copy_key)
            if copy_key not in self._known.open and (read is None or read.offset < place.offset):
                self._mark(copy_key, place)
            self._add(copy)
        self._take_brothers(besides=key, unseen=True)
        self._mark(key, Place(str(self.path)))
        return copy is not None

    def _mark(self, key: str, place: Place) -> None:
        """Set a place that must not be written down before the rows read so far are acknowledged."""
        self._known.places[key] = place
        self._marks.append(Row(b"", key, place))

    def _take_marks(self) -> list[Row]:
        marks, self._marks = self._marks, []
        return marks

    def _unseen_before(self, tail: Tail) -> bool:
        """Whether copies were made of a file while it waited to be read from its start; they come before it now."""
        self._chain.remove(tail)
        self._take_brothers(besides=tail.key, unseen=True)
        found = bool(self._chain)
        self._chain.append(tail)
        return found

    def _take_brothers(self, *, besides: str, unseen: bool) -> None:
        """Files that were rotated away before we had read them to the end; with `unseen` also before we saw them."""
        for path, status in brothers(self.path):
            key = key_of(status)
            if key != besides and (unseen or key in self._known.places):
                self._take(path)

    def _take(self, path: Path) -> None:
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return
        status = os.fstat(fd)
        key = key_of(status)
        if key in self._known.open:
            os.close(fd)
            return
        place = self._known.places.get(key) or self._begin(path, fd)
        if stands(fd, place) is None:
            if path == self.path:
                self._replaced(key, place)
            else:
                self._mark(key, Place(str(self.path)))
        elif path != self.path and place.offset == status.st_size:
            os.close(fd)
            return
        self._add(fd)
        if path == self.path:
            self._current = key

    def _add(self, fd: int) -> None:
        """Read an open file from its known place on, after those that are in the chain."""
        key = key_of(os.fstat(fd))
        if key in self._known.open:
            os.close(fd)
            return
        self._known.open.add(key)
        self._chain.append(Tail(self.path, fd, key=key, offset=self._known.places[key].offset))

    def _begin(self, path: Path, fd: int) -> Place:
        """The first place of a file never seen; its rotated brothers of old are none of our business."""
        first = not self._known.has(self.path)
        place = first_place(self.path, fd, last=self._last if first else None)
        self._known.learn(key_of(os.fstat(fd)), place)
        if first and path == self.path:
            for brother, status in brothers(path):
                key = key_of(status)
                if key not in self._known.places and key not in self._known.open:
                    self._learn_brother(brother)
        return place

    def _learn_brother(self, path: Path) -> None:
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return
        self._known.learn_all_read(path, fd)
        os.close(fd)
