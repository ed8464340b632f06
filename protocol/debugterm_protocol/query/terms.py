"""Makes one term of a field, a comparison and a value: names, levels, wildcards, numbers and their errors."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import cast

from debugterm_protocol import limits
from debugterm_protocol.levels import ALIASES, LEVELS
from debugterm_protocol.query import units
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.regexes import flaw
from debugterm_protocol.query.syntax import (
    ATTRS,
    LEVEL_HABITS,
    TIME_TERMS,
    TOP,
    All,
    Compare,
    Exists,
    Has,
    Is,
    Level,
    Like,
    Not,
    Ordering,
    Regex,
    Same,
    Term,
)
from debugterm_protocol.query.values import fold

_ORDER = frozenset({">", ">=", "<", "<="})
HABITS_OF_STATUS = {
    **{name: name for name in LEVELS},
    **dict.fromkeys(("notice",), "info"),
    **dict.fromkeys(("warning",), "warn"),
    **dict.fromkeys(("err",), "error"),
    **dict.fromkeys(("critical", "alert", "emergency", "emerg"), "fatal"),
}
"""Values of `status` that mean the level, as at Datadog; others, like 504 and ok, are of the attribute."""
REGEX_CMP = frozenset({"~", "=~", "!~"})


@dataclass(frozen=True, slots=True)
class Value:
    """What was typed behind a comparison, and where; `wild` when a `*` in it means anything."""

    text: str
    column: int
    wild: bool
    raw: str = ""
    """The text with its escapes, when it stood between quotes that begin at `column`."""

    def place(self, at: int) -> int:
        """The column of a character of the text (from 0)."""
        if not self.raw:
            return self.column + at
        place = 0
        for _ in range(at):
            place += 2 if self.raw[place : place + 2] in ('\\"', "\\\\") else 1
        return self.column + 1 + place

    @property
    def starred(self) -> bool:
        """Whether it has a wildcard."""
        return self.wild and "*" in self.text

    def parts(self) -> tuple[str, ...]:
        """The folded texts between the wildcards; the first and last may be empty."""
        if not self.wild:
            return (fold(self.text),)
        parts = fold(self.text).split("*")
        return tuple(p for i, p in enumerate(parts) if p or i in (0, len(parts) - 1))


def text_term(value: Value) -> Term:
    """The term of a bare word or a quoted phrase: both search the message."""
    texts = tuple(part for part in value.parts() if part)
    if texts:
        return Has(texts)
    if not value.text:
        raise BadQuery("the quotes are empty", value.column, "write the text to search between them")
    return All()


def field_term(name: str, cmp: str, value: Value) -> Term:
    """The term of `name cmp value`. Raises BadQuery."""
    field, level = _field_and_level(name, cmp, value)
    if value.wild and value.text[0] in "<>=~":
        raise BadQuery(
            f"'{cmp}{value.text[0]}' is no comparison", value.column - len(cmp), "> >= < <= = != are"
        )
    order = cmp.removeprefix(":")
    if order in _ORDER:
        return (
            Level(cast("Ordering", order), level)
            if level
            else _ordered(field, cast("Ordering", order), value)
        )
    term = Level(":", level) if level else _equal(field, cmp, value)
    return Not(term) if "!" in cmp else term


def regex_term(name: str, cmp: str, value: Value) -> Term:
    """The term of `name ~ pattern`; `!~` is its negation. Raises BadQuery."""
    term = Regex(_plain(canonical(name)), checked_pattern(value))
    return Not(term) if "!" in cmp else term


def checked_pattern(value: Value) -> str:
    """The pattern, when it is one of RE2 that is not too long. Raises BadQuery."""
    if len(value.text.encode("utf-8", "surrogatepass")) > limits.REGEX_BYTES:
        raise BadQuery(
            f"the regular expression is longer than {limits.REGEX_BYTES} bytes", value.column, "shorten it"
        )
    wrong = flaw(value.text)
    if wrong is not None:
        raise BadQuery(wrong.why, value.place(wrong.at), wrong.hint)
    return value.text


def canonical(name: str) -> str:
    """The one spelling of a field's name: fields of the row in lower case, `attrs.` only where it is needed."""
    if name.startswith(ATTRS):
        rest = name.removeprefix(ATTRS)
        means_more = fold(rest) in TOP or rest in TIME_TERMS | LEVEL_HABITS or rest.startswith(ATTRS)
        return name if means_more or not rest else rest
    if fold(name) in TOP:
        return fold(name)
    return ATTRS + name if name in TIME_TERMS else name


def _plain(field: str) -> str:
    """The field without a prefix that only tells a level from an attribute."""
    rest = field.removeprefix(ATTRS)
    return rest if rest in LEVEL_HABITS else field


def _field_and_level(name: str, cmp: str, value: Value) -> tuple[str, str]:
    """The field that is meant, and the level when one is (else empty). Raises BadQuery.

    `sev:error` is the level, `sev:5` and `attrs.sev:error` are the attribute; `:=` is of the attribute as well.
    """
    field = canonical(name)
    if field == "level":
        return field, _level(
            value, needed=cmp == ":=" or cmp.removeprefix(":") in _ORDER or not value.starred
        )
    rest = field.removeprefix(ATTRS)
    if rest not in LEVEL_HABITS:
        return field, ""
    known = HABITS_OF_STATUS if rest == "status" else ALIASES
    level = known.get(fold(value.text), "") if cmp != ":=" else ""
    if field != rest:
        return (field if level and cmp.removeprefix(":") not in _ORDER else rest), ""
    return ("level" if level else field), level


def _level(value: Value, *, needed: bool) -> str:
    """The level that is typed, empty for a text with wildcards where one may stand. Raises BadQuery."""
    known = ALIASES.get(fold(value.text), "")
    if known or not needed:
        return known
    if value.starred:
        raise BadQuery("a level is compared without '*'", value.column, f"levels are {' '.join(LEVELS)}")
    raise BadQuery(f"{value.text[:40]!r} is not a level", value.column, _nearest_level(fold(value.text)))


def _nearest_level(text: str) -> str:
    several = [ALIASES.get(part, "") for part in text.split(",")]
    if len(several) > 1 and all(several):
        return f"did you mean level:({' OR '.join(several)})"
    near = get_close_matches(text, LEVELS, n=1, cutoff=0.6)
    return (f"did you mean {near[0]}? " if near else "") + f"levels are {' '.join(LEVELS)}"


def _ordered(field: str, op: Ordering, value: Value) -> Term:
    if field == "ts":
        raise BadQuery(
            "times are compared before the first '|'", value.column, "ts:2026-11-23T18* works here"
        )
    number = units.number(value.text, field)
    if number is None:
        raise BadQuery(
            f"{value.text[:40]!r} is not a number",
            value.column,
            "units are ns us ms s m h d, B KB KiB MB MiB.., %",
        )
    return Compare(field, op, number)


def _equal(field: str, cmp: str, value: Value) -> Term:
    if cmp == ":=":
        return Same(_plain(field), value.text)
    parts = value.parts()
    if len(parts) > 1 and not any(parts):
        return Exists(field)
    if field == "message":
        return text_term(value)
    return Is(field, parts[0]) if len(parts) == 1 else Like(field, parts)
