"""Lines into records: a traceback is one record; what stays unfinished is taken as ended after a while."""

from typing import NamedTuple

from debugterm_client.ship.cut import Cutter, Line

RECORD_SECONDS = 1.0
"""A record that could go on with the next line waits this long for it."""
LINE_SECONDS = 10.0
"""A line without end waits longer: writers that fill a buffer first stop in the middle of one all the time."""


class Record(NamedTuple):
    """The text of one record (several lines when joined) and the place behind it."""

    text: str
    end: int
    tail: bytes


class Records:
    """The records of one source, from its lines."""

    def __init__(self) -> None:
        self._fed = 0.0

    def feed(self, lines: list[Line], now: float) -> list[Record]:
        """The records that are complete with these lines. `now` is monotonic seconds."""
        self._fed = now
        return [_record(line) for line in lines]

    def idle(self, cutter: Cutter, now: float) -> list[Record]:
        """What is taken as ended because nothing came for so long."""
        if now - self._fed < LINE_SECONDS:
            return []
        return self.finish(cutter)

    def finish(self, cutter: Cutter) -> list[Record]:
        """Everything that has begun, taken as ended."""
        rest = cutter.rest()
        return [] if rest is None else self.feed([rest], self._fed)


def _record(line: Line) -> Record:
    return Record(line.text.decode("utf-8", "replace"), line.end, line.tail)
