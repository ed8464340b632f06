"""One viewer waits for no company, hundreds do; who leaves is not counted any more."""

from typing import cast

import pytest
from debugterm_protocol.offsets import Offset
from debugterm_protocol.query import parse
from debugterm_server.rooms.hub.channel import name_of
from debugterm_server.rooms.hub.pace import Pace
from debugterm_server.rooms.hub.reader import Seen
from debugterm_server.rooms.hub.room import Room, Stream
from debugterm_server.rooms.hub.viewer import Viewer

from tests.unit.server.rooms.hub.stage import Outlet


@pytest.mark.parametrize(
    ("viewers", "milliseconds"), [(0, 2), (1, 2), (40, 2), (100, 5), (200, 10), (500, 25), (5_000, 25)]
)
def test_the_more_viewers_the_longer_rows_wait_and_never_beyond_25_ms(
    viewers: int, milliseconds: float
) -> None:
    pace = Pace()

    pace.add(viewers)

    assert pace.seconds * 1000 == pytest.approx(milliseconds)


async def test_all_channels_of_a_room_share_one_pace_and_who_leaves_quickens_it() -> None:
    room = Room("prod", cast("Stream", None), cast("Seen", None), bytes, lambda: 0.0)
    room.reader.top = "0-0"
    queries = [parse("level:error"), parse("timeout")]
    channels = [room.channel(name_of("prod", query), query) for query in queries]
    viewers = [
        Viewer(Outlet(), ch=channels[number % 2].ch, at=Offset(0, 0, 0), wrap=bytes) for number in range(100)
    ]
    for number, viewer in enumerate(viewers):
        room.join(channels[number % 2], viewer)
    together = room._pace.seconds

    for viewer in viewers[40:]:
        room.leave(viewer)
        room.leave(viewer)

    assert together == pytest.approx(0.005)
    assert room._pace.seconds == pytest.approx(0.002)
    assert channels[0]._pace is channels[1]._pace
