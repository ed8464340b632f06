"""Lines into records: a traceback is one record; what stays unfinished is taken as ended after a while."""

from collections import deque
from typing import NamedTuple

from debugterm_protocol.lines.join import Joined, Joiner

from debugterm_client.ship.cut import Cutter, Line

PLAIN_SECONDS = 0.1
"""A line that the next one might go on with waits this long for it: writers send both in one write."""
RECORD_SECONDS = 1.0
"""A record in the middle of something, a traceback without its exception, waits longer."""
LINE_SECONDS = 10.0
"""A line without end waits longest: writers that fill a buffer first stop in the middle of one all the time."""


class Record(NamedTuple):
    """The text of one record (several lines when joined) and the place behind it."""

    text: str
    end: int
    tail: bytes


class Records:
    """The records of one source, from its lines."""

    def __init__(self) -> None:
        self._joiner = Joiner()
        self._ends: deque[tuple[int, bytes]] = deque()
        self._fed = 0.0

    @property
    def pending(self) -> bool:
        """Whether a record has begun that `idle` will soon give out."""
        return self._joiner.pending

    def feed(self, lines: list[Line], now: float) -> list[Record]:
        """The records that are complete with these lines. `now` is monotonic seconds."""
        self._fed = now
        records: list[Record] = []
        for line in lines:
            self._ends.append((line.end, line.tail))
            self._give(self._joiner.feed(line.text.decode("utf-8", "replace")), records)
        if lines and lines[-1].text[:1] == b"{" and lines[-1].text.endswith(b"}"):
            # An object on one line is whole: no need to wait for what comes next.
            self._give(self._joiner.flush(), records)
        return records

    def idle(self, cutter: Cutter, now: float) -> list[Record]:
        """What is taken as ended because nothing came for so long."""
        silent = now - self._fed
        if cutter.pending and silent >= LINE_SECONDS:
            return self.finish(cutter)
        records: list[Record] = []
        if silent >= (RECORD_SECONDS if self._joiner.unfinished or cutter.pending else PLAIN_SECONDS):
            self._give(self._joiner.flush(), records)
        return records

    def finish(self, cutter: Cutter) -> list[Record]:
        """Everything that has begun, taken as ended."""
        rest = cutter.rest()
        records = self.feed([rest] if rest else [], self._fed)
        self._give(self._joiner.flush(), records)
        return records

    def _give(self, joined: Joined | None, records: list[Record]) -> None:
        if joined is None:
            return
        end, tail = self._ends[joined.lines - 1]
        for _ in range(joined.lines):
            self._ends.popleft()
        records.append(Record(joined.text, end, tail))
