"""Answers while somebody types: what is wrong with the query, how many rows it would show, what could come next.

It looks at the sample of the last minute only, in slices, so that typing costs the hub a bounded part of its time
whatever flows; the newest probe of a connection ends the one before.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import msgspec
from debugterm_protocol import limits
from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Problem
from debugterm_protocol.query import Query, print_query
from debugterm_protocol.query.complete import complete
from debugterm_protocol.query.named import fields_of
from debugterm_protocol.query.syntax import TOP, All, And
from debugterm_protocol.views import Probe, Probed, Suggestion

from debugterm_server.core import matcher
from debugterm_server.core.matcher import Matcher
from debugterm_server.core.refusal import Refusal
from debugterm_server.rooms.hub import sample
from debugterm_server.rooms.hub.census import Census
from debugterm_server.rooms.hub.plan import query_of

SLICE_SECONDS = 0.004
"""Work in one turn of the loop."""
MOST_SECONDS = 0.1
"""Work for one probe; what was not looked at by then is left out, and the answer says so."""
CHECK_ROWS = 50
"""Rows between two looks at the clock: at most a millisecond each."""
RECENT = 20
"""Terms remembered of one person, of at most PEOPLE."""
PEOPLE = 1_000
NEAR = 3

_encoder = msgspec.json.Encoder()


class Asker(Protocol):
    """A connection that may ask."""

    def ok(self, request: str, payload: bytes = b"{}") -> None:
        """The answer."""

    def err(self, request: str, problem: Problem) -> None:
        """Why there is none."""


class Spawn(Protocol):
    """Starts a task with a name."""

    def __call__(self, name: str, coro: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """The task, kept by its owner."""
        ...


class _Asked:
    """What one connection asked of late."""

    def __init__(self) -> None:
        self.times: deque[float] = deque(maxlen=limits.PROBES_A_SECOND)
        self.task: asyncio.Task[None] | None = None
        self.id = ""


class Probing:
    """The probes of one environment."""

    def __init__(self, census: Census) -> None:
        self._census = census
        self._asked: WeakKeyDictionary[Asker, _Asked] = WeakKeyDictionary()
        self._recent: dict[str, deque[str]] = {}

    def used(self, human: str, query: Query) -> None:
        """Somebody watches a query: its terms are offered to them again."""
        terms = query.filter.terms if isinstance(query.filter, And) else (query.filter,)
        recent = self._recent.pop(human, deque(maxlen=RECENT))
        for text in (print_query(Query(term)) for term in terms if not isinstance(term, All)):
            if text in recent:
                recent.remove(text)
            recent.appendleft(text)
        self._recent[human] = recent
        if len(self._recent) > PEOPLE:
            del self._recent[next(iter(self._recent))]

    def ask(self, frame: Probe, human: str, asker: Asker, *, spawn: Spawn) -> None:
        """Answer soon, instead of what this connection asked before. Raises Refusal when it asks too often."""
        now = asyncio.get_running_loop().time()
        asked = self._asked.setdefault(asker, _Asked())
        if len(asked.times) == limits.PROBES_A_SECOND and now - asked.times[0] < 1:
            raise Refusal(
                Code.RATE,
                f"a connection may probe {limits.PROBES_A_SECOND} times a second",
                fix="ask when the typing rests",
                retry_ms=int(1000 * (1 - now + asked.times[0])) + 1,
            )
        asked.times.append(now)
        if asked.task is not None and not asked.task.done():
            asked.task.cancel()
            asker.err(asked.id, Problem(Code.RATE, "a newer probe took its place"))
        asked.id = frame.id
        asked.task = spawn("probe", self._answer(frame, human, asker))

    async def _answer(self, frame: Probe, human: str, asker: Asker) -> None:
        asker.ok(frame.id, _encoder.encode(await self.probe(frame, human)))

    async def probe(self, frame: Probe, human: str) -> Probed:
        """The answer to one probe."""
        suggestions = self._suggestions(frame, human)
        try:
            query = query_of(frame.query)
        except Refusal as refused:
            wrong = refused.problem
            return Probed(suggestions, why=wrong.why, column=wrong.column or 0, hint=wrong.fix)
        count = await self._count(matcher.compile(query))
        return Probed(
            suggestions,
            match=count.match,
            all=count.all,
            seconds=count.seconds,
            sampled=count.sampled,
            near=self._near(query),
        )

    def _suggestions(self, frame: Probe, human: str) -> list[Suggestion]:
        if frame.at is None:
            return []
        return complete(frame.query, frame.at, _Known(self._census, self._recent.get(human, ())))

    def _near(self, query: Query) -> list[str]:
        """Names like those fields of the query that no row has."""
        catalog = self._census.sample.catalog
        known = [name for name, _ in catalog.fields()]
        if not known:
            return []
        unknown = [
            field
            for field in fields_of(query)
            if field not in TOP and not any(name == field or name.startswith(f"{field}.") for name in known)
        ]
        found = [name for field in unknown for name, _ in catalog.near(field, NEAR)]
        return list(dict.fromkeys(found))[:NEAR]

    async def _count(self, matches: Matcher) -> "_Count":
        """How many rows of the last minute match, newest first, as far as there is time for."""
        loop = asyncio.get_running_loop()
        now = self._census.now()
        count = _Count(seconds=min(sample.SECONDS, max(1, now + 1 - self._census.everything.exact_from)))
        spent, started = 0.0, loop.time()
        for at, second in self._census.sample.seconds(now):
            hits, rows = 0, second.rows()
            for start in range(0, len(rows), CHECK_ROWS):
                hits += sum(map(matches.match, rows[start : start + CHECK_ROWS]))
                if loop.time() - started > SLICE_SECONDS:
                    spent += loop.time() - started
                    await asyncio.sleep(0)
                    started = loop.time()
            count.add(hits, taken=len(rows), came=second.came)
            if spent > MOST_SECONDS:
                count.seconds = min(count.seconds, now + 1 - at)
                break
        return count


class _Count:
    """What was found so far."""

    def __init__(self, *, seconds: int) -> None:
        self.seconds = seconds
        self.all = 0
        self.sampled = False
        self._match = 0.0

    @property
    def match(self) -> int:
        """Matching rows, estimated where only a part was looked at."""
        return round(self._match)

    def add(self, hits: int, *, taken: int, came: int) -> None:
        """The rows of one more second."""
        self.all += came
        self.sampled = self.sampled or taken < came
        self._match += hits * came / taken if taken else 0


class _Known:
    """The catalog of the environment, and what this person used."""

    def __init__(self, census: Census, recent: Sequence[str]) -> None:
        self._catalog = census.sample.catalog
        self._recent = recent

    def fields(self) -> Sequence[tuple[str, int]]:
        return self._catalog.fields()

    def values(self, field: str) -> Sequence[tuple[str, int]]:
        return self._catalog.values(field)

    def recent(self) -> Sequence[str]:
        return self._recent
