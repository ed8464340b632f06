"""The miner keeps to its share of the loop, says when it does not see everything, and names first rows sparingly."""

from collections.abc import Iterator

import msgspec
from debugterm_server.bus.entries import Entry
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.mining import FRESH_A_SECOND, WARM_SECONDS, Mining

NOW = 1_000_000_000
FAST = 1e-6
SLOW = 1e-3


class Steady:
    """A clock that runs so long for each entry that is learnt, and on request."""

    def __init__(self, a_call: float) -> None:
        self.now = 0.0
        self.a_call = a_call

    def __call__(self) -> float:
        self.now += self.a_call
        return self.now


def read(messages: list[str], *, second: int = NOW, level: str = "info") -> Read:
    rows = b"\n".join(msgspec.json.encode({"ts": "x", "level": level, "message": text}) for text in messages)
    return Read(Entry(f"{second * 1000}-0", rows, len(messages), 0, 0, {level: len(messages)}))


def warm(*, a_call: float = FAST) -> tuple[Mining, Steady]:
    """A miner that knows the last minute."""
    steady = Steady(a_call)
    mining = Mining(since=NOW - WARM_SECONDS - 20, steady=steady)
    mining.take(read(["boot"], second=NOW - WARM_SECONDS - 20), watched=True)
    return mining, steady


def overrun(mining: Mining, *, entries: int) -> None:
    """Entries of 100 equal rows, one behind the other."""
    entry = read(["tick 5"] * 100)
    for _ in range(entries):
        mining.take(entry, watched=True)


def letters(n: int) -> Iterator[str]:
    """Texts that have nothing in common."""
    for number in range(n):
        word = "".join(chr(97 + int(digit)) for digit in str(number))
        yield f"{word}a {word}b {word}c"


def test_the_first_row_of_a_new_template_is_marked_below_error_only() -> None:
    mining, _ = warm()
    entry, errors = read(["boot", "breaker open", "breaker open"]), read(["pool exhausted"], level="error")
    mining.take(entry, watched=True)
    mining.take(errors, watched=True)

    assert entry.fresh == {1}
    assert errors.fresh == frozenset()


def test_nothing_is_new_before_a_minute_is_known() -> None:
    mining = Mining(since=NOW - 10, steady=Steady(FAST))
    entry = read(["breaker open"])
    mining.take(entry, watched=True)

    assert entry.fresh == frozenset()


def test_a_flood_of_new_texts_marks_a_bounded_number_of_rows_a_second() -> None:
    mining, steady = warm()
    texts = list(letters(200))
    entry, more = read(texts[:100]), read(texts[100:])
    mining.take(entry, watched=True)
    mining.take(more, watched=True)
    mining.second(NOW)
    steady.now += 1
    later = read(["quite another thing"])
    mining.take(later, watched=True)

    assert len(entry.fresh) == FRESH_A_SECOND
    assert more.fresh == frozenset()
    assert later.fresh == {0}


def test_beyond_its_share_a_part_of_the_rows_stands_for_all_and_it_says_so() -> None:
    mining, _ = warm(a_call=SLOW)
    overrun(mining, entries=200)
    frame = mining.frame("ch", NOW)
    ticks = {item.text: item.n for item in frame.items}["tick <num>"]

    assert frame.behind
    assert abs(ticks - 20_000) < 400


def test_what_comes_while_it_is_behind_is_not_called_new() -> None:
    mining, _ = warm(a_call=SLOW)
    overrun(mining, entries=200)
    entry = read(["breaker open"] * 100)
    mining.take(entry, watched=True)

    assert entry.fresh == frozenset()


def test_when_it_has_caught_up_five_minutes_later_it_says_nothing_of_it() -> None:
    mining, _ = warm(a_call=SLOW)
    overrun(mining, entries=200)

    assert mining.frame("ch", NOW + 300).behind
    assert not mining.frame("ch", NOW + 301).behind


def test_alone_it_takes_less_of_the_loop_than_watched() -> None:
    shares = []
    for watched in (True, False):
        mining, steady = warm(a_call=SLOW)
        entry = read(["tick 5"] * 100)
        for _ in range(300):
            mining.take(entry, watched=watched)
            steady.now += 0.01
        given = mining._trends._given[NOW // 20]
        shares.append(given[1] / given[0])

    assert shares[0] > 2 * shares[1] > 0
