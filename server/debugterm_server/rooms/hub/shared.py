"""Frames that many viewers get: built once, the same bytes for everybody, with what a gap would have to say."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from debugterm_protocol import limits
from debugterm_protocol.frames import ServerFrame
from debugterm_protocol.offsets import Offset

from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.outlet import Wrap

_encoder = msgspec.json.Encoder()
ENVELOPE_BYTES = 300
"""Room for the frame around the rows."""


class Picked:
    """The matching rows of one entry, at least one."""

    __slots__ = ("indexes", "read")

    def __init__(self, read: Read, indexes: Sequence[int]) -> None:
        self.read = read
        self.indexes = indexes

    @property
    def first(self) -> Offset:
        """Place of the first row."""
        return self.read.offset(self.indexes[0])

    @property
    def last(self) -> Offset:
        """Place of the last row."""
        return self.read.offset(self.indexes[-1])

    @property
    def size(self) -> int:
        """Bytes of the rows."""
        read = self.read
        if len(self.indexes) == read.entry.n:
            return len(read.entry.rows)
        return sum(len(read.lines[index]) for index in self.indexes)

    def json(self) -> bytes:
        """The group as it stands in a `rows` frame."""
        lines = self.read.lines
        rows = b",".join(lines if len(self.indexes) == len(lines) else [lines[i] for i in self.indexes])
        numbers = ",".join(map(str, self.indexes)).encode()
        return b'{"e":"%b","i":[%b],"rows":[%b]}' % (self.read.entry.id.encode(), numbers, rows)

    def split(self) -> Iterator["Picked"]:
        """Parts that each fit into one frame."""
        room = limits.FRAME_OUT_BYTES - ENVELOPE_BYTES
        part: list[int] = []
        size = 0
        for index in self.indexes:
            more = len(self.read.lines[index]) + 8
            if part and size + more > room:
                yield Picked(self.read, part)
                part, size = [], 0
            part.append(index)
            size += more
        yield Picked(self.read, part)


class Shared:
    """One `rows` message: bytes for the wire, and its rows' places and levels for whoever cannot take it."""

    __slots__ = ("_picked", "first", "last", "message", "n")

    def __init__(self, picked: Sequence[Picked], message: bytes) -> None:
        self._picked = picked
        self.message = message
        self.first = picked[0].first
        self.last = picked[-1].last
        self.n = sum(len(one.indexes) for one in picked)

    def levels(self) -> Counter[str]:
        """Rows by level; counted only when somebody missed them."""
        found: Counter[str] = Counter()
        for one in self._picked:
            found.update(one.read.levels(one.indexes))
        return found


def build(picked: Iterable[Picked], *, ch: str, epoch: str, wrap: Wrap) -> Iterator[Shared]:
    """The fewest messages that carry these rows in order, each within the frame limit."""
    head = b'{"t":"rows","ch":"%b","ep":"%b","b":[' % (ch.encode(), epoch.encode())
    room = limits.FRAME_OUT_BYTES - ENVELOPE_BYTES
    parts: list[Picked] = []
    groups: list[bytes] = []
    size = 0
    for one in picked:
        for part in one.split():
            group = part.json()
            if groups and size + len(group) > room:
                yield Shared(parts, wrap(head + b",".join(groups) + b"]}"))
                parts, groups, size = [], [], 0
            parts.append(part)
            groups.append(group)
            size += len(group)
    if groups:
        yield Shared(parts, wrap(head + b",".join(groups) + b"]}"))


def message(frame: ServerFrame, wrap: Wrap) -> bytes:
    """The bytes of a single frame."""
    return wrap(_encoder.encode(frame))
