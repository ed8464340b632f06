"""Received and missed is always what was published, in order, whatever a viewer takes, acknowledges or cannot."""

from collections import Counter
from collections.abc import Iterator

import pytest
from debugterm_protocol import frames, limits
from debugterm_protocol.offsets import Offset, parse
from debugterm_protocol.views import Flow as Told
from debugterm_server.rooms.hub.shared import Flushed, Picked
from debugterm_server.rooms.hub.viewer import Viewer
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.server.rooms.hub.stage import Outlet, read

LEVELS = ("debug", "info", "warn", "error", "fatal")
FULL = {"": 0.0, "info": 0.7, "warn": 0.8, "error": 0.9, "none": 1.0}


def pressed(floor: str) -> int:
    """Bytes waiting at which a viewer has this floor."""
    return int(FULL[floor] * limits.WRITE_BUFFER_BYTES) + 1


def watching() -> tuple[Viewer, Outlet]:
    outlet = Outlet()
    return Viewer(outlet, ch="log:x", at=Offset(0, 0, 0), wrap=bytes), outlet


def flushed(*picked: Picked) -> Flushed:
    return Flushed(picked, ch="log:x", epoch="e", wrap=bytes, now=0.0)


def entry(number: int, *levels: str, fresh: tuple[int, ...] = ()) -> Picked:
    return Picked(read(number, levels, fresh), range(len(levels)))


def told(outlet: Outlet) -> Iterator[frames.Gap | Offset]:
    """Each row and each gap, in the order in which a client takes them."""
    for frame in outlet.frames:
        if isinstance(frame, frames.Rows):
            for group in frame.b:
                yield from (parse(f"{group.e}-{index}") for index in group.i)
            if frame.gap is not None:
                yield frame.gap
        elif isinstance(frame, frames.Gap):
            yield frame


@pytest.mark.parametrize(
    ("floor", "shown", "by"),
    [
        ("", [0, 1, 2, 3, 4], {}),
        ("info", [1, 2, 3, 4], {"debug": 1}),
        ("warn", [2, 3, 4], {"debug": 1, "info": 1}),
        ("error", [3, 4], {"debug": 1, "info": 1, "warn": 1}),
        ("none", [], {"debug": 1, "info": 1, "warn": 1, "error": 1, "fatal": 1}),
    ],
)
def test_each_floor_sends_its_levels_and_tells_the_rest(
    floor: str, shown: list[int], by: dict[str, int]
) -> None:
    viewer, outlet = watching()
    outlet.waiting = pressed(floor)
    viewer.offer(flushed(entry(1, *LEVELS)), now=0.0)
    outlet.waiting = 0
    viewer.second(now=0.0)

    got = list(told(outlet))
    gaps = [one for one in got if isinstance(one, frames.Gap)]
    assert [one.row for one in got if isinstance(one, Offset)] == shown
    assert [gap.by for gap in gaps] == ([by] if by else [])
    assert [gap.n for gap in gaps] == ([len(LEVELS) - len(shown)] if by else [])


def test_a_gap_among_rows_says_from_where_to_where_and_what_was_sent_between() -> None:
    viewer, outlet = watching()
    outlet.waiting = pressed("warn")
    viewer.offer(flushed(entry(1, "error", "info", "warn"), entry(2, "error", "debug", "warn")), now=0.0)

    (rows, *_) = outlet.frames
    assert isinstance(rows, frames.Rows)
    assert rows.gap == frames.Gap(
        "log:x", "1-0-1", "2-0-1", 2, by={"info": 1, "debug": 1}, shown={"warn": 1, "error": 1}
    )
    assert viewer.told == parse("2-0-2")


@pytest.mark.parametrize("floor", ["info", "warn", "error"])
def test_the_first_row_of_a_new_pattern_is_sent_at_every_floor(floor: str) -> None:
    viewer, outlet = watching()
    outlet.waiting = pressed(floor)
    viewer.offer(flushed(entry(1, "debug", "debug", "debug", fresh=(1,))), now=0.0)

    assert [one for one in told(outlet) if isinstance(one, Offset)] == [Offset(1, 0, 1)]


def test_equal_floors_share_the_same_bytes_and_no_floor_is_built_that_nobody_has() -> None:
    built: list[bytes] = []

    def wrap(data: bytes) -> bytes:
        built.append(data)
        return data

    made = Flushed([entry(1, *LEVELS)], ch="log:x", epoch="e", wrap=wrap, now=0.0)
    outlets = []
    for floor in ("", "", "warn", "warn", "none"):
        viewer, outlet = watching()
        outlet.waiting = pressed(floor)
        viewer.offer(made, now=0.0)
        outlets.append(outlet)

    assert outlets[0].messages[0] is outlets[1].messages[0]
    assert outlets[2].messages[0] is outlets[3].messages[0]
    assert len(built) == 2


def test_what_one_viewer_cannot_take_changes_nothing_for_another() -> None:
    slow, slow_outlet = watching()
    fast, fast_outlet = watching()
    slow_outlet.waiting = pressed("none")
    for number in range(1, 50):
        made = flushed(entry(number, *LEVELS))
        slow.offer(made, now=0.0)
        fast.offer(made, now=0.0)

    assert len(list(told(fast_outlet))) == 49 * len(LEVELS)
    assert list(told(slow_outlet)) == []


def test_a_gap_that_waits_is_told_before_the_next_row_and_within_the_second() -> None:
    viewer, outlet = watching()
    outlet.waiting = pressed("none")
    viewer.offer(flushed(entry(1, "info", "info")), now=0.0)
    viewer.second(now=1.0)
    assert list(told(outlet)) == []
    outlet.waiting = 0
    viewer.offer(flushed(entry(2, "info")), now=1.5)

    assert list(told(outlet)) == [frames.Gap("log:x", "1-0-0", "1-0-1", 2, by={"info": 2}), Offset(2, 0, 0)]


def test_how_it_keeps_up_is_told_when_it_changes_and_each_second_while_it_is_not_live() -> None:
    viewer, outlet = watching()
    viewer.second(now=0.0)
    outlet.waiting = pressed("error")
    viewer.offer(flushed(entry(1, "info", "error")), now=0.5)
    viewer.second(now=1.0)
    outlet.waiting = 0
    for now in (2.0, 3.0, 4.0):
        viewer.second(now)

    states = [(one.state, one.floor) for one in outlet.frames if isinstance(one, Told)]
    assert states == [("lagging", "error"), ("lagging", "error"), ("lagging", ""), ("live", "")]


def test_an_acknowledgement_of_what_was_never_sent_counts_as_nothing() -> None:
    viewer, _ = watching()
    viewer.offer(flushed(entry(1, "info", "info")), now=0.0)
    full = viewer.flow.fill(0)

    assert not viewer.acknowledge(parse("1-0-2"))
    assert not viewer.acknowledge(parse("99999999999999-0-0"))
    assert viewer.flow.fill(0) == full > 0
    assert viewer.acknowledge(parse("1-0-1"))
    assert viewer.flow.fill(0) == 0


def test_a_reset_tells_what_was_missed_of_the_old_stream_first() -> None:
    viewer, outlet = watching()
    outlet.waiting = pressed("none")
    viewer.offer(flushed(entry(5, "info")), now=0.0)
    viewer.reset("e2", "the stream was replaced", top=parse("3-0"))

    kinds = [type(frame) for frame in outlet.frames if not isinstance(frame, Told)]
    assert kinds == [frames.Gap, frames.Reset]
    assert (viewer.at, viewer.told) == (parse("3-0"), parse("3-0"))
    assert viewer.acknowledge(parse("5-0-0")), "it was on its way before the reset"
    assert not viewer.acknowledge(parse("5-0-1"))


Step = tuple[str, int]
steps = st.lists(
    st.tuples(st.sampled_from(["offer", "ack", "pressure", "second"]), st.integers(0, 120)), max_size=60
)


@settings(max_examples=300, deadline=None)
@given(steps)
def test_received_and_gaps_is_what_was_published_for_any_offers_acknowledgements_and_pressure(
    script: list[Step],
) -> None:
    viewer, outlet = watching()
    published: Counter[str] = Counter()
    levels: dict[Offset, str] = {}
    for now, (what, number) in enumerate(script):
        match what:
            case "offer":
                made = entry(now + 1, *(LEVELS[(number + i) % 5] for i in range(number % 7 + 1)))
                levels |= {made.read.offset(i): LEVELS[made.read.ranks[i] - 1] for i in made.indexes}
                viewer.offer(flushed(made), float(now))
            case "ack":
                viewer.acknowledge(viewer.told)
            case "pressure":
                outlet.waiting = number * limits.WRITE_BUFFER_BYTES // 100
            case _:
                viewer.second(float(now))
    outlet.waiting = 0
    viewer.second(float(len(script)))
    published.update(levels.values())

    got = list(told(outlet))
    rows = [one for one in got if isinstance(one, Offset)]
    gaps = [one for one in got if isinstance(one, frames.Gap)]
    counted = Counter(levels[row] for row in rows)
    for gap in gaps:
        counted.update(gap.by)
    assert counted == published
    assert rows == sorted(set(rows))
    for gap in gaps:
        inside = [row for row in levels if parse(gap.start) <= row <= parse(gap.end)]
        assert gap.n == len(set(inside) - set(rows))
