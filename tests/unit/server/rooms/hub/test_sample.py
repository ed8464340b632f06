"""The sample: all rows while they are few, the same chance for each when they are many, and always bounded."""

from itertools import pairwise

import msgspec
from debugterm_server.bus.entries import Entry
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.sample import BYTES, MOST, SECONDS, Sample, Second

NOW = 1_000_000_000


def read(numbers: range, *, second: int = NOW, pad: int = 0) -> Read:
    rows = [msgspec.json.encode({"ts": "x", "attrs": {"n": n, "pad": "x" * pad}}) for n in numbers]
    return Read(Entry(f"{second * 1000}-0", b"\n".join(rows), len(rows), 0, 0, {"info": len(rows)}))


def only(sample: Sample, now: int = NOW) -> Second:
    ((_, second),) = sample.seconds(now)
    return second


def numbers(second: Second) -> list[int]:
    return [row["attrs"]["n"] for row in second.rows()]  # type: ignore[index]  # rows of this test


def test_few_rows_are_all_taken() -> None:
    sample = Sample()
    for start in range(0, 190, 19):
        sample.take(read(range(start, start + 19)))

    assert numbers(only(sample)) == list(range(190))
    assert only(sample).came == 190


def test_of_many_rows_every_nth_is_taken_wherever_entries_end() -> None:
    sample = Sample()
    start = 0
    for size in (1, 7, 1000, 13, 400, 999, 2, 5000):
        sample.take(read(range(start, start + size)))
        start += size
    taken = numbers(only(sample))

    assert MOST // 2 <= len(taken) <= MOST
    assert {b - a for a, b in pairwise(taken)} == {64}
    assert only(sample).came == start


def test_a_second_begins_as_dense_as_the_one_before_asks_for() -> None:
    sample = Sample()
    sample.take(read(range(10_000), second=NOW - 1))
    sample.take(read(range(10), second=NOW))
    sample.take(read(range(10), second=NOW + 1))

    assert [len(second.lines) for _, second in sample.seconds(NOW + 1)] == [10, 1, 157]


def test_large_rows_are_thinned_by_their_bytes() -> None:
    sample = Sample()
    for start in range(0, 100, 10):
        sample.take(read(range(start, start + 10), pad=10_000))

    assert sum(map(len, only(sample).lines)) <= BYTES
    assert numbers(only(sample))[0] == 0


def test_what_is_older_than_a_minute_is_forgotten() -> None:
    sample = Sample()
    sample.take(read(range(3), second=NOW - SECONDS))
    sample.take(read(range(5), second=NOW))

    assert len(only(sample).lines) == 5
    sample.second(NOW)
    assert NOW - SECONDS not in sample._seconds


def test_the_catalog_learns_each_second_once_when_it_is_over() -> None:
    sample = Sample()
    sample.take(read(range(7)))
    sample.second(NOW)
    early = sample.catalog.fields()
    sample.second(NOW + 1)
    sample.second(NOW + 2)

    assert early == []
    assert sample.catalog.fields() == [("n", 7), ("pad", 7)]


def test_decoded_rows_are_let_go_when_nobody_types() -> None:
    sample = Sample()
    sample.take(read(range(7)))
    second = only(sample)
    _ = second.rows()
    sample.second(NOW + 5)
    typed = second._rows
    sample.second(NOW + 11)

    assert len(typed) == 7
    assert second._rows == []
    assert numbers(second) == list(range(7))
