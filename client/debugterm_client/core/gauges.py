"""Host metrics as five gauges with their last minutes: cpu, memory, disk, network, load."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from debugterm_protocol.frames import Point

from debugterm_client.core.spark import MOST, short

BIN_SECONDS = 2
"""Hosts send a point every two seconds."""
BINS = 150


class Gauge(NamedTuple):
    """What a gauge shows: name, the metric behind it, what a full bar is, and how points of one bin join."""

    name: str
    metric: str
    top: float | None
    adds: bool
    """Points of one bin are summed (both directions of the network), else the highest counts."""
    unit: str = ""


GAUGES = (
    Gauge("cpu", "system.cpu.utilization", 1.0, adds=False),
    Gauge("mem", "system.memory.utilization", 1.0, adds=False),
    Gauge("disk", "system.filesystem.utilization", 1.0, adds=False),
    Gauge("net", "system.network.io", None, adds=True, unit="B/s"),
    Gauge("load", "system.cpu.load_average.1m", None, adds=False),
)
_BY_METRIC = {gauge.metric: gauge for gauge in GAUGES}


@dataclass(slots=True)
class Series:
    """The last bins of one gauge, oldest first; None where no point came."""

    values: deque[float | None] = field(default_factory=lambda: deque(maxlen=BINS))
    bin: int = 0

    def put(self, at: int, value: float, *, adds: bool) -> None:
        """One value in the bin number `at`; an older bin than the last is dropped."""
        if not self.values or at > self.bin:
            skipped = min(at - self.bin - 1, BINS) if self.values else 0
            self.values.extend([None] * skipped)
            self.values.append(value)
            self.bin = at
        elif at == self.bin:
            old = self.values[-1] or 0.0
            self.values[-1] = old + value if adds else max(old, value)

    @property
    def last(self) -> float | None:
        """The newest value."""
        return next((value for value in reversed(self.values) if value is not None), None)


class Gauges:
    """All gauges; with several hosts a gauge shows the highest one, the network their sum."""

    def __init__(self) -> None:
        self.series = {gauge.name: Series() for gauge in GAUGES}

    def take(self, points: list[Point]) -> None:
        """Metric points in the order they were measured."""
        for point in points:
            gauge = _BY_METRIC.get(point.metric)
            if gauge is None:
                continue
            try:
                at = int(datetime.fromisoformat(point.ts).timestamp()) // BIN_SECONDS
            except ValueError:
                continue
            self.series[gauge.name].put(at, max(-9.99, min(MOST, point.value)), adds=gauge.adds)


def reading(gauge: Gauge, value: float | None) -> str:
    """A value as the gauge shows it, in at most five columns (the network eight): 31%, 1.2MB/s, 0.42; `-` when there is none."""
    if value is None:
        return "-"
    if gauge.top == 1.0:
        return f"{min(value * 100, 999):.0f}%"
    if gauge.name == "load" and value < 100:
        return f"{value:.2f}"
    return f"{short(value)}{gauge.unit}"
