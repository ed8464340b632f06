"""How often a hub asks whether logins stand does not depend on how many are connected."""

from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import pytest
from debugterm_protocol import limits
from debugterm_server.api import guarding
from sqlalchemy import Engine, event

from tests.support.hub import served
from tests.support.processes import until

CONNECTED = 2 * limits.CONNECTIONS_PER_USER
ROUNDS = 3


@contextmanager
def asked() -> Iterator[list[str]]:
    """Every statement about logins while the block lasts."""
    found: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: Any) -> None:
        if "families" in statement:
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_one_question_covers_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(guarding, "RECHECK_SECONDS", 0.3)
    rounds = 0
    really = guarding.recheck

    async def counted(*words: Any) -> None:
        nonlocal rounds
        await really(*words)
        rounds += 1

    monkeypatch.setattr(guarding, "recheck", counted)
    async with served() as hub, AsyncExitStack() as stack:
        for number in range(CONNECTED):
            await stack.enter_async_context(hub.client("viewer" if number % 2 else "responder"))
        begin = rounds
        await until(lambda: rounds > begin, "a round is over")
        begin = rounds
        with asked() as statements:
            await until(lambda: rounds >= begin + ROUNDS, "some rounds are over")
        seen = rounds - begin

    assert 0 < len(statements) <= seen + 1, statements[:2]
