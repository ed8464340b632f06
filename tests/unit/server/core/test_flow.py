"""Floors rise with pressure and fall late; an honest viewer is never touched; what is behind for long gets less."""

from debugterm_protocol import limits
from debugterm_protocol.offsets import Offset
from debugterm_server.core.flow import ALL, ERRORS, FLOORS, NOTHING, Flow, Sent

ROW_BYTES = 300


def place(number: int) -> Offset:
    return Offset(number, 0, 0)


def filled(rows: int, *, at: float = 0.0) -> Flow:
    """A viewer with so many rows on the way to it."""
    flow = Flow()
    flow.sent(Sent(place(1), rows, rows, at))
    return flow


def test_the_fuller_the_window_the_higher_the_floor_and_errors_go_last() -> None:
    fills = (0, 13_999, 14_000, 15_999, 16_000, 17_999, 18_000, 19_999, 20_000)

    floors = [FLOORS[filled(rows).floor(0, now=0.0)] for rows in fills]

    assert floors == ["", "", "info", "info", "warn", "warn", "error", "error", "none"]


def test_bytes_on_the_way_and_bytes_the_socket_has_not_taken_count_like_rows() -> None:
    large = Flow()
    large.sent(Sent(place(1), 1, limits.WINDOW_BYTES, 0.0))

    assert large.floor(0, now=0.0) == NOTHING
    assert Flow().floor(limits.WRITE_BUFFER_BYTES, now=0.0) == NOTHING
    assert Flow().floor(limits.WRITE_BUFFER_BYTES * 85 // 100, now=0.0) == FLOORS.index("warn")


def test_a_floor_falls_25_points_later_than_it_rose() -> None:
    mib = limits.WRITE_BUFFER_BYTES
    flow = Flow()
    waiting = [0.85, 0.60, 0.54, 0.46, 0.44]

    floors = [FLOORS[flow.floor(int(part * mib), now=0.0)] for part in waiting]

    assert floors == ["warn", "warn", "info", "info", ""]


def test_an_honest_viewer_of_20000_rows_a_second_that_acknowledges_four_times_a_second_is_not_touched() -> (
    None
):
    """Rows of 300 bytes, 25 ms a flush, painted and acknowledged with 150 ms of delay."""
    flow, floors, sent = Flow(), set(), []
    for tick in range(400):
        now = tick * 0.025
        floors.add(flow.floor(0, now))
        sent.append((now, place(tick + 1)))
        flow.sent(Sent(sent[-1][1], 500, 500 * ROW_BYTES, now))
        if tick % 10 == 9:
            painted = [offset for at, offset in sent if at <= now - 0.150]
            flow.acknowledge(painted[-1])

    assert floors == {ALL}


def test_15_seconds_behind_is_summary_mode_until_everything_old_is_acknowledged() -> None:
    flow = filled(14_000, at=0.0)
    before = flow.state(0, now=14.9)
    summary = flow.state(0, now=15.0)
    flow.sent(Sent(place(2), 10, 10, 16.0))
    flow.acknowledge(place(1))
    still = flow.state(0, now=18.0)
    flow.acknowledge(place(2))

    assert before == ("lagging", "info")
    assert summary == ("summary", "error")
    assert still == ("summary", "error")
    assert flow.state(0, now=18.1) == ("live", "")


def test_a_viewer_that_never_acknowledges_a_quiet_stream_stays_live() -> None:
    flow = filled(1_000, at=0.0)

    assert flow.state(0, now=3600.0) == ("live", "")


def test_a_viewer_is_called_live_again_when_nothing_was_shed_for_two_seconds() -> None:
    flow = Flow()
    flow.shed(now=10.0)

    assert flow.state(0, now=11.9) == ("lagging", "")
    assert flow.state(0, now=12.0) == ("live", "")


def test_an_acknowledgement_frees_what_lies_before_it_and_nothing_else() -> None:
    flow = Flow()
    for number in (1, 2, 3):
        flow.sent(Sent(place(number), 5_000, 10, 0.0))
    flow.acknowledge(place(2))
    flow.acknowledge(place(1))

    assert flow.fill(0) == 0.25
    assert flow.floor(0, now=0.0) < ERRORS
