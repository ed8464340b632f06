"""T19: whatever happens to stream, hubs and lines, the client's screen is what `core/resume.py` says it is.

The model is the table in that docstring; the implementation is the hub on a real Valkey, two hubs of it, and the
terminal client's own code. `DEBUGTERM_EXAMPLES=20000` runs it longer.
"""

import asyncio
import os
from typing import Any

import pytest
from debugterm_protocol import limits
from debugterm_protocol.frames import Place, Watch
from debugterm_protocol.offsets import Offset, parse
from debugterm_server.bus import connection
from debugterm_server.bus.connection import Promise, Redis
from debugterm_server.core.refusal import Refusal
from debugterm_server.core.resume import Resumed
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.integration.server.rooms.resume_stage import Line, Row, Screen, Stage, until
from tests.support.checker import Client, Missing, Seen, Shown, Stored, judge
from tests.support.valkey import redis_server

EXAMPLES = int(os.environ.get("DEBUGTERM_EXAMPLES", "500"))  # noqa: TID251 - how long to try
NONE = {"lost": 0, "silent": 0, "dup": 0, "disorder": 0, "phantom": 0}
LOUD = "level>=error"
LEVELS = st.lists(st.sampled_from(["debug", "info", "error"]), min_size=1, max_size=6)

_loop: asyncio.Runner
_redis: Redis
_promise: Promise


class Resuming(RuleBasedStateMachine):
    """Rows are published, trimmed and lost; lines are slow, cut and doubled; the filter changes."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(_redis, _promise)
        _loop.run(self.stage.open())
        self.screen = Screen("")
        self.old: list[Screen] = []
        self.line: Line | None = None

    @initialize()
    def begin(self) -> None:
        self.connect(0)

    # -- the stream ------------------------------------------------------------------------------------

    @rule(levels=LEVELS)
    def publish(self, levels: list[str]) -> None:
        _loop.run(self.stage.publish(levels))

    @rule(entries=st.integers(1, 3))
    def trim(self, entries: int) -> None:
        _loop.run(self.stage.trim(entries))

    @rule(entries=st.integers(1, 3))
    def lose(self, entries: int) -> None:
        _loop.run(self.stage.lose(entries))

    # -- the hubs --------------------------------------------------------------------------------------

    @rule(hub=st.integers(0, 1), lags=st.booleans())
    def lag(self, hub: int, lags: bool) -> None:  # noqa: FBT001 - hypothesis gives it
        gate = self.stage.streams[hub].gate
        gate.clear() if lags else gate.set()

    @rule(hub=st.integers(0, 1))
    def second(self, hub: int) -> None:
        _loop.run(self.stage.second(hub))

    @rule(turns=st.integers(1, 5))
    def turn(self, turns: int) -> None:
        _loop.run(asyncio.sleep(turns / 1000))

    # -- the line --------------------------------------------------------------------------------------

    @rule(hub=st.integers(0, 1))
    def connect(self, hub: int) -> None:
        """The line is cut, if there is one, and the client comes back to any hub."""
        self.cut()
        self.line = Line(hub)
        source = self.screen.place.source
        answer = _loop.run(self.stage.watch(self.line, self.screen))
        if isinstance(source, Place):
            assert answer.recovered is self.expected(source).recovered

    @precondition(lambda self: self.line is not None)
    @rule()
    def cut(self) -> None:
        if self.line is not None:
            _loop.run(self.stage.cut(self.line))
            self.line = None

    @precondition(lambda self: self.line is not None)
    @rule(count=st.integers(1, 5), times=st.integers(1, 2))
    def deliver(self, count: int, times: int = 1) -> None:
        """Some of what waits on the line arrives, each message perhaps twice; the client acknowledges."""
        assert self.line is not None
        for _ in range(min(count, len(self.line.messages))):
            message = self.line.messages.popleft()
            if isinstance(message, tuple):
                self.adopt(message[0])
                message[0].answered(message[1])
                continue
            for _ in range(times):
                self.screen.take(message)
        running, place = self.line.running, self.screen.place
        assert running is not None
        if running.answer.ch == place.ch and (offset := place.ack()) is not None:
            assert running.viewer is not None
            assert running.viewer.acknowledge(parse(offset)), f"an honest acknowledgement of {offset}"

    @precondition(lambda self: self.line is not None)
    @rule(percent=st.sampled_from([0, 75, 85, 95, 100]))
    def press(self, percent: int) -> None:
        assert self.line is not None
        self.line.waiting = limits.WRITE_BUFFER_BYTES * percent // 100 + (percent > 0)

    # -- the client ------------------------------------------------------------------------------------

    @precondition(lambda self: self.line is not None)
    @rule(query=st.sampled_from(["", LOUD]))
    def change(self, query: str) -> None:
        """Another query, or the same again, takes the place of the one that runs."""
        assert self.line is not None
        _loop.run(self.stage.watch(self.line, Screen(query), replaces=self.line.running))

    @rule(place=st.tuples(st.booleans(), st.integers(-2, 12), st.integers(0, 7)))
    def judge_a_place(self, place: tuple[bool, int, int]) -> None:
        """A client may claim to come from anywhere: a known row, before or above all of them, another epoch."""
        same, row, index = place
        offsets = [one.offset for one in self.stage.rows]
        if row == -1:
            offset = Offset(99_999_999_999_999, 0, index)
        elif 0 <= row < len(offsets):
            offset = offsets[row]._replace(row=index)
        else:
            offset = Offset(1, 1, index)
        claimed = Place(self.stage.epoch if same else "another", str(offset))
        for hub in self.stage.hubs:
            plan = _loop.run(hub.plan(self.stage.env, Watch(id="w", source=claimed)))
            assert isinstance(plan.start, Resumed)
            told = (bool(plan.start.why), plan.start.lost_from, plan.start.at)
            expected = self.expected(claimed)
            assert told == (bool(expected.why), expected.lost_from, expected.at)

    @rule(text=st.sampled_from(["", "-1", "x", "1-2-3-4", "1-1-9999999", "99999999999999999999999-0"]))
    def judge_no_place(self, text: str) -> None:
        with pytest.raises(Refusal, match="is not an offset"):
            _loop.run(
                self.stage.hubs[0].plan(self.stage.env, Watch(id="w", source=Place(self.stage.epoch, text)))
            )

    # -- the model -------------------------------------------------------------------------------------

    def expected(self, place: Place) -> Resumed:
        """The rows *asked* of the table."""
        asked, why, lost = parse(place.offset), "", None
        offset = asked
        if place.epoch != self.stage.epoch:
            why, offset = "another stream", min(offset, self.stage.top)
        elif offset > self.stage.top:
            why, offset = "above the top", self.stage.top
        if offset < self.stage.floor:
            lost, offset = offset, self.stage.floor
        return Resumed(asked, offset, why, lost)

    def adopt(self, screen: Screen) -> None:
        """The hub took another query: the window of the one before ends where the new one begins."""
        if screen is not self.screen:
            self.screen.until = self.screen.place._last or self.screen.after
            self.old.append(self.screen)
            self.screen = screen

    def teardown(self) -> None:
        try:
            _loop.run(self.settle())
            self.judged()
        finally:
            self.cut()
            _loop.run(self.stage.close())

    async def settle(self) -> None:
        """Everything heals, and the client sees whatever it still can."""
        if self.line is None:
            self.line = Line(0)
            await self.stage.watch(self.line, self.screen)
        self.line.waiting = 0
        await self.stage.synced()
        line = self.line

        def quiet() -> bool:
            assert line.running is not None
            viewer = line.running.viewer
            assert viewer is not None
            if viewer.live:
                self.stage.room(line.hub).height(viewer)
            self.deliver_all()
            return viewer.live and viewer.told >= self.stage.top

        await until(quiet)

    def deliver_all(self) -> None:
        while self.line is not None and self.line.messages:
            self.deliver(len(self.line.messages))

    def judged(self) -> None:
        for screen in (*self.old, self.screen):
            # What is lost must not be missed; but it may have been told, before the reset that says so.
            told = [row for row in self.stage.lost if _was_told(row, screen.seen)]
            # A window ends where the next query began; what was told and lost may stand above that.
            window = [row for row in self.stage.rows if screen.until is None or row.offset <= screen.until]
            window += told
            wanted = {row.mark for row in window if row.loud or not screen.query}
            client = Client(
                screen.query or "everything",
                screen.seen,
                wants=wanted.__contains__,
                after=screen.after or self.stage.top,
            )
            stored = sorted(Stored(row.offset, row.mark) for row in window)
            verdict = judge(acked=[], stored=stored, clients=[client])
            assert verdict.numbers == NONE, f"{verdict}\n{screen.seen}"


def _was_told(row: Row, seen: list[Seen]) -> bool:
    for one in seen:
        match one:
            case Shown(mark=mark) if mark == row.mark:
                return True
            case Missing(start=start, end=end, n=int()) if start <= row.offset <= end:
                return True
    return False


async def _connect(url: str) -> Any:
    redis = connection.connect(url)
    return redis, await connection.wait_ready(redis, seconds=10)


@pytest.mark.timeout(0)
def test_the_screen_is_what_the_model_says_whatever_happens() -> None:
    global _loop, _redis, _promise
    with redis_server() as server, asyncio.Runner() as _loop:
        _redis, _promise = _loop.run(_connect(server.url))
        try:
            run_state_machine_as_test(
                Resuming,
                settings=settings(
                    max_examples=EXAMPLES,
                    stateful_step_count=30,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                    phases=[Phase.explicit, Phase.generate],
                    report_multiple_bugs=False,
                ),
            )
        finally:
            _loop.run(_redis.aclose())
