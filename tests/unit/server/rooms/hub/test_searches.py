"""A few searches at once, of one person and of all; one that is over makes room."""

from contextlib import ExitStack

import pytest
from debugterm_protocol.query import parse
from debugterm_server.bus.entries import Slice
from debugterm_server.core.refusal import Refusal
from debugterm_server.rooms.hub.searches import AT_ONCE, OF_ONE, Searches


class Stream:
    async def before(self, env: str, end: str, start: str, *, count: int) -> Slice:
        raise AssertionError((env, end, start, count))


def begin(searches: Searches, stack: ExitStack, human: str) -> None:
    stack.enter_context(searches.begin(human, "x", parse(""), now=0, since_ms=0, limit=1))


async def test_one_person_may_not_search_without_end() -> None:
    searches = Searches(Stream())
    with ExitStack() as stack:
        for _ in range(OF_ONE):
            begin(searches, stack, "ana")
        with pytest.raises(Refusal, match="searches of yours"):
            begin(searches, stack, "ana")
        begin(searches, stack, "bo")
    with ExitStack() as stack:
        begin(searches, stack, "ana")


async def test_all_together_may_not_take_the_hub() -> None:
    searches = Searches(Stream())
    with ExitStack() as stack:
        for n in range(AT_ONCE):
            begin(searches, stack, f"user {n}")
        with pytest.raises(Refusal, match="on this hub"):
            begin(searches, stack, "another")
