"""The row stages of a query, compiled for a stream: which rows of each batch pass, and how they look.

What they mean is defined by `debugterm_protocol.query.selection`. A stream has no end, so three things differ there:
`dedup` remembers the last `DEDUP_KEYS` different rows, `trace` the last `TRACES` ids and brings the rows that follow a
match, and `context` lets go of the rows before a match only when that match comes, behind all that went out already.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

import msgspec
from debugterm_protocol.query.cells import text_key
from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.selection import extended, shape, trace_of
from debugterm_protocol.query.stages import (
    Context,
    Dedup,
    Extract,
    Fields,
    Hide,
    Query,
    RowStage,
    Trace,
    Where,
)

from debugterm_server.core import matcher, regex
from debugterm_server.core.columns import message_of
from debugterm_server.core.fields import getter

DEDUP_KEYS = 100_000
"""Different rows that `dedup` remembers, some 10 MB; a row equal to one before those comes again."""
TRACES = 10_000
"""Trace ids that `trace` follows; the oldest is let go."""
_encoder = msgspec.json.Encoder()


class Batch(Protocol):
    """What is needed of a batch of rows."""

    @property
    def rows(self) -> Sequence[Row]:
        """Decoded."""

    @property
    def lines(self) -> Sequence[bytes]:
        """As stored."""


B = TypeVar("B", bound=Batch)


class Item(Generic[B]):
    """A row on its way through the stages: `on` when it passes, `row` as the stages shaped it."""

    __slots__ = ("batch", "index", "on", "row")

    def __init__(self, batch: B, index: int, row: Row, *, on: bool) -> None:
        self.batch = batch
        self.index = index
        self.row = row
        self.on = on


Step = Callable[[Iterable[Item[B]]], Iterator[Item[B]]]
"""Takes rows in order and gives them in order, those that do not pass any more with `on` false, or later."""
Shape = Callable[[Row], Row]


class RowStages(Generic[B]):
    """The state of one query's row stages on one stream; batches come in order."""

    def __init__(self, stages: Sequence[RowStage], *, newest_first: bool = False) -> None:
        """`newest_first` is for a search: rows of a batch are taken, and come, in that order."""
        self._newest_first = newest_first
        self._around = any(isinstance(stage, Context | Trace) for stage in stages)
        self.shapes = any(isinstance(stage, Fields | Hide | Extract) for stage in stages)
        """Whether rows go out in another shape than they are stored in."""
        self._steps: list[Step[B]] = []
        self._traces: list[dict[str, None]] = []
        shapes: list[Shape] = []
        for stage in stages:
            self._steps.append(self._step(stage, shapes))

    def take(self, batch: B, indexes: Sequence[int]) -> list[Item[B]]:
        """The rows that go out now that this batch came, of which `indexes` (ascending) match the filter."""
        rows = batch.rows
        if self._around:
            matching = set(indexes)
            items = [Item(batch, i, row, on=i in matching) for i, row in enumerate(rows)]
        else:
            items = [Item(batch, i, rows[i], on=True) for i in indexes]
        stream: Iterable[Item[B]] = reversed(items) if self._newest_first else items
        for step in self._steps:
            stream = step(stream)
        return [item for item in stream if item.on]

    @property
    def traces(self) -> Sequence[str]:
        """The ids that `trace` follows."""
        return [trace for ids in self._traces for trace in ids]

    def follow(self, traces: Iterable[str]) -> None:
        """Follow these ids from the first row on."""
        ids = dict.fromkeys(traces)
        for own in self._traces:
            own.update(ids)

    def line(self, item: Item[B]) -> bytes:
        """The bytes of a row as it goes out."""
        return _encoder.encode(item.row) if self.shapes else item.batch.lines[item.index]

    def _step(self, stage: RowStage, shapes: list[Shape]) -> Step[B]:
        match stage:
            case Where():
                return _where(stage)
            case Dedup(names):
                return _dedup(names)
            case Context(before, after):
                back, on = (after, before) if self._newest_first else (before, after)
                return _context(back, on, _composed(shapes))
            case Trace():
                ids: dict[str, None] = {}
                self._traces.append(ids)
                return _trace(ids, _composed(shapes))
            case Fields() | Hide() | Extract():
                change = _shape(stage)
                shapes.append(change)
                return _shaping(change)
            case _:
                raise TypeError(f"{type(stage).__name__} needs an end")


def left_of(query: Query, rows: Sequence[RowStage]) -> Sequence[RowStage]:
    """The row stages that are no part of the compiled filter: all behind its leading `where`."""
    folded = 0
    while folded < len(rows) and isinstance(query.stages[folded], Where):
        folded += 1
    return rows[folded:]


def _where(stage: Where) -> Step[B]:
    match = matcher.compile(Query(stage.filter)).match

    def step(items: Iterable[Item[B]]) -> Iterator[Item[B]]:
        for item in items:
            item.on = item.on and match(item.row)
            yield item

    return step


def _dedup(names: Sequence[str]) -> Step[B]:
    getters = [getter(name) for name in names]
    seen: dict[int, None] = {}

    def step(items: Iterable[Item[B]]) -> Iterator[Item[B]]:
        for item in items:
            if item.on:
                row = item.row
                key = hash(tuple([text_key(get(row)) for get in getters]))
                item.on = seen.pop(key, True) is not None
                seen[key] = None
                if len(seen) > DEDUP_KEYS:
                    del seen[next(iter(seen))]
            yield item

    return step


def _context(before: int, after: int, shaped: Shape) -> Step[B]:
    ring: deque[Item[B]] = deque()
    left = 0

    def bring(item: Item[B]) -> Item[B]:
        item.on, item.row = True, shaped(item.row)
        return item

    def step(items: Iterable[Item[B]]) -> Iterator[Item[B]]:
        nonlocal left
        for item in items:
            if item.on:
                yield from map(bring, ring)
                ring.clear()
                yield item
                left = after
            elif left:
                left -= 1
                yield bring(item)
            else:
                ring.append(item)
                if len(ring) > before:
                    yield ring.popleft()

    return step


def _trace(ids: dict[str, None], shaped: Shape) -> Step[B]:
    def step(items: Iterable[Item[B]]) -> Iterator[Item[B]]:
        for item in items:
            own = trace_of(item.row)
            if item.on:
                if own is not None and own not in ids:
                    ids[own] = None
                    if len(ids) > TRACES:
                        del ids[next(iter(ids))]
            elif own in ids:
                item.on, item.row = True, shaped(item.row)
            yield item

    return step


def _shaping(change: Shape) -> Step[B]:
    def step(items: Iterable[Item[B]]) -> Iterator[Item[B]]:
        for item in items:
            if item.on:
                item.row = change(item.row)
            yield item

    return step


def _shape(stage: Fields | Hide | Extract) -> Shape:
    if isinstance(stage, Extract):
        extract = regex.extractor(stage.pattern)
        return lambda row: extended(row, extract(message_of(row)))
    return lambda row: shape(stage, row)


def _composed(shapes: Sequence[Shape]) -> Shape:
    before = tuple(shapes)

    def change(row: Row) -> Row:
        for one in before:
            row = one(row)
        return row

    return change
