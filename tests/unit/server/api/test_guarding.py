"""Who may stay connected: tokens that ran out, logins that ended, and what holds while the database is silent."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import replace

from debugterm_protocol import limits
from debugterm_protocol.close import Close
from debugterm_protocol.roles import Role
from debugterm_server.api.connection import Connection
from debugterm_server.api.guarding import TOKEN_GRACE_SECONDS, end_late, recheck
from debugterm_server.api.sockets import Sockets
from debugterm_server.core.policy import Subject
from debugterm_server.store.engine import StoreUnavailable

ANA = Subject("u_ana", "Ana", "prod", Role.VIEWER, jti="f_1.a", expires=int(time.time()) + 600)
BO = replace(ANA, human="u_bo", jti="f_2.a")


class Logins:
    """Answers that these logins stand."""

    def __init__(self, *standing: Subject, silent: bool = False) -> None:
        self._standing = set(standing)
        self._silent = silent

    async def standing(self, subjects: Iterable[Subject]) -> set[Subject]:
        if self._silent:
            raise StoreUnavailable("gone")
        return self._standing & set(subjects)


def connected(sockets: Sockets, subject: Subject) -> Connection:
    conn = Connection("c", asyncio.Transport())
    sockets.add(conn)
    conn.subject = subject
    assert sockets.greet(conn)
    return conn


def code(conn: Connection) -> Close | None:
    return conn.closing.result() if conn.closing.done() else None


async def test_a_token_that_ran_out_ends_its_connection_after_the_grace() -> None:
    sockets = Sockets()
    now = int(time.time())
    late = connected(sockets, replace(ANA, expires=now - TOKEN_GRACE_SECONDS - 1))
    just = connected(sockets, replace(ANA, expires=now))

    end_late(sockets)

    assert (code(late), code(just)) == (Close.TOKEN_EXPIRED, None)


async def test_an_ended_login_ends_its_connections_and_no_others() -> None:
    sockets = Sockets()
    ana, bo = connected(sockets, ANA), connected(sockets, BO)

    await recheck(sockets, Logins(ANA))

    assert (code(ana), code(bo)) == (None, Close.AUTHENTICATION)


async def test_nobody_is_thrown_out_while_the_database_is_silent() -> None:
    sockets = Sockets()
    ana = connected(sockets, ANA)

    await recheck(sockets, Logins(silent=True))

    assert code(ana) is None


async def test_a_login_renewed_while_the_question_was_on_its_way_stays() -> None:
    sockets = Sockets()
    ana = connected(sockets, ANA)

    class Slow(Logins):
        async def standing(self, subjects: Iterable[Subject]) -> set[Subject]:
            found = await super().standing(subjects)
            ana.subject = replace(ANA, jti="f_3.a")
            return found

    await recheck(sockets, Slow())

    assert code(ana) is None


async def test_connections_without_hello_fill_the_door_until_they_say_it_or_leave() -> None:
    sockets = Sockets()
    strangers = [Connection(str(i), asyncio.Transport()) for i in range(limits.CONNECTIONS_UNAUTHENTICATED)]
    for conn in strangers:
        sockets.add(conn)
    full = [sockets.full]

    strangers[0].subject = ANA
    assert sockets.greet(strangers[0])
    full.append(sockets.full)
    sockets.add(Connection("last", asyncio.Transport()))
    full.append(sockets.full)
    sockets.remove(strangers[1])
    full.append(sockets.full)

    assert full == [True, False, True, False]
