"""`debugterm ship` against a hub that is away, slow, full, or does not want it; and Ctrl-C."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.support.door import Door
from tests.support.shipping import ship_once, shipping, start


async def test_a_hub_that_is_away_is_waited_for_and_nothing_is_lost(door: Door, tmp_path: Path) -> None:
    door.answers = [503, 502, 429, 500]
    log = tmp_path / "a.log"
    log.write_text("one\ntwo\n")

    code, said = await ship_once(door, log, "--no-follow", "--state", tmp_path / "state")

    assert (code, door.messages) == (0, ["one", "two"])
    assert "cannot take rows now (HTTP 503); trying again, nothing is lost\n" in said
    assert "sending again after" in said


async def test_a_lost_answer_does_not_double_a_row(door: Door, tmp_path: Path) -> None:
    door.cut_after_storing = 2
    log = tmp_path / "a.log"
    log.write_text("one\ntwo\n")

    code, said = await ship_once(door, log, "--no-follow", "--state", tmp_path / "state")

    assert (code, door.messages) == (0, ["one", "two"])
    assert "the connection was cut" in said


async def test_a_body_that_is_too_large_is_sent_in_halves(door: Door, tmp_path: Path) -> None:
    door.largest = 300
    log = tmp_path / "a.log"
    lines = [f"line {n}" for n in range(100)]
    log.write_text("".join(f"{line}\n" for line in lines))

    code, said = await ship_once(door, log, "--no-follow", "--state", tmp_path / "state")

    assert (code, said) == (0, "debugterm: 100 rows acknowledged\n")
    assert door.messages == lines
    assert door.posts > 2


async def test_a_state_directory_from_a_backup_does_not_cost_a_row(door: Door, tmp_path: Path) -> None:
    log, state = tmp_path / "a.log", tmp_path / "state"
    log.write_text("one\n")
    await ship_once(door, log, "--no-follow", "--state", state)
    shutil.copytree(state, tmp_path / "backup")
    log.write_text("one\ntwo\n")
    await ship_once(door, log, "--no-follow", "--state", state)
    log.write_text("one\ntwo\nthree\n")

    code, _ = await ship_once(door, log, "--no-follow", "--state", tmp_path / "backup")

    assert (code, door.messages) == (0, ["one", "two", "two", "three"])


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [(400, 1, "refuses the rows"), (401, 4, "does not accept"), (404, 5, "/v1/ingest")],
)
async def test_a_refusal_is_one_line_and_an_exit_status(
    door: Door, tmp_path: Path, status: int, code: int, words: str
) -> None:
    door.answers = [status]
    log = tmp_path / "a.log"
    log.write_text("one\n")

    status, said = await ship_once(door, log, "--state", tmp_path / "state")

    assert (status, said.count("\n")) == (code, 1)
    assert words in said


async def test_a_key_on_the_command_line_is_refused_and_not_repeated(door: Door) -> None:
    code, said = await ship_once(door, "-", "--key", "dtk_secret", stdin=b"one\n", key=None)

    assert code == 2
    assert "visible to everybody on this host" in said
    assert "dtk_secret" not in said
    assert door.rows == []


async def test_a_key_file_is_read(door: Door, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{door.key}\n")

    code, _ = await ship_once(door, "-", "--key", f"file://{tmp_path}/key", stdin=b"one\n", key=None)

    assert (code, door.messages) == (0, ["one"])


async def test_a_file_that_is_not_there_is_said_before_the_start(door: Door, tmp_path: Path) -> None:
    code, said = await ship_once(door, tmp_path / "none.log", "--no-follow")

    assert (code, said) == (5, f"debugterm: there is no file {tmp_path}/none.log\n")


async def test_ctrl_c_sends_what_was_read(door: Door, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("one\n")
    process = await start(door, log, "--state", tmp_path / "state")
    await door.until(1)
    with log.open("a") as file:
        file.write("two\nthree without end")
    process.send_signal(signal.SIGINT)
    _, said = await process.communicate()

    assert (process.returncode, said) == (130, b"debugterm: 3 rows acknowledged\n")
    assert door.messages == ["one", "two", "three without end"]


async def test_ctrl_c_while_the_hub_is_away_ends_in_time_and_the_next_start_sends_the_rest(
    door: Door, tmp_path: Path
) -> None:
    door.answers = [503] * 1000
    log = tmp_path / "a.log"
    log.write_text("one\ntwo\n")
    process = await start(door, log, "--state", tmp_path / "state")
    await door.until_posts(1)
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(10):
        _, said = await process.communicate()
    assert process.returncode == 8
    assert b"stays in its file" in said

    door.answers = []
    await ship_once(door, log, "--no-follow", "--state", tmp_path / "state")

    assert door.messages == ["one", "two"]


async def test_a_pipe_is_not_read_further_than_memory_allows(door: Door, tmp_path: Path) -> None:
    door.answers = [503] * 100_000
    read, write = os.pipe()
    os.set_blocking(write, False)
    process = await start(door, "-", stdin=read)
    os.close(read)
    block = b"x" * 999 + b"\n"
    written = os.write(write, block)
    await door.until_posts(1)
    stalled = 0
    while stalled < 20:
        try:
            written += os.write(write, block * 64)
            stalled = 0
        except BlockingIOError:
            stalled += 1
        await asyncio.sleep(0.05 if stalled else 0)
    process.kill()
    await process.communicate()
    os.close(write)

    assert 6 * 1024 * 1024 < written < 10 * 1024 * 1024


async def test_host_metrics_come_with_names_and_units_of_opentelemetry(door: Door, tmp_path: Path) -> None:
    async with shipping(door, "--metrics", "--service", "host", "--host", "web1"):
        while not any(point["metric"] == "system.network.io" for point in door.points):
            await door.grows()
    units = {point["metric"]: point["unit"] for point in door.points}

    assert units["system.cpu.utilization"] == "1"
    assert units["system.memory.utilization"] == "1"
    assert units["system.cpu.load_average.1m"] == "{thread}"
    assert units["system.network.io"] == "By/s"
    assert {point["host"] for point in door.points} == {"web1"}
