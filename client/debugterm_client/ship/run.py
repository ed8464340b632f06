"""One run of the shipper: sources into the hopper, batches out of it, each acknowledged before the next."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path

from debugterm_protocol.exits import Exit

from debugterm_client.core.words import counted
from debugterm_client.ship.files import Files, Wanted
from debugterm_client.ship.hopper import Hopper
from debugterm_client.ship.place import Flight, State, StateUnusable
from debugterm_client.ship.rows import Origin, Row
from debugterm_client.ship.send import Answer, Door, Later, Refused, Sender, TooLarge, connection, delay

FLUSH_SECONDS = 5.0
"""After Ctrl-C what waits is sent for this long."""
GIVE_UP_SECONDS = 60.0
"""Without --follow nobody may be watching: a hub that cannot be reached for this long ends the run."""
REMIND_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to read, where to send it, and where to keep the place (None: in memory)."""

    door: Door
    origin: Origin
    files: Wanted | None = None
    stdin: int | None = None
    journald: bool = False
    metrics: bool = False
    follow: bool = True
    last: int | None = None
    state: Path | None = None
    from_start: bool = False
    keep_place: bool = True
    """Whether a run that came to its end leaves its places for the next one."""


@dataclass(slots=True)
class Totals:
    """What the hub has acknowledged so far in this run."""

    rows: int = 0
    points: int = 0
    parse_errors: int = 0
    offsets: dict[str, int] = field(default_factory=dict)
    """Bytes acknowledged by source."""

    @property
    def bytes(self) -> int:
        """Bytes of files acknowledged."""
        return sum(self.offsets.values())

    @property
    def words(self) -> str:
        """What was acknowledged, in words."""
        parts = [counted(self.rows, "row")]
        parts += [counted(self.points, "metric point")] * bool(self.points)
        parts += [f"{counted(self.parse_errors, 'broken JSON line')} kept as text"] * bool(self.parse_errors)
        return f"{', '.join(parts)} acknowledged"


class Ship:
    """Runs a plan. `say` gets lines for the user, `moved` what is acknowledged, each time it is more."""

    def __init__(
        self, plan: Plan, *, say: Callable[[str], None], moved: Callable[[Totals], None] = lambda _: None
    ) -> None:
        self._plan = plan
        self._say = say
        self._moved = moved
        self._state = State(plan.state)
        if plan.from_start:
            self._state.forget(list(self._state.book.places))
        self._hopper = Hopper()
        self._stop = asyncio.Event()
        self._deadline: asyncio.Timeout | None = None
        self.totals = Totals()

    def summary(self) -> str:
        """What was acknowledged, in words."""
        return self.totals.words

    @property
    def loses(self) -> str:
        """What becomes of rows that were read and not acknowledged, in words."""
        kept = "what is not sent stays in its file for the next start"
        return f"{kept}; what was read from the pipe is lost" if self._plan.stdin is not None else kept

    def stop(self) -> None:
        """Read no further, send what was read; a second call gives up at once."""
        if self._deadline is not None:
            loop = asyncio.get_running_loop()
            self._deadline.reschedule(loop.time() + (0 if self._stop.is_set() else FLUSH_SECONDS))
        self._stop.set()

    async def run(self) -> bool:
        """Run to the end; whether everything read was acknowledged. Raises Refused and StateUnusable."""
        try:
            return await self._run()
        except BaseExceptionGroup as group:
            raise _cause(group) from None

    async def _run(self) -> bool:
        try:
            async with asyncio.timeout(None) as self._deadline, connection() as http:
                sender = Sender(self._plan.door, http)
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._deliver(sender), name="ship-deliver")
                    group.create_task(self._read(), name="ship-read")
            if not self._plan.keep_place:
                self._state.erase()
        except TimeoutError:
            return False
        finally:
            self._state.close()
        return True

    async def _read(self) -> None:
        async with asyncio.TaskGroup() as group:
            for name, source in self._sources():
                group.create_task(source, name=f"ship-{name}")
        await self._hopper.close()

    def _sources(self) -> list[tuple[str, Coroutine[None, None, None]]]:
        plan, hopper, stop = self._plan, self._hopper, self._stop
        found: list[tuple[str, Coroutine[None, None, None]]] = []
        if plan.files is not None:
            files = Files(plan.files, origin=plan.origin, state=self._state, hopper=hopper, say=self._say)
            found.append(("files", files.run(stop)))
        if plan.stdin is not None:
            from debugterm_client.ship.pipe import read_pipe

            found.append(("stdin", read_pipe(plan.stdin, origin=plan.origin, hopper=hopper, stop=stop)))
        if plan.journald:
            from debugterm_client.ship.journald import SOURCE, read_journal

            place = self._state.places_to_come().get(SOURCE)
            cursor = place.cursor if place else ""
            found.append(
                (
                    "journald",
                    read_journal(cursor=cursor, follow=plan.follow, last=plan.last, hopper=hopper, stop=stop),
                )
            )
        if plan.metrics:
            from debugterm_client.ship.host import read_host

            origin = replace(plan.origin, service=plan.origin.service or "host")
            found.append(("metrics", read_host(origin=origin, hopper=hopper, stop=stop)))
        return found

    async def _deliver(self, sender: Sender) -> None:
        if self._state.flight is not None:
            await self._fly(self._state.flight, sender, again=True)
        while rows := await self._hopper.batch():
            flight = flight_of(rows, first=self._state.book.acked + 1)
            if not flight.bodies:
                self._state.remember(flight.places)
                continue
            self._state.depart(flight)
            await self._fly(flight, sender)

    async def _fly(self, flight: Flight, sender: Sender, *, again: bool = False) -> None:
        """Deliver a flight; `again` when an earlier run may have sent it."""
        number = max(flight.first, self._state.book.acked + 1)
        while number < flight.first + len(flight.bodies):
            body = flight.bodies[number - flight.first]
            try:
                answer, tries = await self._until_answered(body, number, sender)
            except TooLarge:
                flight = split(flight, number)
                self._state.depart(flight)
                continue
            if answer.duplicate and tries == 1 and not again:
                # We never sent this number, so the state directory is older than the hub's memory of it.
                self._state.rename()
                again = True
                continue
            self._state.acknowledge(flight, number)
            self._count(answer)
            number += 1
        self.totals.offsets |= {source: place.offset for source, place in flight.places.items()}
        self._moved(self.totals)

    def _count(self, answer: Answer) -> None:
        self.totals.rows += answer.accepted
        self.totals.points += answer.points
        self.totals.parse_errors += answer.parse_errors

    async def _until_answered(self, body: bytes, number: int, sender: Sender) -> tuple[Answer, int]:
        """The answer, and how many tries it took."""
        failing_since = said = 0.0
        attempt = 0
        while True:
            try:
                answer = await sender.post(body, f"{self._state.book.producer}:{number}")
            except Later as later:
                attempt += 1
                now = time.monotonic()
                failing_since = failing_since or now
                if not self._plan.follow and now - failing_since > GIVE_UP_SECONDS:
                    raise Refused(
                        f"{later}; gave up after {GIVE_UP_SECONDS:.0f} s", Exit.CONNECTION_LOST
                    ) from None
                if not said or now - said > REMIND_SECONDS:
                    self._say(f"{later}; trying again, nothing is lost")
                    said = now
                await asyncio.sleep(delay(attempt, later.after))
            else:
                if said:
                    self._say(f"sending again after {time.monotonic() - failing_since:.0f} s")
                return answer, attempt + 1


def _cause(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one exception that a user should hear of: the tasks that it ended have nothing to add."""
    expected = group.subgroup((Refused, StateUnusable))
    first: BaseException = expected or group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first


def flight_of(rows: list[Row], *, first: int) -> Flight:
    """One batch of rows, and the places that hold once it is acknowledged."""
    places = {row.source: row.place for row in rows if row.place is not None}
    bodies = [row.body for row in rows if row.body]
    return Flight(first, [b"\n".join(bodies)] if bodies else [], places)


def split(flight: Flight, number: int) -> Flight:
    """The same rows with batch `number`, of which the hub stored nothing, in two halves. Raises Refused for one row."""
    at = number - flight.first
    rows = flight.bodies[at].split(b"\n")
    if len(rows) == 1:
        raise Refused(
            f"a row of {len(rows[0])} bytes is too large for the hub or a proxy before it", Exit.FAILED
        )
    half = len(rows) // 2
    halves = [b"\n".join(rows[:half]), b"\n".join(rows[half:])]
    return Flight(flight.first, [*flight.bodies[:at], *halves, *flight.bodies[at + 1 :]], flight.places)
