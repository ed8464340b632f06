"""The metrics of one environment: per second one value a series, the last wins; an hour of past on request."""

import msgspec
from debugterm_protocol import limits
from debugterm_protocol.frames import Point, Points

from debugterm_server.bus.entries import Entry
from debugterm_server.rooms.hub.outlet import Outlet, Wrap
from debugterm_server.rooms.hub.shared import message

POINTS_A_FRAME = 500
SERIES = 5_000
"""Series told in one second; more are left out until the next, whoever comes first stays."""

_points: msgspec.json.Decoder[Point] = msgspec.json.Decoder(Point)


def name_of(env: str) -> str:
    """The name of the metric channel of an environment."""
    return f"met:{env}"


def read(entry: Entry) -> list[Point]:
    """The points of one entry."""
    return [_points.decode(line) for line in entry.rows.split(b"\n")]


class Gauges:
    """Collects points and tells them once a second."""

    def __init__(self, env: str, *, epoch: str, wrap: Wrap) -> None:
        self.ch = name_of(env)
        self.epoch = epoch
        self.outlets: set[Outlet] = set()
        self._wrap = wrap
        self._latest: dict[tuple[object, ...], Point] = {}
        self._top = "0-0"

    def take(self, entry: Entry) -> None:
        """The next entry of the metric stream."""
        self._top = entry.id
        if not self.outlets:
            return
        for point in read(entry):
            series = (point.metric, point.service, point.host, *sorted(point.attrs.items()))
            if series in self._latest or len(self._latest) < SERIES:
                self._latest[series] = point

    def second(self) -> None:
        """Tell what came in the last second."""
        latest, self._latest = list(self._latest.values()), {}
        for start in range(0, len(latest), POINTS_A_FRAME):
            told = self.frame(latest[start : start + POINTS_A_FRAME], self._top)
            for outlet in self.outlets:
                # The next second has newer values: who cannot take these needs them no more.
                if outlet.waiting < limits.WRITE_BUFFER_BYTES:
                    outlet.write(told)

    def frame(self, points: list[Point], top: str) -> bytes:
        """The message that carries these points."""
        return message(Points(ch=self.ch, ep=self.epoch, o=top, p=points), self._wrap)
