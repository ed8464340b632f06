"""A place in the text of a query and the small moves every part of the grammar is made of."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from debugterm_protocol import limits
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.stages import Time
from debugterm_protocol.query.syntax import EVERYTHING, Term
from debugterm_protocol.query.terms import Value

Kind = Literal["field", "value", "operator", "stage", "function", "time"]

WORD = re.compile(r'[^\s()"|]+')
ITEM = re.compile(r'[^\s()"|,]+')
NAME = re.compile(r"@?([^\W\d](?:[\w.@-]*\w)?)")
_BLANK = re.compile(r"\s*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\])')
_SEPARATORS = frozenset(' \t\n\r\f\v(),|[{"')


@dataclass(frozen=True, slots=True)
class Want:
    """What could stand at a place of the text (characters from 0): told to completion, see `expected`."""

    at: int
    kind: Kind
    field: str = ""
    words: tuple[str, ...] = ()


class Reader:
    """The text, how far it is read, what was counted, and the time terms met on the way."""

    def __init__(self, text: str, *, wants: list[Want] | None = None) -> None:
        self.text = text
        self.at = 0
        self.terms = 0
        self.depth = 0
        self.inside = 0
        """Parentheses and negations around this place: a time term stands outside of all."""
        self.times: list[tuple[Time, int]] = []
        self.stage = ""
        """Name of the stage being read, empty in front of the first pipe."""
        self.columns: tuple[str, ...] | None = None
        """What stands for fields behind a table stage, when it is known."""
        self.table = ""
        """Name of the table stage in front of this place."""
        self.wants = wants

    def peek(self) -> str:
        """The next character, empty at the end."""
        return self.text[self.at : self.at + 1]

    def blank(self) -> None:
        """Move over white space."""
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def skip(self, count: int) -> None:
        """Move over so many characters and the white space behind them."""
        self.at += count
        self.blank()

    def take(self, pattern: re.Pattern[str]) -> str:
        """Move over what the pattern finds here and the white space behind it; empty when it finds nothing."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return ""
        self.skip(len(found[0]))
        return found[0]

    def at_pipe(self) -> bool:
        """Whether the next stage begins here."""
        return self.peek() == "|" and not self.text.startswith("||", self.at)

    def quoted(self) -> Value:
        """The text between the quotes that begin here. Raises BadQuery when they never end."""
        found = _QUOTED.match(self.text, self.at)
        if found is None:
            raise self.bad("the quote is never closed", 'close it, or write \\" for a quote in the text')
        column, self.at = self.at + 1, found.end()
        return Value(_ESCAPE.sub(r"\1", found[1]), column, wild=False, raw=found[1])

    def word(self, pattern: re.Pattern[str]) -> Value:
        """The bare word that the pattern finds here; the caller looked."""
        found = pattern.match(self.text, self.at)
        assert found is not None, "the caller looked"  # noqa: S101 - tells mypy what the callers saw
        column, self.at = self.at + 1, found.end()
        return Value(found[0], column, wild=True)

    def count(self) -> None:
        """One more term. Raises BadQuery beyond the limit."""
        self.terms += 1
        if self.terms > limits.QUERY_TERMS:
            raise self.bad(f"more than {limits.QUERY_TERMS} terms", "ask for less at once")

    def bad(self, why: str, hint: str = "") -> BadQuery:
        """An error at this place."""
        return BadQuery(why, min(self.at, len(self.text)) + 1, hint)

    def made(self, make: Callable[[], Term]) -> Term:
        """The term that `make` makes; for completion a term that is wrong does not hide what follows it."""
        try:
            return make()
        except BadQuery:
            if self.wants is None:
                raise
            return EVERYTHING

    def want(self, kind: Kind, *, field: str = "", words: tuple[str, ...] = (), tight: bool = False) -> None:
        """Completion could put such a thing here; unless `tight`, only behind a blank or a bracket."""
        if self.wants is None:
            return
        if tight or self.at == 0 or self.text[self.at - 1] in _SEPARATORS:
            self.wants.append(Want(self.at, kind, field, words))


def plain_or_quoted(reader: Reader) -> str | None:
    """Move over the name of a field or column, bare or between quotes; None when none stands here."""
    if reader.peek() == '"':
        return reader.quoted().text
    found = NAME.match(reader.text, reader.at)
    if found is None:
        return None
    reader.at = found.end()
    return found[1]
