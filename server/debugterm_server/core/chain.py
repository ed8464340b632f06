"""Checks one audit log from its bytes alone: numbers, order, canonical form, chain, commitments.

The chain finds every change behind a head that is known from elsewhere; who can rewrite the head too is found
by the signed checkpoints of the Merkle log only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from debugterm_server.core import canonical
from debugterm_server.core.canonical import NotCanonical, Value
from debugterm_server.core.sealing import GENESIS, VERSION, Private, commitments

Kind = Literal["gap", "form", "version", "log", "chain", "head", "private", "missing", "extra"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at which record; `seq` is the number it should have."""

    seq: int
    kind: Kind
    why: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log ends: its newest number and the hash of that record; (0, GENESIS) is an empty one."""

    seq: int
    hash: str


EMPTY = Head(0, GENESIS)


def verify(
    records: Iterable[bytes],
    private: Mapping[int, Sequence[Private]],
    *,
    origin: str,
    head: Head,
    after: Head = EMPTY,
) -> Iterator[Fault]:
    """Everything wrong with the records that follow `after` and must end in `head`, in order."""
    last = after
    for data in records:
        seq = last.seq + 1
        yield from _one(data, private.get(seq, ()), origin=origin, seq=seq, prev=last.hash)
        last = Head(seq, canonical.sha256(data))
    if last != head:
        why = "the head names another last record" if last.seq == head.seq else f"the head says {head.seq}"
        yield Fault(last.seq, "head", why)
    for seq in sorted(set(private) - set(range(after.seq + 1, last.seq + 1))):
        yield Fault(seq, "extra", "private values of a record that is not there")


def _one(data: bytes, private: Sequence[Private], *, origin: str, seq: int, prev: str) -> Iterator[Fault]:
    try:
        record = canonical.decode(data)
    except NotCanonical as error:
        yield Fault(seq, "form", str(error))
        return
    if not isinstance(record, dict):
        yield Fault(seq, "form", "not an object")
        return
    if record.get("v") != VERSION:
        yield Fault(seq, "version", f"version {record.get('v')!r} is unknown")
    if record.get("log") != origin:
        yield Fault(seq, "log", f"belongs to {str(record.get('log'))[:80]!r}")
    if record.get("seq") != seq:
        yield Fault(seq, "gap", f"number {seq} expected, {record.get('seq')!r} found")
    if record.get("prev") != prev:
        yield Fault(seq, "chain", "does not follow from the record before it")
    yield from _hidden(record, private, seq)


def _hidden(record: Value, private: Sequence[Private], seq: int) -> Iterator[Fault]:
    expected = dict(commitments(record))
    for item in private:
        commitment = expected.pop(item.field, None)
        if commitment is None:
            yield Fault(seq, "extra", f"nothing in the record commits to {item.field}")
        elif commitment != canonical.commitment(item.salt, item.value):
            yield Fault(seq, "private", f"{item.field} is not what was recorded")
    for field in expected:
        yield Fault(seq, "missing", f"the value of {field} is gone")
