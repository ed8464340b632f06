"""`serve --workers`: one port, one data folder, several hubs. Whoever is killed, no row and no record is lost."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import tempfile
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
KILLS = 4
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


@pytest.mark.timeout(110)
async def test_killed_workers_lose_nothing_and_their_clients_move() -> None:
    chance = random.Random(11)
    async with deployed(workers=WORKERS) as there:
        audience = Audience()
        journals = [audience.add(f"all {n}", await there.journal()) for n in range(4)]
        journals.append(audience.add("loud", await there.journal(LOUD), wants=is_loud))
        await until(lambda: all(one.refresh().watching for one in journals), "the clients watch")
        async with Traffic(there) as traffic:
            for kill in range(KILLS):
                await traffic.more(chance.randrange(5, 20))
                os.kill(there.hub.workers()[kill % WORKERS], signal.SIGKILL)
                await traffic.more(5)
                await back(there.hub)
            await traffic.more(10)
        verdict = await audience.verdict(there, traffic)

        assert verdict.numbers == NONE, str(verdict)
        assert verdict.untouched, verdict
        assert sum(audience.reconnected.values()) > len(audience.reconnected), (
            "no client was on a killed worker"
        )
        assert [one.resent for one in journals] == [0] * len(journals)


async def test_a_killed_parent_takes_workers_and_valkey_along_and_can_start_again_at_once() -> None:
    async with deployed(workers=WORKERS) as there:
        audience = Audience()
        everything = audience.add("everything", await there.journal())
        await until(lambda: everything.refresh().watching, "the client watches")
        async with Traffic(there) as traffic:
            await traffic.more(10)
            processes = family(there.hub)
            there.hub.kill()
            await until(lambda: gone(processes), "the family is dead", seconds=2)
            there.hub.start()
            await there.hub.ready(there.http)
            await traffic.more(10)
            await back(there.hub)
        verdict = await audience.verdict(there, traffic)

        assert len(processes) == WORKERS + 1
        assert verdict.numbers == NONE, str(verdict)
        assert verdict.untouched, verdict


async def test_a_killed_valkey_is_started_again_by_the_parent() -> None:
    async with deployed(workers=WORKERS) as there, Traffic(there) as traffic:
        await traffic.more(5)
        old = there.hub.valkey()
        os.kill(old, signal.SIGKILL)
        await until(lambda: there.hub.valkey() not in (0, old), "the parent started a new Valkey")
        await traffic.more(5)


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


async def talk(there: Deployment, name: str, number: int) -> int:
    """Say some lines in the lobby; how many were taken."""
    async with there.socket(there.hub, name) as client:
        await client.send(frames.Join(id="j", session="lobby"))
        answer = await client.until(lambda f: isinstance(f, frames.Joined | frames.Err))
        assert isinstance(answer, frames.Joined), answer
        for line in range(LINES):
            text = f"{number} {line}"
            await client.send(frames.Cmd(id=text, ch=answer.ch, p=Chat(text=text)))
        return sum([await taken(client, f"{number} {line}") for line in range(LINES)])


async def taken(client: Client, request: str) -> bool:
    answer = await client.until(lambda f: isinstance(f, frames.Ok | frames.Err) and f.id == request)
    return isinstance(answer, frames.Ok)


@pytest.mark.timeout(90)
async def test_all_workers_write_one_audit_log_in_one_sqlite_file() -> None:
    async with deployed(workers=WORKERS) as there:
        names = ["responder", "commander"] * (CLIENTS // 2)
        said = await asyncio.gather(*(talk(there, name, n) for n, name in enumerate(names)))
        env = {**ENVIRON, **there.hub.env}
        checked = await asyncio.to_thread(run, "audit", "check", env=env)
        records = await there.hub.say("audit", "list", "--limit", "10000")

    assert sum(said) == CLIENTS * LINES
    assert (checked.code, checked.err) == (0, "")
    chats = [one for one in records if (one["type"], one["action"]) == ("command.accepted", "chat")]
    assert len(chats) == CLIENTS * LINES


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
