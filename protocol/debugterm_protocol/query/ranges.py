"""Reads ranges, `[500 TO 599]` and `{1s TO *}`, as the comparisons that they mean."""

import re
from typing import cast

from debugterm_protocol.levels import NUMBERS
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.reader import Reader
from debugterm_protocol.query.syntax import And, Compare, Exists, Level, Term
from debugterm_protocol.query.terms import Value, canonical, field_term
from debugterm_protocol.query.timing import time_of_ts

_END = r'(?:"((?:[^"\\]|\\.)*)"|([^\s\]}"]+))'
_RANGE = re.compile(rf"([\[{{])\s*{_END}\s+(?:TO|to)\s+{_END}\s*([\]}}])")
_OPS = {"[": ">=", "{": ">", "]": "<=", "}": "<"}


def read_range(reader: Reader, name: str, start: int) -> Term | None:
    """The comparisons of the range that begins here; None when it is of `ts`, a time. Raises BadQuery."""
    found = _RANGE.match(reader.text, reader.at)
    if found is None:
        raise reader.bad(
            "this is not a range", f"write {name}:[500 TO 599] or {name}:[500 TO *], or quote the value"
        )
    column, reader.at = reader.at + 1, found.end()
    terms, times = [], 0
    for op, quoted, bare in ((_OPS[found[1]], 2, 3), (_OPS[found[6]], 4, 5)):
        if found[bare] == "*":
            continue
        reader.count()
        value = _value(found, quoted, bare)
        if time_of_ts(reader, name, op, value, start):
            times += 1
        else:
            terms.append(reader.made(lambda op=op, value=value: field_term(name, op, value)))  # type: ignore[misc]  # bound per turn
    if times:
        return None
    if len(terms) == 2:
        _not_empty(terms[0], terms[1], column)
    return terms[0] if len(terms) == 1 else And(tuple(terms)) if terms else Exists(canonical(name))


def _value(found: re.Match[str], quoted: int, bare: int) -> Value:
    if found[bare] is not None:
        return Value(found[bare], found.start(bare) + 1, wild=True)
    return Value(cast("str", found[quoted]), found.start(quoted), wild=False)


def _not_empty(low: Term, high: Term, column: int) -> None:
    match low, high:
        case Compare(op=above, number=first), Compare(op=below, number=last):
            empty = first > last or (first == last and (above, below) != (">=", "<="))
        case Level(op=above, level=lowest), Level(op=below, level=highest):
            distance = NUMBERS[highest] - NUMBERS[lowest]
            empty = distance < 0 or (distance == 0 and (above, below) != (">=", "<="))
        case _:
            empty = False
    if empty:
        raise BadQuery("nothing is in this range", column, "the smaller end stands first; [ ] holds its ends")
