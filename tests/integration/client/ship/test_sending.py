"""`debugterm ship` against a hub that is away, slow, full, or does not want it; and Ctrl-C."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.support.recorder import KEY, Recorder
from tests.support.shipping import ship_once, shipping, start


async def test_a_hub_that_is_away_is_waited_for_and_nothing_is_lost(
    recorder: Recorder, tmp_path: Path
) -> None:
    recorder.answers = [503, 502, 429, 500]
    log = tmp_path / "a.log"
    log.write_text("one\ntwo\n")

    code, said = await ship_once(recorder, log, "--no-follow", "--state", tmp_path / "state")

    assert (code, recorder.messages) == (0, ["one", "two"])
    assert "cannot take rows now (HTTP 503); trying again, nothing is lost\n" in said
    assert "sending again after" in said


async def test_a_lost_answer_does_not_double_a_row(recorder: Recorder, tmp_path: Path) -> None:
    recorder.cut_after_storing = 2
    log = tmp_path / "a.log"
    log.write_text("one\ntwo\n")

    code, said = await ship_once(recorder, log, "--no-follow", "--state", tmp_path / "state")

    assert (code, recorder.messages) == (0, ["one", "two"])
    assert "the connection was cut" in said


async def test_a_body_that_is_too_large_is_sent_in_halves(recorder: Recorder, tmp_path: Path) -> None:
    recorder.largest = 10
    log = tmp_path / "a.log"
    lines = [f"line {n}" for n in range(100)]
    log.write_text("".join(f"{line}\n" for line in lines))

    code, said = await ship_once(recorder, log, "--no-follow", "--state", tmp_path / "state")

    assert (code, said) == (0, "debugterm: 100 rows acknowledged\n")
    assert recorder.messages == lines


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [(400, 1, "refuses the rows"), (401, 4, "does not accept"), (404, 5, "/v1/ingest")],
)
async def test_a_refusal_is_one_line_and_an_exit_status(
    recorder: Recorder, tmp_path: Path, status: int, code: int, words: str
) -> None:
    recorder.answers = [status]
    log = tmp_path / "a.log"
    log.write_text("one\n")

    status, said = await ship_once(recorder, log, "--state", tmp_path / "state")

    assert (status, said.count("\n")) == (code, 1)
    assert words in said


async def test_a_key_on_the_command_line_is_refused_and_not_repeated(recorder: Recorder) -> None:
    code, said = await ship_once(recorder, "-", "--key", "dtk_secret", stdin=b"one\n", key=None)

    assert code == 2
    assert "visible to everybody on this host" in said
    assert "dtk_secret" not in said
    assert recorder.rows == []


async def test_a_key_file_is_read(recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")

    code, _ = await ship_once(recorder, "-", "--key", f"file://{tmp_path}/key", stdin=b"one\n", key=None)

    assert (code, recorder.messages) == (0, ["one"])


async def test_a_file_that_is_not_there_is_said_before_the_start(recorder: Recorder, tmp_path: Path) -> None:
    code, said = await ship_once(recorder, tmp_path / "none.log", "--no-follow")

    assert (code, said) == (5, f"debugterm: there is no file {tmp_path}/none.log\n")


async def test_ctrl_c_sends_what_was_read(recorder: Recorder, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("one\n")
    process = await start(recorder, log, "--state", tmp_path / "state")
    await recorder.until(1)
    with log.open("a") as file:
        file.write("two\nthree without end")
    process.send_signal(signal.SIGINT)
    _, said = await process.communicate()

    assert (process.returncode, said) == (130, b"debugterm: 3 rows acknowledged\n")
    assert recorder.messages == ["one", "two", "three without end"]


async def test_ctrl_c_while_the_hub_is_away_ends_in_time_and_the_next_start_sends_the_rest(
    recorder: Recorder, tmp_path: Path
) -> None:
    recorder.answers = [503] * 1000
    log = tmp_path / "a.log"
    log.write_text("one\ntwo\n")
    process = await start(recorder, log, "--state", tmp_path / "state")
    await recorder.until_posts(1)
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(10):
        _, said = await process.communicate()
    assert process.returncode == 8
    assert b"stays in its file" in said

    recorder.answers = []
    await ship_once(recorder, log, "--no-follow", "--state", tmp_path / "state")

    assert recorder.messages == ["one", "two"]


async def test_a_pipe_is_not_read_further_than_memory_allows(recorder: Recorder, tmp_path: Path) -> None:
    recorder.answers = [503] * 100_000
    read, write = os.pipe()
    os.set_blocking(write, False)
    process = await start(recorder, "-", stdin=read)
    os.close(read)
    block = b"x" * 999 + b"\n"
    written = os.write(write, block)
    await recorder.until_posts(1)
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


async def test_host_metrics_come_with_names_and_units_of_opentelemetry(
    recorder: Recorder, tmp_path: Path
) -> None:
    async with shipping(recorder, "--metrics", "--service", "host", "--host", "web1"):
        while not any(row.get("metric") == "system.network.io" for row in recorder.rows):
            await recorder.until(len(recorder.rows) + 1)
    units = {row["metric"]: row["unit"] for row in recorder.rows}

    assert units["system.cpu.utilization"] == "1"
    assert units["system.memory.utilization"] == "1"
    assert units["system.cpu.load_average.1m"] == "{thread}"
    assert units["system.network.io"] == "By/s"
    assert {row["host"] for row in recorder.rows} == {"web1"}
