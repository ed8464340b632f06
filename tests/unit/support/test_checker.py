"""The judge of the trust tests: each broken promise is found, and nothing else is called one."""

import pytest
from debugterm_protocol.offsets import Offset

from tests.support.checker import Client, Mark, Missing, Reset, Seen, Shown, Stored, judge

NONE = {"lost": 0, "silent": 0, "dup": 0, "disorder": 0, "phantom": 0}
ROWS = [Stored(Offset(ms, 0, 0), Mark("a", ms)) for ms in range(1, 7)]


def shown(*numbers: int) -> list[Seen]:
    return [Shown(Offset(n, 0, 0), Mark("a", n)) for n in numbers]


def missing(start: int, end: int, n: int | None) -> Missing:
    return Missing(Offset(start, 0, 0), Offset(end, 0, 0), n, "slow")


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (shown(1, 2, 3, 4, 5, 6), {}),
        (shown(1, 2, 4, 5, 6), {"silent": 1}),
        ([*shown(1, 2), missing(3, 5, 3), *shown(6)], {}),
        ([*shown(1, 2), missing(3, 5, 2), *shown(6)], {"silent": 1}),
        ([*shown(1, 2), missing(3, 5, 4), *shown(6)], {"silent": 1}),
        ([*shown(1, 2), missing(3, 5, None), *shown(6)], {}),
        ([*shown(1, 2, 4), missing(3, 5, 2), *shown(6)], {}),
        (shown(1, 2, 2, 3, 4, 5, 6), {"dup": 1, "disorder": 1}),
        (shown(1, 3, 2, 4, 5, 6), {"disorder": 1}),
        (shown(1, 2, 3, 4, 5, 6, 9), {"phantom": 1}),
        ([*shown(9), Reset(), *shown(1, 2, 3, 4, 5, 6)], {}),
        ([*shown(1, 2, 3), Reset(), *shown(1, 2, 3, 4, 5, 6)], {}),
        ([Reset(), *shown(1, 2, 3, 4, 5, 6, 9)], {"phantom": 1}),
        (shown(1, 2, 3), {"silent": 3}),
    ],
)
def test_what_a_client_saw_is_compared_with_the_stream(seen: list[Seen], found: dict[str, int]) -> None:
    verdict = judge(acked=(), stored=ROWS, clients=[Client("ana", seen)])

    assert verdict.numbers == NONE | found, str(verdict)


def test_an_acknowledged_row_that_is_not_stored_is_lost() -> None:
    verdict = judge(acked=[Mark("a", 1), Mark("a", 7), Mark("b", 1)], stored=ROWS, clients=[])

    assert verdict.lost == ["a row 7 was acknowledged", "b row 1 was acknowledged"]
    assert verdict.numbers == NONE | {"lost": 2}


def test_a_batch_stored_twice_is_shown_twice_although_each_offset_is_shown_once() -> None:
    twice = [*ROWS, Stored(Offset(7, 0, 0), Mark("a", 6))]
    seen = [*shown(1, 2, 3, 4, 5, 6), Shown(Offset(7, 0, 0), Mark("a", 6))]

    assert judge(acked=(), stored=twice, clients=[Client("ana", seen)]).numbers == NONE | {"dup": 1}


def test_only_what_the_filter_and_the_window_hold_is_expected() -> None:
    client = Client("ana", shown(4, 6), wants=lambda mark: mark.n % 2 == 0, after=Offset(2, 0, 0))

    assert judge(acked=(), stored=ROWS, clients=[client]).numbers == NONE


def test_the_words_name_the_first_offending_rows() -> None:
    words = str(judge(acked=[Mark("a", 9)], stored=ROWS, clients=[Client("ana", shown(1, 2))]))

    assert "'lost': 1" in words
    assert "lost: a row 9 was acknowledged" in words
    assert "silent: ana never saw 3-0-0 (a row 3)" in words
