import pytest
from debugterm_client.ship.place import Flight, Place
from debugterm_client.ship.rows import Row
from debugterm_client.ship.run import Totals, flight_of, split
from debugterm_client.ship.send import Refused

HERE = Place("a.log", 5)


def test_a_flight_takes_the_last_place_of_each_source() -> None:
    rows = [
        Row(b"1", "a", Place("a.log", 2)),
        Row(b"2", "b", Place("b.log", 3)),
        Row(b"3", "a", HERE),
        Row(b"4"),
    ]

    assert flight_of(rows, first=7) == Flight(7, [b"1\n2\n3\n4"], {"a": HERE, "b": Place("b.log", 3)})


def test_a_batch_that_is_too_large_is_halved_under_its_own_and_the_next_number() -> None:
    flight = Flight(7, [b"done", b"1\n2\n3"], {"a": HERE})

    assert split(flight, 8) == Flight(7, [b"done", b"1", b"2\n3"], {"a": HERE})


def test_one_row_that_is_too_large_is_refused_in_words() -> None:
    with pytest.raises(Refused, match="a row of 3 bytes is too large"):
        split(Flight(1, [b"123"], {}), 1)


def test_one_row_is_one_row() -> None:
    assert Totals(rows=1).words == "1 row acknowledged"
    assert Totals(rows=1_200, points=1, parse_errors=2).words == (
        "1,200 rows, 1 metric point, 2 broken JSON lines kept as text acknowledged"
    )
