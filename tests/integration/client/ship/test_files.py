"""`debugterm ship FILE` against real files that grow, rotate, are cut and vanish."""

import os
import shutil
from pathlib import Path

import pytest

from tests.support.door import Door
from tests.support.shipping import ship_once, shipping


def add(path: Path, *lines: str) -> None:
    with path.open("a") as file:
        file.write("".join(f"{line}\n" for line in lines))


def numbers(first: int, last: int) -> list[str]:
    return [f"line {n:05}" for n in range(first, last + 1)]


async def test_a_file_is_sent_whole_and_the_command_ends(door: Door, tmp_path: Path) -> None:
    log = tmp_path / "shop.log"
    add(log, *numbers(1, 2500))
    with log.open("a") as file:
        file.write("no end")

    code, said = await ship_once(door, log, "--no-follow", "--state", tmp_path / "state")

    assert (code, said) == (0, "debugterm: 2,501 rows acknowledged\n")
    assert door.messages == [*numbers(1, 2500), "no end"]
    assert door.rows[0]["service"] == "shop"


async def test_without_a_state_directory_each_run_sends_the_file_again(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    log = tmp_path / "a.log"
    add(log, "one")

    await ship_once(door, log, "--no-follow")
    await ship_once(door, log, "--no-follow")

    assert door.messages == ["one", "one"]
    assert list((tmp_path / "home" / "debugterm" / "ship").iterdir()) == []


async def test_with_a_state_directory_each_run_sends_what_is_new(door: Door, tmp_path: Path) -> None:
    log, state = tmp_path / "a.log", tmp_path / "state"
    add(log, "one")
    await ship_once(door, log, "--no-follow", "--state", state)
    add(log, "two")
    await ship_once(door, log, "--no-follow", "--state", state)
    assert door.messages == ["one", "two"]

    await ship_once(door, log, "--no-follow", "--state", state, "--from-start")

    assert door.messages == ["one", "two", "one", "two"]


async def test_a_growing_file_is_followed_from_its_last_lines(door: Door, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    add(log, *numbers(1, 5000))
    async with shipping(door, log, "--last", "2", "--state", tmp_path / "state"):
        await door.until(2)
        add(log, "new")
        await door.until(3)

    assert door.messages == ["line 04999", "line 05000", "new"]


async def test_an_empty_file_has_no_last_lines_and_is_followed(door: Door, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.touch()
    (tmp_path / "b.log").write_bytes(b"here\n")
    async with shipping(door, log, tmp_path / "b.log", "--last", "2", "--state", tmp_path / "state"):
        await door.until(1)
        add(log, "one")
        await door.until(2)

    assert door.messages == ["here", "one"]


async def test_after_a_rename_the_old_file_is_read_to_its_end_before_the_new_one(
    door: Door, tmp_path: Path
) -> None:
    log = tmp_path / "a.log"
    add(log, "one")
    async with shipping(door, log, "--state", tmp_path / "state"):
        await door.until(1)
        add(log, *numbers(1, 3000))
        log.rename(tmp_path / "a.log.1")
        add(log, "after")
        await door.until(3002)
        add(tmp_path / "a.log.1", "late")
        await door.until(3003)

    assert door.messages == ["one", *numbers(1, 3000), "after", "late"]


async def test_two_rotations_between_two_looks_lose_nothing(door: Door, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    add(log, "one")
    async with shipping(door, log, "--state", tmp_path / "state"):
        await door.until(1)
        add(log, "two")
        log.rename(tmp_path / "a.log.1")
        add(log, "three")
        (tmp_path / "a.log.1").rename(tmp_path / "a.log.2")
        log.rename(tmp_path / "a.log.1")
        add(log, "four")
        await door.until(4)

    assert door.messages == ["one", "two", "three", "four"]


async def test_rotations_while_nobody_looked_are_made_up_for(door: Door, tmp_path: Path) -> None:
    log, state = tmp_path / "a.log", tmp_path / "state"
    add(tmp_path / "a.log.1", "of old")
    add(log, "one")
    async with shipping(door, log, "--state", state):
        await door.until(1)
    add(log, "two")
    (tmp_path / "a.log.1").rename(tmp_path / "a.log.3")
    log.rename(tmp_path / "a.log.2")
    add(log, "three")
    log.rename(tmp_path / "a.log.1")
    add(log, "four")
    async with shipping(door, log, "--state", state):
        await door.until(4)

    assert door.messages == ["one", "two", "three", "four"]


async def test_what_copytruncate_takes_away_is_read_from_the_copy(door: Door, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    add(log, "one")
    async with shipping(door, log, "--state", tmp_path / "state"):
        await door.until(1)
        add(log, "two")
        shutil.copy(log, tmp_path / "a.log.1")
        os.truncate(log, 0)
        add(log, "three")
        await door.until(3)
        log.rename(tmp_path / "a.log.2")
        add(log, "four")
        await door.until(4)

    assert door.messages == ["one", "two", "three", "four"]


async def test_a_file_cut_and_grown_beyond_the_old_place_is_read_from_its_start(
    door: Door, tmp_path: Path
) -> None:
    log = tmp_path / "a.log"
    add(log, "a short one")
    async with shipping(door, log, "--state", tmp_path / "state"):
        await door.until(1)
        os.truncate(log, 0)
        add(log, *numbers(1, 100))
        await door.until(101)

    assert door.messages == ["a short one", *numbers(1, 100)]


async def test_a_file_cut_while_nobody_looked_is_continued_in_its_copy(door: Door, tmp_path: Path) -> None:
    log, state = tmp_path / "a.log", tmp_path / "state"
    add(log, "one")
    async with shipping(door, log, "--state", state):
        await door.until(1)
    add(log, "two")
    shutil.copy(log, tmp_path / "a.log.1")
    os.truncate(log, 0)
    add(log, "three, which is longer than one and two")
    async with shipping(door, log, "--state", state):
        await door.until(3)

    assert door.messages == ["one", "two", "three, which is longer than one and two"]


async def test_a_deleted_file_that_comes_back_is_read_again(door: Door, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    add(log, "one")
    async with shipping(door, log, "--state", tmp_path / "state"):
        await door.until(1)
        log.unlink()
        add(log, "two")
        await door.until(2)

    assert door.messages == ["one", "two"]


async def test_a_directory_means_its_text_logs_and_new_ones(door: Door, tmp_path: Path) -> None:
    logs = tmp_path / "log"
    (logs / "app").mkdir(parents=True)
    add(logs / "syslog", "text")
    add(logs / "app" / "deep.log", "deep")
    add(logs / "app" / "deep.log.1", "deep old")
    os.utime(logs / "app" / "deep.log.1", (1, 1))
    for name in ("wtmp", "btmp", "lastlog", "old.gz", "system.journal"):
        add(logs / name, "not this")
    (logs / "binary").write_bytes(b"\x7fELF\0\0\0\n")
    (logs / "secret").write_text("not readable\n")
    (logs / "secret").chmod(0)
    async with shipping(door, logs, "--state", tmp_path / "state"):
        await door.until(3 if os.getuid() else 4)
        add(logs / "fresh.log", "fresh")
        await door.until(4 if os.getuid() else 5)

    found = [message for message in door.messages if message != "not readable"]
    assert sorted(found) == ["deep", "deep old", "fresh", "text"]
    assert found.index("deep old") < found.index("deep")


async def test_a_line_split_over_two_writes_is_one_row(door: Door, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    async with shipping(door, log, "--state", tmp_path / "state"):
        with log.open("ab", buffering=0) as file:
            file.write(b"first\nseco")
            await door.until(1)
            file.write(b"nd\n")
            await door.until(2)

    assert door.messages == ["first", "second"]


async def test_two_shippers_of_the_same_state_are_refused(door: Door, tmp_path: Path) -> None:
    log, state = tmp_path / "a.log", tmp_path / "state"
    add(log, "one")
    async with shipping(door, log, "--state", state):
        await door.until(1)
        code, said = await ship_once(door, log, "--state", state)

    assert (code, said) == (78, f"debugterm: another shipper uses {state}\n")


async def test_standard_input_is_sent_to_its_end(door: Door, tmp_path: Path) -> None:
    code, said = await ship_once(door, "-", "--service", "pay", stdin=b"one\ntwo\nthree")

    assert (code, said) == (0, "debugterm: 3 rows acknowledged\n")
    assert [(row["service"], row["message"]) for row in door.rows] == [
        ("pay", "one"),
        ("pay", "two"),
        ("pay", "three"),
    ]
