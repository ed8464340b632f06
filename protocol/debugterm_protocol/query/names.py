"""Reads what stages are made of: names of fields and columns, numbers, spans, and the words between them."""

import re

from debugterm_protocol.query.columns import known_column
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.reader import Reader, plain_or_quoted
from debugterm_protocol.query.terms import Value, canonical
from debugterm_protocol.query.timing import seconds
from debugterm_protocol.query.vocabulary import CALL, STAGES

NUMBER = re.compile(r"\d")
_WHOLE = re.compile(r"\d+(?=[\s|,]|$)")
_SPAN = re.compile(r"[^\s|,()\"]+")
_KEYWORD = re.compile(r"[A-Za-z]+(?=[\s|,]|$)")


def read_field(reader: Reader, stage: str) -> str:
    """The name that stands here: of a field, or of a column behind a table. Raises BadQuery."""
    reader.want("field", tight=True)
    start = reader.at
    call = CALL.match(reader.text, start) if reader.table else None
    if call is not None:
        name = call[0]
        reader.at = call.end()
    else:
        found = plain_or_quoted(reader)
        if not found:
            raise reader.bad(
                f"'| {stage}' needs the name of a {'column' if reader.table else 'field'}",
                f"it is '{STAGES[stage].usage}'",
            )
        name = canonical(found)
    if reader.table:
        known_column(reader, name, start)
    reader.blank()
    return name


def read_names(reader: Reader, stage: str, *ends: str) -> tuple[str, ...]:
    """One or more names with commas or blanks between them, up to one of the words in `ends`. Raises BadQuery."""
    names: list[str] = []
    while True:
        start = reader.at
        name = read_field(reader, stage)
        if name in names:
            raise BadQuery(f"'{name[:40]}' stands twice", start + 1, "take one away")
        names.append(name)
        if reader.peek() == ",":
            reader.skip(1)
        elif reader.peek() == "" or reader.at_pipe() or _at_keyword(reader, ends):
            return tuple(names)


def read_keyword(reader: Reader, *words: str) -> str:
    """Move over one of these words and tell which; empty when none stands here."""
    word = _at_keyword(reader, words)
    reader.skip(len(word))
    return word


def _at_keyword(reader: Reader, words: tuple[str, ...]) -> str:
    if words:
        reader.want("operator", words=words)
    found = _KEYWORD.match(reader.text, reader.at)
    return found[0].lower() if found and found[0].lower() in words else ""


def read_number(reader: Reader, stage: str, *, most: int, least: int = 1) -> int:
    """A whole number between the two. Raises BadQuery."""
    found = _WHOLE.match(reader.text, reader.at)
    if found is None:
        raise reader.bad(f"'| {stage}' needs a whole number", f"it is '{STAGES[stage].usage}'")
    number = int(found[0]) if len(found[0]) < 10 else most + 1
    if not least <= number <= most:
        raise reader.bad(f"'| {stage}' takes {least} to {most:,}", "write a number in between")
    reader.skip(len(found[0]))
    return number


def read_span(reader: Reader, stage: str, *, most: int) -> int:
    """A span of time in seconds. Raises BadQuery."""
    reader.want("time")
    found = _SPAN.match(reader.text, reader.at)
    if found is None or not found[0][0].isdigit():
        raise reader.bad(
            f"'| {stage}' needs a span of time", f"like 10s or 5m; it is '{STAGES[stage].usage}'"
        )
    span = seconds(Value(found[0], reader.at + 1, wild=True))
    if span > most:
        raise reader.bad(
            f"'| {stage}' takes at most {most // 3600}h", "a search with last: looks back further"
        )
    reader.skip(len(found[0]))
    return span
