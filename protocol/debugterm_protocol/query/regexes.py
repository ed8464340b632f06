"""Reads regular expressions as RE2 does, to say what is wrong with one and where, before any engine sees it."""

import re
from dataclasses import dataclass, field

from debugterm_protocol import limits

MOST_REPEATS = 1000
"""RE2's own bound of `{n}`, also for one inside another."""

_ESCAPE = r"[afnrtv]|0[0-7]{0,2}|[1-7][0-7]{1,2}|x[0-9A-Fa-f]{2}|x\{0*(?:10|[0-9A-Fa-f])?[0-9A-Fa-f]{1,4}\}|[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]"
_CLASSES = r"[dDsSwW]|[pP](?:[A-Z]|\{\^?\w+\})"
_POSIX = r"\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]"
_BARE_PART = re.compile(r"\\\S|\[\^?\]?(?:\\\S|[^\]\\\s])*\]|[^\s\"]")
_TOKEN = re.compile(
    rf"""(?P<quote>\\Q.*?(?:\\E|\Z))
    |(?P<escape>\\(?:[AbBCz]|{_CLASSES}|{_ESCAPE}))
    |(?P<wrong>\\.?)
    |(?P<repeat>[*+?]\??|\{{(?P<low>\d+)(?P<comma>,(?P<high>\d*))?\}}\??)
    |(?P<flags>\(\?[imsU]*(?:-[imsU]+)?\))
    |(?P<open>\((?:\?(?:P?<\w+>|(?:[imsU]*(?:-[imsU]+)?):))?)
    |(?P<close>\))
    |(?P<either>\|)
    |(?P<set>\[)
    |(?P<char>.)""",
    re.DOTALL | re.VERBOSE,
)
_MEMBER = re.compile(
    rf"{_POSIX}|\\(?:{_CLASSES})|(\\(?:{_ESCAPE})|[^\\])(?:-(\\(?:{_ESCAPE})|[^\\\]]))?", re.DOTALL
)
_UNKNOWN_POSIX = re.compile(r"\[:[^\]:]*:\]")
_NAMED = re.compile(r"(?:\\.|[^\\(])*\(\?P?<(\w+)>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What RE2 will not take, at which character (from 0), and what to do."""

    why: str
    at: int
    hint: str


@dataclass(slots=True)
class _Level:
    """A parenthesis being read (the pattern itself is one): where it opened, and how often its parts repeat."""

    opened: int
    most: int = 1
    last: int = 1
    repeats: int = 0
    """0: nothing stands here that could be repeated; 1: something does; 2: it is repeated already."""


@dataclass(slots=True)
class _Walk:
    """How far the pattern is read."""

    text: str
    levels: list[_Level] = field(default_factory=lambda: [_Level(-1)])


def flaw(pattern: str) -> Flaw | None:
    """The first thing that RE2 would refuse; None when it takes the pattern, unless that is too large for it."""
    walk, at = _Walk(pattern), 0
    while (found := _TOKEN.match(pattern, at)) is not None:
        wrong = _token(walk, found)
        if isinstance(wrong, Flaw):
            return wrong
        at = wrong
    if len(walk.levels) > 1:
        return Flaw(
            "'(' is never closed in the regular expression", walk.levels[-1].opened, "close it, or write \\("
        )
    return None


def group_names(pattern: str) -> tuple[str, ...]:
    """Names of its groups, `(?P<name>..)` or `(?<name>..)`."""
    return tuple(_NAMED.findall(pattern))


def end_of_pattern(text: str, start: int) -> int:
    """The place behind a bare pattern: a blank or a quote ends it, and outside of its own parentheses `|` and `)`.

    So `path~^/v(1|2)/ | stats count` has the pattern `^/v(1|2)/`; what holds a blank is quoted.
    """
    at, depth = start, 0
    bound = start + limits.REGEX_BYTES + 1
    while (part := _BARE_PART.match(text, at, bound)) is not None:
        depth += (part[0] == "(") - (part[0] == ")")
        if depth < 0 or (depth == 0 and part[0] == "|"):
            break
        at = part.end()
    return at


def _token(walk: _Walk, found: re.Match[str]) -> Flaw | int:
    """What is wrong with this token, or the place behind it."""
    level, kind = walk.levels[-1], found.lastgroup
    if found["wrong"] is not None:
        return _wrong_escape(found)
    if found["repeat"] is not None:
        return _repeated(level, found) or found.end()
    if found["open"] is not None:
        return _opened(walk, found) or found.end()
    if kind == "close":
        return _closed(walk, found) or found.end()
    if kind == "either":
        level.most, level.last, level.repeats = max(level.most, level.last), 1, 0
        return found.end()
    if kind == "set":
        level.most, level.last, level.repeats = max(level.most, level.last), 1, 1
        return _end_of_set(walk.text, found.start())
    if kind == "flags":
        level.repeats = min(level.repeats, 1)
    elif found[0] not in ("\\Q\\E", "\\Q"):
        level.most, level.last, level.repeats = max(level.most, level.last), 1, 1
    return found.end()


def _wrong_escape(found: re.Match[str]) -> Flaw:
    text = found[0]
    if text == "\\":
        return Flaw("the regular expression ends in a backslash", found.start(), "write \\\\ for one")
    if text[1].isdigit() or text[1] == "k":
        return Flaw(f"RE2 has no references back ('{text}')", found.start(), "write the part again")
    return Flaw(f"RE2 does not know '{text}'", found.start(), '\\d \\s \\w \\b and \\. \\" \\( are')


def _repeated(level: _Level, found: re.Match[str]) -> Flaw | None:
    text = found[0]
    if level.repeats == 0:
        return Flaw(
            f"nothing stands before '{text}' to repeat", found.start(), f"write \\{text} for the text"
        )
    if level.repeats == 2:
        return Flaw(
            f"'{text}' repeats what is repeated already", found.start(), "take one away, or use (?:..)"
        )
    level.repeats = 2
    if found["low"] is None:
        return None
    low = int(found["low"][:9])
    high = int(found["high"][:9]) if found["high"] else low
    level.last *= max(high, 1)
    if high < low or max(low, high, level.last) > MOST_REPEATS:
        why = "ends below its start" if high < low else f"repeats more than {MOST_REPEATS} times"
        return Flaw(f"'{text}' {why}", found.start(), "use a smaller number")
    return None


def _opened(walk: _Walk, found: re.Match[str]) -> Flaw | None:
    walk.levels.append(_Level(found.start()))
    rest = walk.text[found.start() : found.start() + 5]
    if found["open"] == "(" and rest.startswith("(?"):
        looks = next((look for look in ("(?<=", "(?<!", "(?=", "(?!") if rest.startswith(look)), "")
        if looks:
            return Flaw(
                f"RE2 cannot look around ('{looks}')", found.start(), "use two terms: field~a -field~b"
            )
        return Flaw(f"RE2 does not know '{rest[:3]}'", found.start(), "groups are ( (?: (?P<name> (?i)")
    return None


def _closed(walk: _Walk, found: re.Match[str]) -> Flaw | None:
    if len(walk.levels) == 1:
        return Flaw("')' closes nothing in the regular expression", found.start(), "write \\) for the text")
    inner = walk.levels.pop()
    level = walk.levels[-1]
    level.most, level.last, level.repeats = max(level.most, level.last), max(inner.most, inner.last), 1
    return None


def _end_of_set(text: str, start: int) -> Flaw | int:
    """The place behind the `]` of the set that begins here."""
    at = start + (2 if text.startswith("[^", start) else 1)
    first = at
    while at < len(text):
        if text[at] == "]" and at > first:
            return at + 1
        unknown = _UNKNOWN_POSIX.match(text, at)
        found = _MEMBER.match(text, at)
        if found is None:
            return Flaw(f"RE2 does not know '{text[at : at + 2]}' in [ ]", at, "write \\\\ for a backslash")
        if unknown is not None and found.end() != unknown.end():
            return Flaw(
                f"RE2 does not know '{unknown[0][:40]}'",
                at,
                "[:alpha:] [:digit:] [:space:] and their kin are",
            )
        if found[2] is None and text.startswith("-\\", found.end()):
            return Flaw(f"'{text[at : found.end() + 3]}' is no range in [ ]", at, "write \\- for a minus")
        if found[2] and _code(found[2]) < _code(found[1]):
            return Flaw(f"'{found[0]}' ends below its start", at, "the smaller end stands first")
        at = found.end()
    return Flaw("'[' is never closed in the regular expression", start, "close it, or write \\[")


def _code(char: str) -> int:
    """The number of a character or of an escape."""
    if not char.startswith("\\"):
        return ord(char)
    body = char[1:]
    if body[0] == "x":
        return int(body[1:].strip("{}"), 16)
    if body[0].isdigit():
        return int(body, 8)
    return {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}.get(body, ord(body[0]))
