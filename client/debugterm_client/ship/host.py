"""The source of host metrics: CPU, memory, disk, network and load, named as OpenTelemetry names them."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import psutil

from debugterm_client.ship.hopper import Hopper
from debugterm_client.ship.rows import Origin, Row

EVERY_SECONDS = 2.0
MAX_MOUNTS = 16


class Sample(msgspec.Struct, frozen=True, omit_defaults=True):
    """One point as a line of a body."""

    ts: str
    metric: str
    value: float
    unit: str
    service: str
    host: str
    attrs: dict[str, str] = {}


class HostMetrics:
    """Reads the counters of this host; rates are per second since the last reading."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._last: dict[tuple[str, str], float] = {}
        self._read_at = 0.0
        psutil.cpu_percent()

    def read(self, now: float, ts: str) -> list[Sample]:
        """The points of this moment; `now` is monotonic seconds. The first reading has no rates."""
        elapsed = now - self._read_at
        self._read_at = now
        points = [self._sample(ts, *gauge) for gauge in _gauges()]
        for name, direction, total in _counters():
            before = self._last.get((name, direction))
            self._last[name, direction] = total
            if before is not None and elapsed > 0 and total >= before:
                points.append(
                    self._sample(ts, name, (total - before) / elapsed, "By/s", {"direction": direction})
                )
        return points

    def _sample(
        self, ts: str, name: str, value: float, unit: str, attrs: dict[str, str] | None = None
    ) -> Sample:
        return Sample(ts, name, round(value, 6), unit, self._origin.service, self._origin.host, attrs or {})


async def read_host(*, origin: Origin, hopper: Hopper, stop: asyncio.Event) -> None:
    """Read the host's metrics every two seconds until `stop`."""
    metrics = HostMetrics(origin)
    while not stop.is_set():
        ts = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        points = metrics.read(time.monotonic(), ts)
        await hopper.put([Row(msgspec.json.encode(point)) for point in points])
        try:
            async with asyncio.timeout(EVERY_SECONDS):
                await stop.wait()
        except TimeoutError:
            continue


def _gauges() -> Iterator[tuple[str, float, str] | tuple[str, float, str, dict[str, str]]]:
    yield "system.cpu.utilization", psutil.cpu_percent() / 100, "1"
    yield "system.memory.utilization", psutil.virtual_memory().percent / 100, "1"
    if psutil.swap_memory().total:
        yield "system.paging.utilization", psutil.swap_memory().percent / 100, "1"
    yield "system.cpu.load_average.1m", psutil.getloadavg()[0], "{thread}"
    for disk in psutil.disk_partitions(all=False)[:MAX_MOUNTS]:
        try:
            usage = psutil.disk_usage(disk.mountpoint)
        except OSError:
            continue
        yield "system.filesystem.utilization", usage.percent / 100, "1", {"mountpoint": disk.mountpoint}


def _counters() -> Iterator[tuple[str, str, float]]:
    disk = psutil.disk_io_counters()
    if disk is not None:
        yield "system.disk.io", "read", disk.read_bytes
        yield "system.disk.io", "write", disk.write_bytes
    network = psutil.net_io_counters()
    yield "system.network.io", "receive", network.bytes_recv
    yield "system.network.io", "transmit", network.bytes_sent
