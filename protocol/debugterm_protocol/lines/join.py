"""Joins the physical lines of one stream to records: tracebacks, stack traces, panics, indented continuations.

A pure state machine: it is given lines in order and decides whether a line goes on with the record before it.
A line with a date of its own always begins a record, so writers that interleave are never glued together.
"""

import re
from enum import Enum, auto
from typing import NamedTuple

from debugterm_protocol import limits

RECORD_LINES = 500
"""A record of more lines is cut; the rest is a record of its own."""
RECORD_BYTES = limits.ROW_BYTES

_STAMPED = re.compile(
    r"[ \t]*\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|<\d{1,3}>|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |"
    r"[IWEF]\d{4} \d\d:\d\d:\d\d\.|[DIWEFA], \[\d{4}-|\d\d:\d\d:\d\d[.,]\d|\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d ",
    re.ASCII,
)
_LEVELLED = re.compile(
    r"\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|trace|debug|info|warn|warning|error|fatal)[\]:]"
)
_BAD_NEWS = re.compile(
    r"\b(?:err(?:or)?|warn(?:ing)?|crit(?:ical)?|fatal|severe|exception|panic|failed|failure|fail)\b",
    re.IGNORECASE,
)
_HEADER = "Traceback (most recent call last):"
_GROUP = re.compile(r" {2}\+ Exception Group Traceback \(most recent call last\):")
_CHAIN = ("During handling of the above exception,", "The above exception was the direct cause")
_JAVA_CHAIN = ("Caused by: ", "Suppressed: ")
_JAVA_HEAD = re.compile(r"[\w$]{1,100}(?:\.[\w$]{1,100}){1,20}(?:Exception|Error|Throwable)(?::|$| )")
_GO_HEAD = re.compile(r"panic: |fatal error: |SIG[A-Z]{2,6}: |goroutine \d{1,18} \[[^\]]{1,200}\]:|runtime: ")
_GOROUTINE = re.compile(r"goroutine \d{1,18} [\[gm]")
_GO_BODY = re.compile(
    r"goroutine \d|created by |\[signal |exit status \d|\.\.\.\d* ?(?:additional )?frames elided|"
    r"r[\da-z]{1,6}\s+0x|runtime stack:|fatal error: |panic: |main\.|PC="
)
_GO_CALL = re.compile(r"[^\s(]{1,1000}\(")
_CARET = re.compile(r"[ \t]+[\^~]+\s*$")
_CLOSERS = frozenset({"}", "]", ")", "};", "})", "});", "},"})
_FRAME = re.compile(r"\s+at ")


class _Kind(Enum):
    """What the pending record is, as far as its lines show."""

    PLAIN = auto()
    WHOLE = auto()
    """A JSON object on one line: nothing may be added to it."""
    FRAMES = auto()
    """Python's frames; the exception itself is still to come."""
    RAISED = auto()
    """Python's exception has come; another one may be chained."""
    CHAINED = auto()
    """Python has announced another traceback."""
    GO = auto()
    CARET = auto()
    """Node has shown the line of source; the error is still to come."""


class Joined(NamedTuple):
    """One record: its lines with LF between them, and how many physical lines (blank ones too) it used up."""

    text: str
    lines: int


class Joiner:
    """Joins the lines of one stream. Bounded: RECORD_LINES lines, RECORD_BYTES bytes."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._bytes = 0
        self._blank = 0
        self._used = 0
        self._kind = _Kind.PLAIN

    @property
    def pending(self) -> bool:
        """Whether a record has begun; the caller ends it with `flush` when nothing came for a while."""
        return bool(self._parts)

    @property
    def unfinished(self) -> bool:
        """Whether the pending record is in the middle of something: worth a longer wait than a plain line."""
        return len(self._parts) > 1 or self._kind not in (_Kind.PLAIN, _Kind.WHOLE)

    def feed(self, line: str) -> Joined | None:
        """Take the next line (without its end); returns the record before it when this line is not part of it."""
        line = line.rstrip("\r\n")
        self._used += 1
        if not line.strip():
            self._blank += bool(self._parts)
            return None
        if self._parts and self._fits(line) and self._continues(line):
            self._append(line)
            return None
        self._used -= 1
        done = self.flush()
        self._used += 1
        self._kind = _begins(line)
        self._append(line)
        return done

    def flush(self) -> Joined | None:
        """The pending record as it is, None when there is none."""
        if not self._parts:
            return None
        done = Joined("\n".join(self._parts), self._used)
        self._parts, self._bytes, self._blank, self._used = [], 0, 0, 0
        self._kind = _Kind.PLAIN
        return done

    def _append(self, line: str) -> None:
        self._parts.extend([""] * self._blank)
        self._blank = 0
        self._parts.append(line)
        self._bytes += _size(line)

    def _fits(self, line: str) -> bool:
        size = self._bytes + self._blank + _size(line) - 1
        return len(self._parts) + self._blank < RECORD_LINES and size <= RECORD_BYTES

    def _continues(self, line: str) -> bool:
        if self._kind is _Kind.WHOLE or _STAMPED.match(line) is not None:
            return False
        if line.startswith(_HEADER) or _GROUP.match(line) is not None:
            return self._traceback(line)
        if line[0] in " \t":
            return self._indented(line)
        if line.startswith(_JAVA_CHAIN) or (line.rstrip() in _CLOSERS and len(self._parts) > 1):
            return True
        if line[0] == "{" or _LEVELLED.match(line) is not None:
            return False
        return self._goes_on(line)

    def _traceback(self, line: str) -> bool:
        """A traceback belongs to the record that announced it or that logs bad news, else it is a record."""
        if self._kind is not _Kind.CHAINED and not self._tells_bad_news():
            return False
        self._kind = _begins(line)
        return True

    def _tells_bad_news(self) -> bool:
        return (
            len(self._parts) == 1
            and self._kind is _Kind.PLAIN
            and bool(_BAD_NEWS.search(self._parts[0][:300]))
        )

    def _indented(self, line: str) -> bool:
        if self._kind is _Kind.PLAIN and _CARET.match(line) is not None:
            self._kind = _Kind.CARET
        return True

    def _goes_on(self, line: str) -> bool:
        """Whether a line at the left edge goes on with what is pending."""
        match self._kind:
            case _Kind.FRAMES:
                self._kind = _Kind.RAISED
                return True
            case _Kind.RAISED if line.startswith(_CHAIN):
                self._kind = _Kind.CHAINED
                return True
            case _Kind.GO:
                called = line.endswith(")") and _GO_CALL.match(line) is not None
                return called or _GO_BODY.match(line) is not None
            case _Kind.CARET:
                self._kind = _Kind.PLAIN
                return True
            case _Kind.PLAIN:
                return self._plain_goes_on(line)
            case _:
                return False

    def _plain_goes_on(self, line: str) -> bool:
        if _JAVA_HEAD.match(line) is not None:
            return self._tells_bad_news()
        if _GOROUTINE.match(line) is not None and "panic" in self._parts[0][:300]:
            self._kind = _Kind.GO
            return True
        return line.startswith("Node.js v") and any(map(_FRAME.match, self._parts))


def _begins(line: str) -> _Kind:
    if _GROUP.match(line) is not None:
        # All of a group is indented, its exceptions too.
        return _Kind.RAISED
    if line.rstrip().endswith(_HEADER):
        return _Kind.FRAMES
    if line[0] == "{" and line.rstrip()[-1] == "}":
        return _Kind.WHOLE
    return _Kind.GO if _GO_HEAD.match(line) is not None else _Kind.PLAIN


def _size(line: str) -> int:
    return 1 + (len(line) if line.isascii() else len(line.encode("utf-8", "surrogatepass")))
