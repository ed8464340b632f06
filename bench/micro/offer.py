"""What the hub spends on one frame for one viewer besides the write to its socket: the least of many rounds, in us.

    uv run python bench/micro/offer.py

Each round hands 40 frames of 100 rows to 500 viewers, as in a second of the fan-out bench, and acknowledges ten at a time.
"""

import time

from debugterm_protocol.offsets import Offset
from debugterm_server.api.wire import wrap
from debugterm_server.bus.entries import Entry
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.shared import Flushed, Picked
from debugterm_server.rooms.hub.viewer import Viewer

VIEWERS = 500
FRAMES = 40
ROWS = 100
ROUNDS = 30
ROW = b'{"ts":"2026-11-23T17:20:00.123456Z","level":"info","message":"%b"}' % (b"x" * 240)


class Nowhere:
    """An outlet that takes everything at once."""

    waiting = 0

    def write(self, message: bytes) -> None:
        """Gone."""


def frame(number: int) -> Flushed:
    """The rows of one entry."""
    entry = Entry(id=f"{number}-0", rows=b"\n".join([ROW] * ROWS), n=ROWS, t0=0, t1=0, levels={"info": ROWS})
    picked = [Picked(Read(entry), range(ROWS))]
    return Flushed(picked, ch="log:development:0123456789", epoch="e" * 16, wrap=wrap, now=0.0)


def main() -> None:
    """Measure and print."""
    viewers = [Viewer(Nowhere(), ch="c", at=Offset(0, 0, 0), wrap=wrap) for _ in range(VIEWERS)]
    offers, acks = [], []
    for round_ in range(ROUNDS):
        made = [frame(1 + round_ * FRAMES + number) for number in range(FRAMES)]
        start = time.process_time()
        for flushed in made:
            for viewer in viewers:
                viewer.offer(flushed, 0.0)
        middle = time.process_time()
        for flushed in made[9::10]:
            for viewer in viewers:
                viewer.acknowledge(flushed.last)
        end = time.process_time()
        offers.append((middle - start) / (FRAMES * VIEWERS))
        acks.append((end - middle) / (FRAMES // 10 * VIEWERS))
    print(f"offer {min(offers) * 1e6:.2f} us a frame and viewer, acknowledge {min(acks) * 1e6:.2f} us")


if __name__ == "__main__":
    main()
