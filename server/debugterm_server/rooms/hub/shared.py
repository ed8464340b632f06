"""Frames that many viewers get: built once, the same bytes for everybody, each telling what was shed within it."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec
from debugterm_protocol import limits
from debugterm_protocol.frames import Gap, ServerFrame
from debugterm_protocol.levels import LEVELS
from debugterm_protocol.offsets import Offset

from debugterm_server.core.flow import ALL, LOWEST, Sent
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.outlet import Wrap

_encoder = msgspec.json.Encoder()
ENVELOPE_BYTES = 800
"""Room for the frame around the rows, and for the gap in it."""


class Picked:
    """Rows of one entry, at least one, as they are stored; `shaped` has the bytes of those that stages changed."""

    __slots__ = ("indexes", "read", "shaped")

    def __init__(self, read: Read, indexes: Sequence[int], shaped: Mapping[int, bytes] | None = None) -> None:
        self.read = read
        self.indexes = indexes
        self.shaped = shaped

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
        if self.shaped is None and len(self.indexes) == read.entry.n:
            return len(read.entry.rows)
        return sum(map(len, self.lines))

    @property
    def lines(self) -> Sequence[bytes]:
        """The bytes of the rows."""
        if self.shaped is not None:
            return [self.shaped[index] for index in self.indexes]
        lines = self.read.lines
        return lines if len(self.indexes) == len(lines) else [lines[index] for index in self.indexes]

    def json(self) -> bytes:
        """The group as it stands in a `rows` frame."""
        numbers = ",".join(map(str, self.indexes)).encode()
        return b'{"e":"%b","i":[%b],"rows":[%b]}' % (
            self.read.entry.id.encode(),
            numbers,
            b",".join(self.lines),
        )

    def at_least(self, floor: int) -> "Picked | None":
        """The rows that are sent at a floor: of its level and above, and those that are first of a new pattern."""
        ranks, fresh, lowest = self.read.ranks, self.read.fresh, LOWEST[floor]
        return self.only([index for index in self.indexes if ranks[index] >= lowest or index in fresh])

    def between(self, start: Offset, end: Offset) -> "Picked | None":
        """The rows at and behind `start` up to `end`."""
        if start <= self.first and self.last <= end:
            return self
        offset = self.read.offset
        return self.only([index for index in self.indexes if start <= offset(index) <= end])

    def only(self, indexes: Sequence[int]) -> "Picked | None":
        """Some of these rows; None for none."""
        return Picked(self.read, indexes, self.shaped) if indexes else None

    def split(self) -> Iterator["Picked"]:
        """Parts that each fit into one frame."""
        room = limits.FRAME_OUT_BYTES - ENVELOPE_BYTES
        if len(self.indexes) == 1 or self.size + 8 * len(self.indexes) <= room:
            yield self
            return
        part: list[int] = []
        size = 0
        for index, line in zip(self.indexes, self.lines, strict=True):
            more = len(line) + 8
            if part and size + more > room:
                yield Picked(self.read, part, self.shaped)
                part, size = [], 0
            part.append(index)
            size += more
        yield Picked(self.read, part, self.shaped)


@dataclass(frozen=True, slots=True)
class Shared:
    """One message: bytes for the wire, its `n` rows, the `shed` ones it tells of, and the place behind all of them."""

    message: bytes
    last: Offset
    n: int
    shed: int = 0

    def sent(self, now: float) -> Sent:
        """What the flow of a viewer keeps of it."""
        return Sent(self.last, self.n, len(self.message), now)


class Flushed:
    """What one flush at `now` brings: at most four renderings, each built when the first viewer needs it."""

    def __init__(self, picked: Sequence[Picked], *, ch: str, epoch: str, wrap: Wrap, now: float) -> None:
        self.first = picked[0].first
        self.last = picked[-1].last
        self._picked = picked
        self._ch, self._epoch, self._wrap = ch, epoch, wrap
        self._renderings: list[Sequence[Shared] | None] = [None] * len(LOWEST)
        self._levels: Counter[str] | None = None
        self._now = now

    @cached_property
    def whole(self) -> Sequence[tuple[bytes, Sent]]:
        """The messages with all its rows, each with what the flow of everybody who gets it keeps of it."""
        return [(shared.message, shared.sent(self._now)) for shared in self.rendering(ALL)]

    def rendering(self, floor: int) -> Sequence[Shared]:
        """The messages for viewers at this floor; none when no row is left for them."""
        built = self._renderings[floor]
        if built is None:
            built = self._renderings[floor] = self._render(floor)
        return built

    def levels(self) -> Counter[str]:
        """All its rows by level; counted only when somebody missed them."""
        if self._levels is None:
            self._levels = Counter()
            for one in self._picked:
                self._levels.update(one.read.levels(one.indexes))
        return self._levels

    def _render(self, floor: int) -> Sequence[Shared]:
        picked = self._picked
        if floor != ALL:
            picked = [kept for one in picked if (kept := one.at_least(floor)) is not None]
        parts = list(grouped(picked))
        shed = self._shed(floor) if floor != ALL else ()
        head = rows_head(self._ch, self._epoch)
        if not shed:
            return [sealed(head, part, b"]}", self._wrap) for part in parts]
        return [self._with_gap(head, part, left) for part, left in _dealt(parts, shed)]

    def _shed(self, floor: int) -> Sequence[tuple[Offset, int]]:
        """Place and rank of each row that is left out at this floor, in order."""
        lowest = LOWEST[floor]
        return [
            (one.read.offset(index), one.read.ranks[index])
            for one in self._picked
            for index in one.indexes
            if one.read.ranks[index] < lowest and index not in one.read.fresh
        ]

    def _with_gap(self, head: bytes, part: "Part", left: Sequence[tuple[Offset, int]]) -> Shared:
        if not left:
            return sealed(head, part, b"]}", self._wrap)
        first, last = left[0][0], left[-1][0]
        gap = Gap(
            ch=self._ch,
            start=str(first),
            end=str(last),
            n=len(left),
            by=_by_level(rank for _, rank in left),
            shown=_by_level(_ranks_between(part.picked, first, last)),
        )
        tail = b'],"gap":%b}' % _encoder.encode(gap)
        return sealed(head, part, tail, self._wrap, behind=last, shed=len(left))


@dataclass(slots=True)
class Part:
    """What goes into one message: rows in order, and the same as they stand in it."""

    picked: list[Picked]
    groups: list[bytes]


def grouped(picked: Iterable[Picked]) -> Iterator[Part]:
    """The fewest parts that carry these rows in order, each within the frame limit."""
    room = limits.FRAME_OUT_BYTES - ENVELOPE_BYTES
    part = Part([], [])
    size = 0
    for one in picked:
        for piece in one.split():
            group = piece.json()
            if part.groups and size + len(group) > room:
                yield part
                part, size = Part([], []), 0
            part.picked.append(piece)
            part.groups.append(group)
            size += len(group)
    if part.groups:
        yield part


def rows_head(ch: str, epoch: str) -> bytes:
    """How a `rows` frame begins."""
    return b'{"t":"rows","ch":"%b","ep":"%b","b":[' % (ch.encode(), epoch.encode())


def sealed(
    head: bytes, part: Part, tail: bytes, wrap: Wrap, *, behind: Offset | None = None, shed: int = 0
) -> Shared:
    """The message of one part; its place is behind its rows and `behind`."""
    last = part.picked[-1].last
    return Shared(
        wrap(b"%b%b%b" % (head, b",".join(part.groups), tail)),
        last if behind is None else max(last, behind),
        sum(len(one.indexes) for one in part.picked),
        shed,
    )


def build(picked: Iterable[Picked], *, ch: str, epoch: str, wrap: Wrap) -> Iterator[Shared]:
    """The messages that carry all of these rows."""
    head = rows_head(ch, epoch)
    for part in grouped(picked):
        yield sealed(head, part, b"]}", wrap)


def message(frame: ServerFrame, wrap: Wrap) -> bytes:
    """The bytes of a single frame."""
    return wrap(_encoder.encode(frame))


def _dealt(
    parts: Sequence[Part], shed: Sequence[tuple[Offset, int]]
) -> Iterator[tuple[Part, Sequence[tuple[Offset, int]]]]:
    """Each part with what was shed before its end; the last one with all the rest."""
    start = 0
    for part in parts[:-1]:
        end = bisect_right(shed, part.picked[-1].last, lo=start, key=lambda one: one[0])
        yield part, shed[start:end]
        start = end
    for part in parts[-1:]:
        yield part, shed[start:]


def _ranks_between(picked: Iterable[Picked], first: Offset, last: Offset) -> Iterator[int]:
    for one in picked:
        for index in one.indexes:
            if first < one.read.offset(index) < last:
                yield one.read.ranks[index]


def _by_level(ranks: Iterable[int]) -> dict[str, int]:
    return {LEVELS[rank]: count for rank, count in Counter(ranks).items()}
