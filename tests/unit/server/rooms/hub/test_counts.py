"""What a viewer is told each second: rows that came late, and the whole when it could not take a part."""

from debugterm_protocol import codec, frames, limits, views
from debugterm_protocol.offsets import Offset
from debugterm_protocol.query import parse
from debugterm_server.bus.entries import Entry, Slice
from debugterm_server.core import matcher
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.census import Census
from debugterm_server.rooms.hub.counts import RATES, Counts
from debugterm_server.rooms.hub.viewer import Viewer

NOW = 1_000_000_000


class Nothing:
    """A stream that is never asked."""

    async def before(self, env: str, end: str, start: str, *, count: int) -> Slice:
        raise AssertionError((env, end, start, count))

    async def trimmed(self, env: str) -> str:
        raise AssertionError(env)


class Outlet:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.waiting = 0
        self.told: list[frames.ServerFrame] = []

    def write(self, message: bytes) -> None:
        self.told.append(codec.decode_server(message))

    def rates(self) -> list[tuple[int, int, int]]:
        return [(frame.s, frame.match, frame.all) for frame in self.told if isinstance(frame, frames.Rate)]

    def wholes(self) -> list[views.Histogram]:
        return [frame for frame in self.told if isinstance(frame, views.Histogram)]


class Stage:
    """A channel's counts with one viewer who wants the histogram."""

    def __init__(self) -> None:
        self.now = NOW
        self.census = Census("env", Nothing(), top=lambda: (NOW * 1000 - 1, 0), clock=lambda: self.now + 0.03)
        self.census.begin()
        matches = matcher.compile(parse("service:pay"))
        self.matcher = matches
        self.counts = Counts("ch", matches, census=self.census, wrap=bytes)
        self.outlet = Outlet()
        viewer = Viewer(self.outlet, ch="ch", at=Offset(0, 0, 0), wrap=bytes)
        viewer.aside = views.Aside("ch", histogram=True)
        self.counts.begin({viewer})
        self.counts.asked(viewer)

    def receive(self, second: int, *, pay: int, shop: int = 0) -> None:
        rows = [b'{"ts":"x","level":"info","service":"pay"}'] * pay
        rows += [b'{"ts":"x","level":"info","service":"shop"}'] * shop
        read = Read(Entry(f"{second * 1000}-0", b"\n".join(rows), len(rows), 0, 0, {"info": len(rows)}))
        self.census.take(read, watched=True)
        self.counts.take(read, read.pick(self.matcher))

    def second(self) -> None:
        self.now += 1
        self.census.second(self.now)
        self.counts.second(self.now)


async def test_a_second_to_which_rows_came_late_is_told_again_with_all_its_rows() -> None:
    stage = Stage()
    stage.receive(NOW, pay=3, shop=1)
    stage.second()
    stage.receive(NOW, pay=2)
    stage.receive(NOW + 1, pay=1)
    stage.second()

    assert stage.outlet.rates() == [(NOW, 3, 4), (NOW, 5, 6), (NOW + 1, 1, 1)]


async def test_rows_of_the_second_that_runs_are_told_when_it_is_over() -> None:
    stage = Stage()
    stage.receive(NOW + 1, pay=7)
    stage.second()
    stage.second()

    assert stage.outlet.rates() == [(NOW, 0, 0), (NOW + 1, 7, 7)]


async def test_who_could_not_take_a_rate_gets_the_whole_when_there_is_room() -> None:
    stage = Stage()
    before = len(stage.outlet.wholes())
    stage.outlet.waiting = 2 * limits.WRITE_BUFFER_BYTES
    stage.receive(NOW, pay=4)
    stage.second()
    stage.outlet.waiting = 0
    stage.second()
    (whole,) = stage.outlet.wholes()[before:]

    assert stage.outlet.rates() == [(NOW + 1, 0, 0)]
    assert whole.by["info"][-2:] == [4, 0]
    assert whole.start + whole.seconds == NOW + 2


async def test_after_a_long_stall_the_whole_is_told_instead_of_every_second() -> None:
    stage = Stage()
    before = len(stage.outlet.wholes())
    for second in range(20):
        stage.receive(NOW + second, pay=1)
    stage.now += 19
    stage.second()
    (whole,) = stage.outlet.wholes()[before:]

    assert [second for second, _, _ in stage.outlet.rates()] == list(range(NOW + 20 - RATES, NOW + 20))
    assert sum(whole.by["info"]) == 20
