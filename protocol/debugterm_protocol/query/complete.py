"""Suggestions at the cursor of a query that is being typed: what the grammar expects there, from what the stream holds.

A suggestion replaces exactly the word the cursor is in. Each one is tried by the parser before it is offered, so what
is chosen always parses, or begins something that does; an error further left stays whose it is.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from debugterm_protocol.levels import LEVELS
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.expect import Expected, expected
from debugterm_protocol.query.parse import parse
from debugterm_protocol.query.spelling import quote
from debugterm_protocol.query.syntax import LEVEL_NAMES, Exists, Is, Or
from debugterm_protocol.query.values import fold
from debugterm_protocol.query.vocabulary import FUNCTIONS, STAGES, TIMES
from debugterm_protocol.views import Suggestion

MOST = 20
"""Suggestions at once: as many as a list on a screen shows."""
SPANS = ("5m", "15m", "1h", "6h", "24h")
STEPS = ("10s", "1m", "5m", "1h")
WORDS = {
    "AND": "both; a blank says the same",
    "OR": "one of the two, or both",
    ")": "ends the parenthesis",
    "|": "the next stage",
    "by": "one line for each value of these fields",
    "over": "the time that is counted",
    "as": "the name of the column",
    "vs": "compared with another time",
    "asc": "smallest first",
    "desc": "largest first",
}
"""What each operator is for."""

_REST = {
    "field": re.compile(r"[\w.@-]*:?(?![=><!~])"),
    "value": re.compile(r'[^\s()"|,]*'),
    "quoted": re.compile(r'(?:[^"\\]|\\.)*"?', re.DOTALL),
    "": re.compile(r"\w*"),
}
"""What behind the cursor belongs to the word it is in."""
_ALONE = re.compile(r"[\s)|,]|$")
_ENDINGS = {
    **dict.fromkeys(("where", "as", "AND", "OR"), (" x",)),
    **dict.fromkeys(("fields", "hide", "sort", "dedup", "top", "by"), (" x", " count")),
    **dict.fromkeys(("limit", "context"), (" 1",)),
    "stats": (" count",),
    "timechart": (" 1m",),
    "extract": (' "(?P<x>.)"',),
    "over": (" 5m",),
    "vs": (" last:5m",),
    "|": (" limit 1",),
    "last:": ("5m",),
    "deploy:": ("v1",),
    **dict.fromkeys(("from:", "to:", "around:"), ("18:30",)),
    **dict.fromkeys((">", ">=", "<", "<=", "=", "!=", "~", "!~"), ("1", "info")),
}
"""What would make a whole query of a word that is only the beginning of something."""
_OF_KIND = {"field": ("*", "", ")"), "function": ("", "x)")}


class Catalog(Protocol):
    """What the stream holds, for completion; every list with the most frequent first."""

    def fields(self) -> Sequence[tuple[str, int]]:
        """Names of fields, under which a query finds them, with rows that have them."""

    def values(self, field: str) -> Sequence[tuple[str, int]]:
        """Values of a field with rows that have them; none for what must not be told."""

    def recent(self) -> Sequence[str]:
        """Terms this person used before, the latest first."""


def complete(text: str, at: int, catalog: Catalog) -> list[Suggestion]:
    """At most MOST suggestions for the place behind `at` characters, the best first. Never raises."""
    place = expected(text, at)
    end = _end(text, at, place)
    if end is None:
        return []
    head, depth = text[: place.start], _open(text[: place.start])
    found: dict[str, Suggestion] = {}
    for one in _candidates(place, catalog):
        if len(found) == MOST:
            break
        if one.text in (text[place.start : end], *found) or not _stands(head, one, depth, place):
            continue
        found[one.text] = Suggestion(one.text, place.start, end, one.kind, help=one.help, n=one.n)
    return list(found.values())


def _end(text: str, at: int, place: Expected) -> int | None:
    """Where the word under the cursor ends; None where a suggestion would run into the next word."""
    at = min(max(at, 0), len(text))
    if not place.typed:
        return at if _ALONE.match(text, at) else None
    kind = "quoted" if place.typed[0] == '"' else place.kinds[0] if place.kinds else ""
    rest = _REST.get(kind, _REST[""]).match(text, at)
    return rest.end() if rest else at


def _candidates(place: Expected, catalog: Catalog) -> Iterator[Suggestion]:
    typed = fold(place.typed.removeprefix('"'))
    # Operators stand behind a blank too, but a word that was begun is a name more often.
    for kind in sorted(place.kinds, key=lambda kind: kind == "operator"):
        match kind:
            case "field":
                yield from _fields(place, typed, catalog)
            case "value":
                yield from _values(place.of, typed, catalog)
            case "stage":
                yield from _stages(typed)
            case "function":
                yield from _functions(typed)
            case "time":
                yield from _times(place, typed, catalog)
            case _:
                yield from (
                    Suggestion(word, 0, 0, "operator", help=WORDS.get(word, ""))
                    for word in sorted(place.words, key=lambda word: word not in WORDS)
                    if fold(word).startswith(typed) and word not in TIMES
                )


def _fields(place: Expected, typed: str, catalog: Catalog) -> Iterator[Suggestion]:
    filtering = place.stage in ("", "where")
    if place.stage == "":
        for term in catalog.recent():
            if typed and fold(term).startswith(typed):
                yield Suggestion(term, 0, 0, "recent")
    names: Sequence[tuple[str, int | None]] = (
        [(name, None) for name in place.columns] if place.columns is not None else catalog.fields()
    )
    for name, n in _matching(names, typed):
        yield Suggestion(_name(name) + ":" * filtering, 0, 0, "field", n=n)
    if place.stage == "" and not typed:
        yield from (Suggestion(term, 0, 0, "recent") for term in catalog.recent())


def _values(field: str, typed: str, catalog: Catalog) -> Iterator[Suggestion]:
    known: Sequence[tuple[str, int | None]] = catalog.values(field)
    if field == "level" or field in LEVEL_NAMES:
        rows = dict(known)
        known = [*known, *((level, None) for level in reversed(LEVELS) if level not in rows)]
    for value, n in _matching(known, typed):
        yield Suggestion(_value(value), 0, 0, "value", n=n)


def _times(place: Expected, typed: str, catalog: Catalog) -> Iterator[Suggestion]:
    if place.words:
        yield from (
            Suggestion(f"{word}:", 0, 0, "time", help=TIMES[word].help)
            for word in place.words
            if word in TIMES and word.startswith(typed)
        )
    elif place.of == "deploy":
        for version, n in _matching(catalog.values("version"), typed):
            yield Suggestion(_value(version), 0, 0, "time", n=n)
    elif place.of in ("last", ""):
        spans = SPANS if place.of or place.stage != "timechart" else STEPS
        yield from (Suggestion(span, 0, 0, "time") for span in spans if span.startswith(typed))


def _functions(typed: str) -> Iterator[Suggestion]:
    for name, word in FUNCTIONS.items():
        if name.startswith(typed):
            text = name if name == "count" else f"{name}("
            yield Suggestion(text, 0, 0, "function", help=word.help)


def _stages(typed: str) -> Iterator[Suggestion]:
    for name, word in STAGES.items():
        if name.startswith(typed):
            yield Suggestion(name, 0, 0, "stage", help=word.help)


def _matching(
    known: Iterable[tuple[str, int | None]] | Iterable[tuple[str, int]], typed: str
) -> list[tuple[str, int | None]]:
    """Those that begin with what was typed, then those that contain it, each in their order."""
    folded = [(fold(name), name, n) for name, n in known]
    begin = [(name, n) for text, name, n in folded if text.startswith(typed)]
    return begin + [(name, n) for text, name, n in folded if typed in text and not text.startswith(typed)]


def _name(name: str) -> str:
    """The field as a query names it."""
    return name if _means(f"{name}:*", Exists) else quote(name)


def _value(value: str) -> str:
    """The value as it stands behind a comparison, or in a list of values, where words like `or` mean something."""
    plain = _means(f"x:{value}", Is, value=value) and _means(f"x:({value} OR y)", Or)
    return value if plain else quote(value)


def _means(text: str, kind: type[Exists | Is | Or], *, value: str | None = None) -> bool:
    try:
        found = parse(text).filter
    except BadQuery:
        return False
    return isinstance(found, kind) and (value is None or getattr(found, "value", None) == fold(value))


def _stands(head: str, one: Suggestion, depth: int, place: Expected) -> bool:
    """Whether it can follow the head: with some ending it parses, or what is wrong stands further left."""
    endings = _ENDINGS.get(one.text) or _OF_KIND.get(one.kind, ("",))
    if place.columns:
        endings = (*endings, f" {_name(place.columns[0])}")
    for ending in endings:
        for closed in {depth, max(0, depth - 1)}:
            try:
                _ = parse(head + one.text + ending + ")" * closed)
            except BadQuery as error:
                # What a stage works on is not known here, only that the stage may stand.
                behind = one.kind == "stage" and error.column > len(head + one.text)
                if error.column <= len(head) or behind:
                    return True
            else:
                return True
    return False


def _open(head: str) -> int:
    """Parentheses that are open at the end of the head."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*("|$)', "", head)
    return max(0, bare.count("(") - bare.count(")"))
