"""Reads the functions of `stats` and `timechart`: `count`, `p95(latency_ms) as slow`."""

import re
from typing import cast

from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.names import read_keyword
from debugterm_protocol.query.reader import Reader, plain_or_quoted
from debugterm_protocol.query.stages import Agg, Function
from debugterm_protocol.query.terms import canonical
from debugterm_protocol.query.vocabulary import FUNCTION_HABITS, FUNCTIONS, did_you_mean

_NAME = re.compile(r"[^\W\d]\w*")
_CALL = re.compile(r"\s*\(")


def read_aggs(reader: Reader) -> tuple[Agg, ...]:
    """One or more functions with commas between them. Raises BadQuery."""
    aggs = [read_agg(reader)]
    while reader.peek() == ",":
        reader.skip(1)
        aggs.append(read_agg(reader))
    return tuple(aggs)


def read_agg(reader: Reader) -> Agg:
    """One function of a field, or `count`, with the name of its column. Raises BadQuery."""
    reader.want("function", tight=True)
    start = reader.at
    found = _NAME.match(reader.text, start)
    if found is None:
        raise reader.bad(f"'| {reader.stage}' needs a function", "count, or p95(latency_ms)")
    function = found[0].lower()
    if function not in FUNCTIONS:
        raise _unknown(reader, found[0], start)
    reader.at = found.end()
    field = _argument(reader, function)
    reader.blank()
    name = agg_name(function, field)
    if read_keyword(reader, "as"):
        alias = plain_or_quoted(reader)
        if not alias:
            raise reader.bad("'as' needs a name", f"{name} as slow")
        name = canonical(alias)
        reader.blank()
    return Agg(cast("Function", function), field, name)


def agg_name(function: str, field: str) -> str:
    """What the column is called without `as`."""
    return f"{function}({field})" if field else function


def _argument(reader: Reader, function: str) -> str:
    """The field between parentheses; `count`, `count()` and `count(*)` have none."""
    opened = _CALL.match(reader.text, reader.at)
    if opened is None:
        if function == "count":
            return ""
        raise reader.bad(f"'{function}' needs a field", f"{function}(latency_ms)")
    reader.skip(len(opened[0]))
    reader.want("field", tight=True)
    field = _argument_field(reader, function)
    if reader.peek() != ")":
        raise reader.bad(f"'{function}(' is never closed", f"{function}({field or 'latency_ms'})")
    reader.at += 1
    return field


def _argument_field(reader: Reader, function: str) -> str:
    if function == "count" and reader.peek() in ("*", ")"):
        reader.skip(1 if reader.peek() == "*" else 0)
        return ""
    field = plain_or_quoted(reader)
    if not field:
        raise reader.bad(f"'{function}(' needs the name of a field", f"{function}(latency_ms)")
    reader.blank()
    return canonical(field)


def _unknown(reader: Reader, word: str, start: int) -> BadQuery:
    if word.lower() in ("by", "over"):
        return BadQuery(f"'| {reader.stage}' needs a function", start + 1, f"count {word.lower()} ..")
    hint = did_you_mean(word, FUNCTIONS, FUNCTION_HABITS)
    return BadQuery(f"there is no function '{word[:40]}'", start + 1, hint)
