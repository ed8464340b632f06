from pathlib import Path

import pytest
from debugterm_client.ship.place import Flight, Place, State, StateBusy, StateUnusable


def test_the_producer_is_on_disk_before_anything_is_sent(tmp_path: Path) -> None:
    first = State(tmp_path)
    first.close()

    assert State(tmp_path).book.producer == first.book.producer


def test_a_flight_that_was_cut_off_is_found_again_and_its_places_hold_for_reading(tmp_path: Path) -> None:
    flight = Flight(1, [b"one", b"two"], {"a": Place("a.log", 7)})
    first = State(tmp_path)
    first.depart(flight)
    first.acknowledge(flight, 1)
    first.close()
    again = State(tmp_path)

    assert (again.flight, again.book.acked, again.book.places) == (flight, 1, {})
    assert again.places_to_come() == flight.places


def test_the_places_hold_once_the_last_batch_of_a_flight_is_acknowledged(tmp_path: Path) -> None:
    flight = Flight(1, [b"one"], {"a": Place("a.log", 7)})
    first = State(tmp_path)
    first.depart(flight)
    first.acknowledge(flight, 1)
    first.close()
    again = State(tmp_path)

    assert (again.flight, again.book.acked, again.book.places) == (None, 1, flight.places)


def test_a_state_directory_has_one_user(tmp_path: Path) -> None:
    first = State(tmp_path)

    with pytest.raises(StateBusy):
        State(tmp_path)
    first.close()
    State(tmp_path).close()


def test_a_damaged_state_is_said_and_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "book").write_bytes(b"\xc1")

    with pytest.raises(StateUnusable, match=r"cannot read .*book"):
        State(tmp_path)
