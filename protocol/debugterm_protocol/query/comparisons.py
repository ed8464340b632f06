"""Reads what stands behind the name of a field: the comparison, and its value, list, range or regular expression."""

import re

from debugterm_protocol.query.columns import column
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.ranges import read_range
from debugterm_protocol.query.reader import ITEM, NAME, WORD, Reader
from debugterm_protocol.query.regexes import end_of_pattern
from debugterm_protocol.query.syntax import And, Not, Or, Term
from debugterm_protocol.query.terms import (
    REGEX_CMP,
    Value,
    canonical,
    checked_pattern,
    field_term,
    regex_term,
)
from debugterm_protocol.query.timing import is_time, read_time, time_of_ts
from debugterm_protocol.query.vocabulary import CALL

OR = re.compile(r'(?:OR|or)(?=[\s()"]|$)|\|\|')
AND = re.compile(r'(?:AND|and|&&)(?=[\s()"]|$)')
QUOTE_IT = "quote it to search the text"
_CMP = re.compile(r":?(?:>=|<=|!=|!~|=~|==|>|<|~|=)|:(?!//|:)")
_LOOSE_CMP = re.compile(r"\s+(>=|<=|!=|!~|=~|==|>|<|~|=)(?=\s|$)")
_NEGATED_ITEM = re.compile(r"-[^\W\d]")
_LIST_CMP = frozenset({":", "=", "==", "!=", ":!=", ":="})


def read_name(reader: Reader) -> str | None:
    """The name of a field, when one stands here and a comparison behind it; else nothing moves."""
    start = reader.at
    if reader.peek() == '"':
        try:
            name, end, loose = reader.quoted().text, reader.at, None
        finally:
            reader.at = start
    elif call := CALL.match(reader.text, start):
        name, end, loose = call[0], call.end(), _LOOSE_CMP.match(reader.text, call.end())
    elif plain := NAME.match(reader.text, start):
        name, end, loose = plain[1], plain.end(), _LOOSE_CMP.match(reader.text, plain.end())
    else:
        return None
    if loose is None and _CMP.match(reader.text, end) is None:
        return None
    reader.at = loose.start(1) if loose else end
    return name


def read_comparison(reader: Reader, name: str, start: int) -> Term | None:
    """The term of a field and the comparison that begins here; None for a time. `start` is where the name does."""
    found = _CMP.match(reader.text, reader.at)
    assert found is not None, "read_name looked"  # noqa: S101 - tells mypy what `read_name` promises
    cmp, reader.at = found[0], found.end()
    if ":" not in cmp:
        reader.blank()
    if is_time(name, cmp):
        read_time(reader, name, cmp, start)
        return None
    name = (
        column(reader, name, start)
        if reader.table or (name.endswith(")") and reader.text[start] != '"')
        else name
    )
    reader.want("value", field=canonical(name), tight=True)
    if reader.peek() == "(" and cmp in _LIST_CMP:
        return _listed(reader, name, cmp, start)
    if cmp == ":" and reader.peek() in ("[", "{"):
        return read_range(reader, name, start)
    reader.count()
    if cmp.removeprefix(":") in REGEX_CMP:
        pattern = _pattern(reader, reader.text[start : reader.at].strip())
        return reader.made(lambda: regex_term(name, cmp, pattern))
    value = _value(reader, WORD, start)
    if time_of_ts(reader, name, cmp, value, start):
        return None
    return reader.made(lambda: field_term(name, cmp, value))


def _listed(reader: Reader, name: str, cmp: str, start: int) -> Term:
    opened = reader.at
    reader.skip(1)
    terms: list[Term] = []
    while reader.peek() != ")" or not terms:
        reader.want("value", field=canonical(name))
        _item_follows(reader, name, opened)
        reader.count()
        value = _value(reader, ITEM, start)
        terms.append(reader.made(lambda value=value: field_term(name, cmp.replace("!", ""), value)))  # type: ignore[misc]  # bound per turn
        reader.blank()
        reader.want("operator", words=("OR", ")"))
        if reader.peek() == ",":
            reader.skip(1)
        elif reader.take(OR) and reader.peek() == ")":
            raise reader.bad("a term is missing", "write field:value or a word")
    reader.skip(1)
    either = terms[0] if len(terms) == 1 else Or(flat(terms, Or))
    return Not(either) if "!" in cmp else either


def _item_follows(reader: Reader, name: str, opened: int) -> None:
    hint = f"{name}:(a OR b)"
    if reader.peek() == "":
        raise BadQuery("'(' is never closed", opened + 1, hint)
    if reader.peek() == ")":
        raise reader.bad("the parentheses are empty", hint)
    if _NEGATED_ITEM.match(reader.text, reader.at):
        raise reader.bad("a list holds values, and no '-'", f"for none of them write -{hint}")
    if reader.peek() == "(" or AND.match(reader.text, reader.at) or OR.match(reader.text, reader.at):
        raise reader.bad("a list holds values with OR between them", hint)


def _value(reader: Reader, pattern: re.Pattern[str], start: int) -> Value:
    if reader.peek() == '"':
        return reader.quoted()
    if pattern.match(reader.text, reader.at) is None:
        raise reader.bad(f"'{reader.text[start : reader.at].strip()[:40]}' needs a value", QUOTE_IT)
    value = reader.word(pattern)
    if value.text[0] in "'`":
        raise BadQuery("quotes are double here", value.column, f'write "{value.text.strip(value.text[0])}"')
    if reader.peek() == "(":
        raise reader.bad(
            "a parenthesis stands in the value", f'quote it: "{value.text}(..)", or put a blank before it'
        )
    return value


def read_pattern(reader: Reader, behind: str) -> str:
    """The regular expression that begins here; `behind` is what stands before it. Raises BadQuery."""
    return checked_pattern(_pattern(reader, behind))


def _pattern(reader: Reader, behind: str) -> Value:
    """A regular expression: quoted, or bare up to a blank, or up to a pipe or a closing parenthesis of ours."""
    if reader.peek() == '"':
        return reader.quoted()
    begin = reader.at
    reader.at = end_of_pattern(reader.text, begin)
    if reader.at == begin:
        raise reader.bad(f"'{behind.strip()[:40]}' needs a value", f'a regular expression: {behind}"(a|b) c"')
    text = reader.text[begin : reader.at]
    return Value(text, begin + 1, wild=False)


def flat(terms: list[Term], kind: type[And] | type[Or]) -> tuple[Term, ...]:
    """The terms, with those of the same kind inside taken out of their parentheses."""
    return tuple(
        inner
        for each in terms
        for inner in (each.terms if isinstance(each, And | Or) and isinstance(each, kind) else (each,))
    )
