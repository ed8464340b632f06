"""`serve --workers`: one port, one data folder, several hubs. Whoever is killed, no row and no record is lost."""

import asyncio
import itertools
import os
import signal
import socket
import subprocess
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from socket import AF_UNIX, SOCK_DGRAM

import psutil
import pytest
from debugterm_protocol import frames
from debugterm_protocol.close import Close
from debugterm_protocol.sessions import Chat

from tests.support.hub import Client
from tests.support.process import PATIENCE, PROGRAM, environment, run
from tests.support.processes import ENVIRON, Deployment, Hub, deployed, until
from tests.trust.senders import LOUD, NONE, Audience, Traffic, is_loud

WORKERS = 2
CLIENTS = 8
LINES = 10


def family(hub: Hub) -> list[psutil.Process]:
    """Everything that the parent started."""
    return psutil.Process(hub.pid).children(recursive=True)


def gone(processes: list[psutil.Process]) -> bool:
    """Whether none of them runs; a zombie that nobody reaped is dead."""
    return not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes)


async def back(hub: Hub) -> None:
    await until(lambda: len(hub.workers()) == WORKERS, "all workers serve again")


async def kill(there: Deployment, victim: str) -> None:
    hub = there.hub
    match victim:
        case "worker":
            os.kill(hub.workers()[0], signal.SIGKILL)
        case "valkey":
            old = hub.valkey()
            os.kill(old, signal.SIGKILL)
            await until(lambda: hub.valkey() not in (0, old), "the parent started a new Valkey")
        case _:
            await kill_the_parent(there)


async def kill_the_parent(there: Deployment) -> None:
    """The start that follows at once finds folder and port free: the family died with it."""
    processes = family(there.hub)
    there.hub.kill()
    await until(lambda: gone(processes), "workers and Valkey died with their parent", seconds=2)
    assert len(processes) == WORKERS + 1
    there.hub.start()
    await there.hub.ready(there.http)


@pytest.mark.timeout(110)
async def test_whoever_of_the_family_is_killed_nothing_is_lost_and_clients_move() -> None:
    async with deployed(workers=WORKERS) as there:
        audience = Audience()
        journals = [audience.add(f"all {n}", one) for n, one in enumerate(await there.journals([""] * 4))]
        journals.append(audience.add("loud", await there.journal(LOUD), wants=is_loud))
        await until(lambda: all(one.refresh().watching for one in journals), "the clients watch")
        async with Traffic(there) as traffic:
            for victim in ("worker", "valkey", "worker", "parent", "worker"):
                await traffic.more(10)
                await kill(there, victim)
                await traffic.more(5)
                await back(there.hub)
            await traffic.more(10)
        verdict = await audience.verdict(there, traffic)

        assert verdict.numbers == NONE, str(verdict)
        assert verdict.untouched, verdict
        assert sum(audience.reconnected.values()) > 2 * len(journals), "no client was on a killed worker"
        assert [one.resent for one in journals] == [0] * len(journals)


async def test_sigterm_drains_every_worker_and_leaves_nobody() -> None:
    async with deployed(workers=WORKERS) as there, AsyncExitStack() as stack:
        processes = family(there.hub)
        names = ["viewer", "responder"] * CLIENTS
        clients = [await stack.enter_async_context(there.socket(there.hub, name)) for name in names]
        there.hub.signal(signal.SIGTERM)
        byes = [await one.until(lambda f: isinstance(f, frames.Bye)) for one in clients]
        await until(lambda: not there.hub.alive, "the parent ended")

        assert {one.code for one in byes if isinstance(one, frames.Bye)} == {Close.DEPLOY}
        assert there.hub.ended == 0
        assert gone(processes)


async def talk(there: Deployment, name: str, number: int) -> list[str]:
    """Say some lines in the lobby, all at once; what became of each."""
    async with there.socket(there.hub, name) as client:
        await client.send(frames.Join(id="j", session="lobby"))
        answer = await client.until(lambda f: isinstance(f, frames.Joined | frames.Err))
        assert isinstance(answer, frames.Joined), answer
        for line in range(LINES):
            text = f"{number} {line}"
            await client.send(frames.Cmd(id=text, ch=answer.ch, p=Chat(text=text)))
        return [await outcome(client, f"{number} {line}") for line in range(LINES)]


async def outcome(client: Client, request: str) -> str:
    answer = await client.until(lambda f: isinstance(f, frames.Ok | frames.Err) and f.id == request)
    return answer.p.code if isinstance(answer, frames.Err) else "ok"


@pytest.mark.timeout(90)
async def test_all_workers_write_one_audit_log_in_one_sqlite_file() -> None:
    async with deployed(workers=WORKERS) as there:
        names = ["responder", "commander"] * (CLIENTS // 2)
        said = await asyncio.gather(*(talk(there, name, n) for n, name in enumerate(names)))
        env = {**ENVIRON, **there.hub.env}
        checked = await asyncio.to_thread(run, "audit", "check", env=env)
        records = await there.hub.say("audit", "list", "--limit", "10000")

    outcomes = Counter(itertools.chain(*said))
    kinds = Counter(one["type"] for one in records if one["action"] == "chat")
    assert (checked.code, checked.err) == (0, "")
    # Who meets others five times in a row is told to try again, and the record says that nothing was done.
    assert outcomes["ok"] + outcomes["CONFLICT"] == CLIENTS * LINES, outcomes
    assert outcomes["ok"] >= 0.9 * CLIENTS * LINES
    assert kinds["command.accepted"] == CLIENTS * LINES
    assert kinds["command.cancelled"] == outcomes["CONFLICT"]


def test_readiness_is_told_once_when_every_worker_serves_the_port_that_the_system_chose(
    tmp_path: Path,
) -> None:
    with tempfile.TemporaryDirectory(prefix="dt") as short, socket.socket(AF_UNIX, SOCK_DGRAM) as told:
        told.bind(f"{short}/ready")
        told.settimeout(PATIENCE)
        env = environment(tmp_path / "data", NOTIFY_SOCKET=f"{short}/ready")
        with subprocess.Popen([str(PROGRAM), "serve", "--workers", "3"], env=env) as parent:
            words = told.recv(512).decode()
            port = int(words.rpartition(":")[2])
            serving = [one.pid for one in psutil.Process(parent.pid).children() if listens(one, port)]
            again = run("serve", "--workers", "2", env=environment(tmp_path / "data"))
            taken = run("serve", "--workers", "2", env=environment(tmp_path / "other", PORT=str(port)))
            parent.terminate()
            told.settimeout(0.05)
            with pytest.raises(TimeoutError):
                told.recv(512)

    assert words.startswith("READY=1\nSTATUS=http://127.0.0.1:")
    assert len(serving) == 3
    assert (again.code, again.err.count("\n")) == (78, 1), again
    assert "in use by another debugterm-server" in again.err
    assert (taken.code, taken.err.count("\n")) == (78, 1), taken
    assert f"cannot listen on 127.0.0.1:{port}: address already in use" in taken.err.lower()


def listens(process: psutil.Process, port: int) -> bool:
    doors = process.net_connections("tcp")
    return any(door.status == psutil.CONN_LISTEN and door.laddr.port == port for door in doors)


def test_what_stands_in_the_way_of_the_workers_is_said_once(tmp_path: Path) -> None:
    ended = run("serve", "--workers", "4", env=environment(tmp_path, DATABASE_URL="mysql://127.0.0.1/x"))

    assert (ended.code, ended.out, ended.err.count("\n")) == (78, "", 1), ended
    assert "only PostgreSQL is supported" in ended.err
