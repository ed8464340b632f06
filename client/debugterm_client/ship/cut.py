"""Bytes of one source into lines, each with the place behind it; holds at most one line, however long it is."""

from typing import NamedTuple

from debugterm_protocol import limits

TAIL_BYTES = 256
"""Bytes before a place that identify it: enough to hold the time of a line, which no other line repeats."""
_KEEP = 16 * limits.ROW_BYTES
"""What is kept of one line. A JSON line of that size still becomes a row: the hub cuts its fields, not its text."""
_BOM = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """One line without its end; `end` is the offset behind it, `tail` the last bytes of the source before that."""

    text: bytes
    end: int
    tail: bytes


class Cutter:
    """Cuts what is fed at LF. What follows the first MiB of a line is passed over, up to its end."""

    def __init__(self, offset: int = 0, *, tail: bytes = b"") -> None:
        self.offset = offset
        """Bytes of the source fed so far."""
        self.tail = tail
        """The last bytes fed: the source still holds them before `offset` unless it was replaced."""
        self._part = b""
        self._started = offset
        self._virgin = offset == 0

    @property
    def pending(self) -> bool:
        """Whether a line has begun and not ended."""
        return self.offset > self._started

    def feed(self, data: bytes) -> list[Line]:
        """The lines that end in `data`, which follows what was fed before."""
        at = self._hole(data)
        lines: list[Line] = []
        while (end := data.find(b"\n", at) + 1) > 0:
            text = self._ended(data[at : min(end - 1, at + _KEEP)])
            lines.append(Line(text, self.offset + end, self._tail_at(data, end)))
            at = end
        if lines:
            self._started = lines[-1].end
        self._part += data[at : at + max(0, _KEEP - len(self._part))]
        self.tail = self._tail_at(data, len(data))
        self.offset += len(data)
        return lines

    def rest(self) -> Line | None:
        """The line that has begun, taken as ended here; None when there is none."""
        if not self.pending:
            return None
        self._started = self.offset
        return Line(self._ended(b""), self.offset, self.tail)

    def _hole(self, data: bytes) -> int:
        """How many bytes to pass over: the NULs that a writer who does not append leaves after a truncation."""
        if not self._virgin:
            return 0
        begin = len(data) - len(data.lstrip(b"\0"))
        self._virgin = begin == len(data)
        self._started = self.offset + begin
        return begin + len(_BOM) if data.startswith(_BOM, begin) else begin

    def _ended(self, part: bytes) -> bytes:
        text = (self._part + part)[:_KEEP]
        self._part = b""
        return text.removesuffix(b"\r")

    def _tail_at(self, data: bytes, end: int) -> bytes:
        if end >= TAIL_BYTES:
            return data[end - TAIL_BYTES : end]
        return (self.tail + data[:end])[-TAIL_BYTES:]
