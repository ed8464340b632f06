"""Streams on the bundled Valkey: a batch is stored whole, once, and survives the death of the server."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from debugterm_server.bus import connection
from debugterm_server.bus.connection import BusDown
from debugterm_server.bus.entries import Batch
from debugterm_server.bus.streams import Marker, Streams, key
from debugterm_server.bus.supervisor import Supervisor

SECRET = b"k" * 32


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="dt") as name:
        yield Path(name)


@pytest.fixture
def valkey(folder: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(folder)
    supervisor.start()
    yield supervisor
    supervisor.stop()


@pytest.fixture
async def streams(valkey: Supervisor) -> AsyncIterator[Streams]:
    redis = connection.connect(valkey.url)
    promise = await connection.wait_ready(redis, seconds=10)
    yield Streams(redis, secret=SECRET, promise=promise)
    await redis.aclose()


def a_batch(text: str = "a", *, n: int = 1) -> Batch:
    rows = b"\n".join(
        b'{"ts":"2026-11-23T00:00:00.000000Z","message":"%b%d"}' % (text.encode(), i) for i in range(n)
    )
    return Batch(rows=rows, n=n, t0=5, t1=9, levels={"info": n}, key="k_1", src="127.0.0.1")


async def read_all(streams: Streams, env: str = "prod") -> list[bytes]:
    return [
        row
        for entry in (await streams.after(env, "-", "+", count=100)).entries
        for row in entry.rows.split(b"\n")
    ]


async def test_the_embedded_server_promises_fsync_before_it_answers(streams: Streams) -> None:
    assert streams.measured.durability == "always"
    assert streams.measured.epoch_part == ""


async def test_what_was_published_is_read_back_with_its_facts(streams: Streams) -> None:
    done = await streams.publish("prod", logs=[a_batch(n=2), a_batch("b")], metrics=[], marker=None)

    first, last = (await streams.after("prod", "-", "+", count=10)).entries
    assert (done.outcome, done.first, done.last) == ("new", first.id, last.id)
    assert (first.n, first.t0, first.t1, first.levels) == (2, 5, 9, {"info": 2})
    assert first.rows == a_batch(n=2).rows


async def test_a_resent_batch_is_stored_once_and_gets_the_first_answer(streams: Streams) -> None:
    marker = Marker(id="night-1")
    first = await streams.publish("prod", logs=[a_batch()], metrics=[], marker=marker)

    again = await streams.publish("prod", logs=[a_batch()], metrics=[], marker=marker)

    assert (again.outcome, again.first, again.last) == ("seen", first.first, first.last)
    assert len(await read_all(streams)) == 1


async def test_a_producer_number_not_above_the_last_is_not_stored_again(streams: Streams) -> None:
    for number, outcome in ((1, "new"), (2, "new"), (2, "seen"), (1, "stale"), (3, "new")):
        done = await streams.publish(
            "prod", logs=[a_batch(str(number))], metrics=[], marker=Marker("p", number)
        )
        assert (number, done.outcome) == (number, outcome)

    assert len(await read_all(streams)) == 3


async def test_a_batch_id_of_one_environment_means_nothing_in_another(streams: Streams) -> None:
    await streams.publish("prod", logs=[a_batch()], metrics=[], marker=Marker("x"))

    done = await streams.publish("staging", logs=[a_batch()], metrics=[], marker=Marker("x"))

    assert done.outcome == "new"
    assert (len(await read_all(streams)), len(await read_all(streams, "staging"))) == (1, 1)


async def test_an_entry_that_we_did_not_write_is_dropped(streams: Streams, valkey: Supervisor) -> None:
    redis = connection.connect(valkey.url)
    await redis.xadd(key("prod", "log"), {"v": "1", "n": "1", "rows": "{}"})
    await streams.publish("prod", logs=[a_batch()], metrics=[], marker=None)
    everything = await connection.ask(redis, "XRANGE", key("prod", "log"), "-", "+")
    [fields] = [found for _, found in everything if b"mac" in found]
    await redis.xadd(key("staging", "log"), fields)
    await redis.xadd(key("prod", "log"), {**fields, b"rows": b'{"ts":"x","message":"forged"}'})
    await redis.aclose()

    assert await read_all(streams) == [a_batch().rows]
    assert await read_all(streams, "staging") == []


async def test_forged_entries_are_passed_and_what_lies_behind_them_is_still_read(
    streams: Streams, valkey: Supervisor
) -> None:
    redis = connection.connect(valkey.url)
    for _ in range(3):
        forged = await connection.ask(redis, "XADD", key("prod", "log"), "*", "v", "1", "rows", "{}")
    await redis.aclose()
    stored = await streams.publish("prod", logs=[a_batch()], metrics=[], marker=None)

    ahead = await streams.after("prod", "-", "+", count=3)
    rest = await streams.after("prod", f"({ahead.last}", "+", count=3)
    waited = (await streams.wait("prod", log="0-0", met="$", block_ms=10)).log

    assert (ahead.entries, ahead.last, ahead.more) == ([], forged.decode(), True)
    assert ([one.id for one in rest.entries], rest.more) == ([stored.first], False)
    assert (waited.last, waited.more) == (stored.first, False)


async def test_retention_removes_the_oldest_by_size_and_counts_them(streams: Streams) -> None:
    size = len(a_batch().rows)
    for number in range(5):
        await streams.publish("prod", logs=[a_batch(str(number))], metrics=[], marker=None)

    gone = await streams.trim("prod", max_bytes=2 * (size + 1), min_ms=0)

    assert gone == 3
    rows = await read_all(streams)
    assert [b'"30"' in rows[0], b'"40"' in rows[1]] == [True, True]
    assert (await streams.trimmed("prod")) < (await streams.after("prod", "-", "+", count=1)).entries[0].id


async def test_an_entry_is_held_or_was_trimmed_and_else_the_history_is_another(streams: Streams) -> None:
    first = await streams.publish("prod", logs=[a_batch("1")], metrics=[], marker=None)
    last = await streams.publish("prod", logs=[a_batch("2")], metrics=[], marker=None)
    await streams.trim("prod", max_bytes=len(a_batch().rows) + 1, min_ms=0)

    assert [entry.id for entry in (await streams.after("prod", "-", "+", count=9)).entries] == [last.last]
    assert await streams.holds("prod", last.last)
    assert await streams.holds("prod", first.last)
    assert await streams.holds("prod", "0-0")
    assert not await streams.holds("prod", f"{int(last.last.partition('-')[0]) + 1}-0")


async def test_a_lost_redis_is_an_error_in_bounded_time_and_the_rows_are_there_after_kill_9(
    streams: Streams, valkey: Supervisor
) -> None:
    await streams.publish("prod", logs=[a_batch()], metrics=[], marker=None)
    os.kill(valkey.pid, signal.SIGKILL)

    with pytest.raises(BusDown):
        await streams.publish("prod", logs=[a_batch("lost")], metrics=[], marker=None)
    valkey.stop()
    valkey.start()
    redis = connection.connect(valkey.url)
    await connection.wait_ready(redis, seconds=10)
    await redis.aclose()

    assert await read_all(streams) == [a_batch().rows]


def test_valkey_dies_with_its_parent_and_the_next_start_waits_for_it(folder: Path) -> None:
    script = (
        "import sys, pathlib, time\n"
        "from debugterm_server.bus.supervisor import Supervisor\n"
        "s = Supervisor(pathlib.Path(sys.argv[1])); s.start(); print(s.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()

    supervisor = Supervisor(folder)
    supervisor.start()
    try:
        deadline = time.monotonic() + 5
        while (
            Path(f"/proc/{child}/stat").exists() and Path(f"/proc/{child}/stat").read_text().split()[2] != "Z"
        ):
            assert time.monotonic() < deadline, "the orphan still runs"
    finally:
        supervisor.stop()
