"""Who searches now: a few at once, so that the past never takes the hub away from those who watch what is live."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from debugterm_protocol.errors import Code
from debugterm_protocol.query import Query

from debugterm_server.core.refusal import Refusal
from debugterm_server.rooms.hub.search import Search
from debugterm_server.rooms.hub.walking import Stream

AT_ONCE = 8
"""Searches of one hub process; each takes at most half of what the loop has left."""
OF_ONE = 3
"""Of one person."""


class Searches:
    """The searches of one hub process."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._running: Counter[str] = Counter()

    @contextmanager
    def begin(
        self, human: str, env: str, query: Query, *, now: float, since_ms: int, limit: int
    ) -> Iterator[Search]:
        """A search that counts until the block is left. Raises Refusal when too many run."""
        if self._running[human] >= OF_ONE:
            raise Refusal(Code.RATE, f"{OF_ONE} searches of yours run already", retry_ms=2_000)
        if self._running.total() >= AT_ONCE:
            raise Refusal(Code.RATE, f"{AT_ONCE} searches run on this hub already", retry_ms=2_000)
        self._running[human] += 1
        try:
            yield Search(self._stream, env, query, now=now, since_ms=since_ms, limit=limit)
        finally:
            self._running[human] -= 1
            if not self._running[human]:
                del self._running[human]
