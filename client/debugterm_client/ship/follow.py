"""One path through its rotations: the old file is read to its end before the new one, none is read twice."""

import os
import stat
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from debugterm_client.ship.place import Place, tail_hash
from debugterm_client.ship.records import Record
from debugterm_client.ship.rotated import brothers, key_of, place_at, stands
from debugterm_client.ship.rows import Origin, Row
from debugterm_client.ship.tail import Tail, first_place

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

    def poll(self, now: float) -> tuple[list[Row], bool]:
        """The rows of the next chunk of each open file, and whether there may be more. `now` is monotonic."""
        self._look()
        rows: list[Row] = []
        more = False
        for tail, since in list(self._late):
            records, busy = tail.pull(now)
            rows += self._rows(tail, records)
            more |= busy
            self._keep_late(tail, now if busy else since, now=now)
        while self._chain:
            tail = self._chain[0]
            records, busy = tail.pull(now)
            rows += self._rows(tail, records)
            if busy or tail.key == self._current:
                return rows, more or busy
            self._late.append((self._chain.popleft(), now))
        return rows, more

    def finish(self) -> list[Row]:
        """What has begun and not ended, taken as ended; closes the files."""
        rows: list[Row] = []
        for tail in [*(tail for tail, _ in self._late), *self._chain]:
            rows += self._rows(tail, tail.finish())
            self._close(tail)
        self._late.clear()
        self._chain.clear()
        self._current = ""
        return rows

    def _rows(self, tail: Tail, records: list[Record]) -> list[Row]:
        rows = []
        for record in records:
            body = self._origin.body(record.text)
            place = Place(str(self.path), record.end, tail_hash(record.tail), len(record.tail))
            if body:
                rows.append(Row(body, tail.key, place))
        return rows

    def _keep_late(self, tail: Tail, since: float, *, now: float) -> None:
        self._late = [item for item in self._late if item[0] is not tail]
        if now - since < LATE_SECONDS:
            self._late.append((tail, since))
        else:
            self._close(tail)

    def _close(self, tail: Tail) -> None:
        self._known.places[tail.key] = tail.place
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
            self._take_brothers(besides=key)
        self._take(self.path)

    def _take_brothers(self, *, besides: str) -> None:
        """Files that were rotated away before we saw them, or before we had read them to the end."""
        for path, status in brothers(self.path):
            key = key_of(status)
            if key != besides and key not in self._known.open:
                self._take(path)

    def _take(self, path: Path) -> None:
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return
        status = os.fstat(fd)
        key = key_of(status)
        place = self._known.places.get(key) or self._begin(path, fd)
        if path != self.path and place.offset == status.st_size and stands(fd, place) is not None:
            os.close(fd)
            return
        self._known.places.setdefault(key, place)
        self._known.open.add(key)
        self._chain.append(Tail(self.path, fd, key=key, place=place, learn=self._known.learn_all_read))
        if path == self.path:
            self._current = key

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
