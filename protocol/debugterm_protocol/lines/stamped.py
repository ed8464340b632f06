"""Recognises lines that begin with a date: log4j, logback, Spring, Python, Go, nginx, Postgres, dpkg and their kin.

After the date come a few short words (thread, process, logger, level) in an order that differs from logger to
logger. They are read by one loop: whatever stands before the level is kept as an attribute, the rest is the
message. Without a level among the first words everything after the date is the message. A message that is logfmt
becomes fields.
"""

import re

from debugterm_protocol.lines import logfmt, objects
from debugterm_protocol.lines.levelwords import level_word
from debugterm_protocol.lines.line import Line
from debugterm_protocol.times import assemble

_STAMP = re.compile(
    r"\[?(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d)(?:[.,:](\d{1,9}))?(?: ?(Z|UTC|GMT|[+-]\d\d:?\d\d)(?![\w:]))?"
    r"(\]?)[ |:]*(?:- )?",
    re.ASCII,
)
_WORD = re.compile(r"\[([^\[\]\n]{0,200})\]:?|([^\s\[\]]{1,200})")
_GAP = re.compile(r"[ \t]*(?:[-|] )?[ \t]*")
_WORDS = 5
_LEVEL_ENDS = re.compile(r"[ \t]*(?:[:|] ?|- |\] )?[ \t]*")
_SPRING = re.compile(r"(\d{1,10}) --- (?:\[[^\]\n]{0,200}\] )?\[([^\]\n]{0,200})\] (\S{1,200})\s*: ")
_LOGGER = re.compile(r"([A-Za-z_$][\w$]*(?:[.$:][\w$]+)*)\s+- |([A-Za-z_$][\w$]*(?:(?:\.|::)[\w$]+)+)\s*: ")
_LOGGER_BEHIND = re.compile(r" \(([A-Za-z_$][\w$]*(?:\.[\w$]+)+)\)$")
_PLACE = re.compile(r"([\w./-]{1,200}\.\w{1,10}:\d{1,7}): ")
_NGINX = re.compile(r"(\d{1,10})#(\d{1,10}): (?:\*(\d{1,18}) )?")


def recognise(text: str, *, offset: int = 0) -> Line | None:
    """The record of a line that begins with a date; None when it does not. Linear in the length."""
    found = _STAMP.match(text)
    if found is None:
        return None
    if text[0] == "[" and not found[4]:
        return _inside(text, found, offset)
    ts = assemble(found[1], found[2], found[3], offset=offset)
    return None if ts is None else after_stamp(text[found.end() :], ts, offset=offset)


def _inside(text: str, found: re.Match[str], offset: int) -> Line | None:
    """`[2026-11-23T17:20:11Z INFO  target] text`: the date shares its brackets (Rust's env_logger)."""
    head, closed, rest = text[found.end() :].partition("] ")
    ts = assemble(found[1], found[2], found[3], offset=offset)
    word, _, target = head.partition(" ")
    level = level_word(word, bracketed=True)
    if ts is None or not closed or level is None:
        return None
    attrs: dict[str, object] = {"logger": target.strip()} if target.strip() else {}
    return Line(rest, ts=ts, level=level, attrs=attrs)


def after_stamp(rest: str, ts: int, *, offset: int = 0) -> Line:
    """The record of what stands behind a date; `offset` as in `recognise`."""
    line = Line(rest.strip(" "), ts=ts, attrs={})
    # Before the words: a level inside a quoted value is none.
    if (found := logfmt.pairs(line.message)) is None:
        _words(line, rest)
        found = logfmt.pairs(line.message)
    if found is not None:
        objects.into(line, found, offset=offset)
    return line


def _words(line: Line, rest: str) -> None:
    """Read the short words up to the level; without a level they stay in the message."""
    before: list[tuple[str, bool]] = []
    place = 0
    for _ in range(_WORDS):
        word = _WORD.match(rest, place)
        if word is None:
            break
        bracketed = word[1] is not None
        level = level_word(word[1] if bracketed else word[2], bracketed=bracketed)
        if level is not None:
            line.level = level
            _keep(before, line.attrs)
            tail = _LEVEL_ENDS.match(rest, word.end())
            _behind_level(line, rest[tail.end() if tail else word.end() :])
            return
        before.append((word[1] if bracketed else word[2], bracketed))
        gap = _GAP.match(rest, word.end())
        place = gap.end() if gap else word.end()
    _go(line)


def _keep(before: list[tuple[str, bool]], attrs: dict[str, object]) -> None:
    """Name the words before the level: digits are the process, brackets the thread, anything else the logger."""
    for text, bracketed in before:
        word = text.strip().rstrip(":")
        if not word or word in ("-", "|"):
            continue
        name = "pid" if word.isdecimal() else "thread" if bracketed else "user" if "@" in word else "logger"
        value: object = int(word) if name == "pid" and len(word) < 16 else word
        if name in attrs:
            name = next(f"{name}_{n}" for n in range(2, 9) if f"{name}_{n}" not in attrs)
        attrs[name] = value


def _behind_level(line: Line, rest: str) -> None:
    for pattern, names in ((_SPRING, ("pid", "thread", "logger")), (_NGINX, ("pid", "tid", "connection"))):
        if (found := pattern.match(rest)) is not None:
            for name, value in zip(names, found.groups(), strict=True):
                if value and value.strip():
                    line.attrs[name] = int(value) if value.isdecimal() else value.strip()
            line.message = rest[found.end() :]
            return
    if "logger" in line.attrs:
        pass
    elif (found := _LOGGER.match(rest)) is not None:
        line.attrs["logger"] = found[1] or found[2]
        rest = rest[found.end() :]
    elif "\n" not in rest and (found := _LOGGER_BEHIND.search(rest, max(0, len(rest) - 300))) is not None:
        line.attrs["logger"] = found[1]
        rest = rest[: found.start()]
    line.message = rest


def _go(line: Line) -> None:
    """`file.go:23: text` behind the date of Go's standard logger."""
    if (found := _PLACE.match(line.message)) is not None:
        line.attrs["caller"] = found[1]
        line.message = line.message[found.end() :]
