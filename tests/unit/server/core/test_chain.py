"""The law of the audit chain: whatever is done to a log, the verifier sees it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest
from debugterm_server.core import canonical
from debugterm_server.core.chain import EMPTY, Fault, Head, verify
from debugterm_server.core.records import Draft
from debugterm_server.core.sealing import GENESIS, Place, Private, seal
from hypothesis import given
from hypothesis import strategies as st

ORIGIN = "debugterm/d1/prod"


@dataclass
class Log:
    """A log as it lies in SQL, for tampering with."""

    records: list[bytes] = field(default_factory=list)
    private: dict[int, list[Private]] = field(default_factory=dict)
    head: Head = EMPTY

    def faults(self) -> list[Fault]:
        return list(verify(self.records, self.private, origin=ORIGIN, head=self.head))


def a_log(size: int, *, origin: str = ORIGIN) -> Log:
    salts: Iterator[int] = count()
    log = Log()
    for seq in range(1, size + 1):
        draft = Draft(log="prod", type="command.accepted", subject=None, private={"text": f"line {seq}"})
        place = Place(origin, seq, log.head.hash, f"a_{seq}", "2026-11-23T17:20:11.123456Z")
        sealed = seal(draft, place, lambda: next(salts).to_bytes(16))
        log.records.append(sealed.record)
        log.private[seq] = list(sealed.private)
        log.head = Head(seq, sealed.hash)
    return log


@pytest.mark.parametrize("size", [0, 1, 5])
def test_an_untouched_log_is_clean(size: int) -> None:
    assert a_log(size).faults() == []


@given(st.data())
def test_any_changed_byte_of_any_record_is_seen(data: st.DataObject) -> None:
    log = a_log(4)
    row = data.draw(st.integers(0, 3))
    at = data.draw(st.integers(0, len(log.records[row]) - 1))
    bits = data.draw(st.integers(1, 255))
    record = bytearray(log.records[row])
    record[at] ^= bits
    log.records[row] = bytes(record)

    assert log.faults() != []


@given(st.permutations(range(5)), st.lists(st.integers(0, 4), max_size=2))
def test_any_removal_repetition_or_new_order_is_seen(order: list[int], removed: list[int]) -> None:
    log = a_log(5)
    records = [log.records[i] for i in order if i not in removed]
    untouched = records == log.records
    log.records = records

    assert (log.faults() == []) == untouched


def drop_private(log: Log) -> None:
    log.private[2].clear()


def change_private(log: Log) -> None:
    log.private[2] = [Private(p.field, p.salt, b'{"text":"another"}') for p in log.private[2]]


def change_salt(log: Log) -> None:
    log.private[2] = [Private(p.field, b"x" * 16, p.value) for p in log.private[2]]


def invent_private(log: Log) -> None:
    log.private[2].append(Private("actor.ip", b"", b'"192.0.2.1"'))


def keep_private_of_a_record_cut_off(log: Log) -> None:
    log.records.pop()
    log.head = Head(2, canonical.sha256(log.records[-1]))


def cut_the_tail(log: Log) -> None:
    log.records.pop()
    del log.private[3]


def cut_the_front(log: Log) -> None:
    log.records.pop(0)


def respell(log: Log) -> None:
    log.records[1] = log.records[1].replace(b'"action":{', b'"action": {')


def change_the_last(log: Log) -> None:
    log.records[2] = log.records[2].replace(b"a_3", b"a_9")


def take_from_another_log(log: Log) -> None:
    log.records[0] = a_log(1, origin="debugterm/d1/staging").records[0]


def raise_the_version(log: Log) -> None:
    log.records[0] = log.records[0].replace(b'"v":1', b'"v":2')


@pytest.mark.parametrize(
    ("tamper", "seq", "kind"),
    [
        (drop_private, 2, "missing"),
        (change_private, 2, "private"),
        (change_salt, 2, "private"),
        (invent_private, 2, "extra"),
        (keep_private_of_a_record_cut_off, 3, "extra"),
        (cut_the_tail, 2, "head"),
        (cut_the_front, 1, "gap"),
        (respell, 2, "form"),
        (change_the_last, 3, "head"),
        (take_from_another_log, 1, "log"),
        (raise_the_version, 1, "version"),
    ],
)
def test_each_kind_of_tampering_is_named_with_its_record(
    tamper: Callable[[Log], None], seq: int, kind: str
) -> None:
    log = a_log(3)
    tamper(log)

    assert (seq, kind) in [(fault.seq, fault.kind) for fault in log.faults()]


def test_a_part_of_a_log_is_verified_after_a_known_record() -> None:
    log = a_log(5)
    after = Head(3, canonical.sha256(log.records[2]))
    private = {seq: log.private[seq] for seq in (4, 5)}

    assert list(verify(log.records[3:], private, origin=ORIGIN, head=log.head, after=after)) == []
    assert GENESIS == "0" * 64
