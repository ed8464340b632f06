"""From the body of a POST to durable entries: lines, rows, batches, one call to Redis, one answer.

A body is worked on in slices, so that a large one does not stop the loop for everybody else. Bodies being
worked on are bounded: beyond it the sender is told to come back, and nothing of its batch is kept.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from debugterm_protocol import limits
from debugterm_protocol.errors import Code

from debugterm_server.bus.connection import BusDown
from debugterm_server.bus.streams import Marker, Streams
from debugterm_server.core.normalise import Row, normalise
from debugterm_server.core.refusal import Refusal
from debugterm_server.kit.clock import Clock, wall
from debugterm_server.rooms.ingest.packing import Packer

log = structlog.get_logger()

SLICE_BYTES = 128 * 1024
"""Bytes of lines normalised before the loop turns: a few milliseconds."""
BODIES = 32
"""Bodies worked on at once; each may hold 16 MiB."""
RETRY_MS = 1_000


@dataclass(frozen=True, slots=True)
class Intake:
    """One POST: whose it is, where it goes, and what stands in for what its lines do not say."""

    env: str
    key: str
    service: str
    host: str
    src: str
    batch_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was stored. `duplicate`: an earlier attempt of the same batch was, and this one was not."""

    accepted: int
    points: int
    parse_errors: int
    first: str
    last: str
    duplicate: bool = False


class Pipeline:
    """The way in; one for all environments."""

    def __init__(self, streams: Streams, *, clock: Clock = wall) -> None:
        self._streams = streams
        self._clock = clock
        self._bodies = 0

    async def take(self, intake: Intake, body: bytes) -> Answer:
        """Store every line of a body, or none. Raises Refusal: bad batch id, busy, or Redis not durable now."""
        marker = marker_of(intake.batch_id)
        if self._bodies >= BODIES:
            raise Refusal(Code.UNAVAILABLE, "the hub is busy with other batches", retry_ms=RETRY_MS)
        self._bodies += 1
        try:
            return await self._store(intake, body, marker)
        except BusDown as error:
            log.warning("ingest refused", reason=str(error), env=intake.env)
            raise Refusal(
                Code.UNAVAILABLE,
                "the batch could not be made durable, so nothing of it was kept",
                fix="send it again, with the same batch_id if it has one",
                retry_ms=RETRY_MS,
            ) from None
        finally:
            self._bodies -= 1

    async def _store(self, intake: Intake, body: bytes, marker: Marker | None) -> Answer:
        rows = Packer(key=intake.key, src=intake.src)
        points = Packer(key=intake.key, src=intake.src)
        counted = accepted = broken = 0
        received = int(self._clock() * 1_000_000)
        for lines in _slices(body):
            for line in lines:
                item = normalise(line, received=received, service=intake.service, host=intake.host)
                if isinstance(item, Row):
                    rows.add(item.data, ts=item.ts, level=item.level)
                    accepted += 1
                    broken += item.parse_error
                else:
                    points.add(item.data, ts=item.ts, level="")
                    counted += 1
            await asyncio.sleep(0)
        if not accepted and not counted:
            return Answer(0, 0, 0, "", "")
        done = await self._streams.publish(
            intake.env, logs=rows.batches(), metrics=points.batches(), marker=marker
        )
        if done.outcome == "full":
            raise Refusal(
                Code.RATE,
                "too many different batch ids this hour",
                fix="send larger batches, or use a producer id: <ulid>:<n>",
                retry_ms=60_000,
            )
        return Answer(accepted, counted, broken, done.first, done.last, duplicate=done.outcome != "new")


def marker_of(batch_id: str) -> Marker | None:
    """What a sender's batch id means: `<26 characters>:<n>` is a producer's n-th batch. Raises Refusal."""
    if not batch_id:
        return None
    if len(batch_id.encode("utf-8", "replace")) > limits.BATCH_ID_BYTES or not batch_id.isprintable():
        raise Refusal(
            Code.BAD_BATCH, f"batch_id is longer than {limits.BATCH_ID_BYTES} bytes, or not printable text"
        )
    producer, _, number = batch_id.rpartition(":")
    if (
        len(producer) == 26
        and producer.isalnum()
        and number.isascii()
        and number.isdecimal()
        and len(number) <= 15
    ):
        return Marker(producer, int(number))
    return Marker(batch_id)


def _slices(body: bytes) -> Iterator[list[bytes]]:
    """The lines of a body in groups of about SLICE_BYTES; empty lines are nobody's rows."""
    start = 0
    while start < len(body):
        end = body.find(b"\n", min(start + SLICE_BYTES, len(body)))
        end = len(body) if end < 0 else end
        lines = (line.removesuffix(b"\r") for line in body[start:end].split(b"\n"))
        yield [line for line in lines if line.strip()]
        start = end + 1
