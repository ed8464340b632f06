"""Reads the filter of a query by recursive descent: or, and, not, parentheses, and the terms between them."""

import re

from debugterm_protocol import limits
from debugterm_protocol.query.columns import column
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.ranges import read_range
from debugterm_protocol.query.reader import ITEM, NAME, WORD, Reader
from debugterm_protocol.query.regexes import end_of_pattern
from debugterm_protocol.query.syntax import EVERYTHING, And, Not, Or, Term
from debugterm_protocol.query.terms import (
    REGEX_CMP,
    Value,
    canonical,
    checked_pattern,
    field_term,
    regex_term,
    text_term,
)
from debugterm_protocol.query.timing import is_time, read_time, time_of_ts
from debugterm_protocol.query.vocabulary import CALL, TIMES

_CMP = re.compile(r":?(?:>=|<=|!=|!~|=~|==|>|<|~|=)|:(?!//|:)")
_LOOSE_CMP = re.compile(r"\s+(>=|<=|!=|!~|=~|==|>|<|~|=)(?=\s|$)")
_OR = re.compile(r'(?:OR|or)(?=[\s()"]|$)|\|\|')
_AND = re.compile(r'(?:AND|and|&&)(?=[\s()"]|$)')
_NOT = re.compile(r'(?:NOT|not)(?=[\s()"]|$)|!(?![=~])')
_QUOTE_IT = "quote it to search the text"
_LIST_CMP = frozenset({":", "=", "==", "!=", ":!=", ":="})
_COMPARISONS = (">=", "<=", ">", "<", "=", "!=", "~", "!~")
_JOINS = ("AND", "OR", "|")


def read_filter(reader: Reader) -> Term:
    """The filter that begins here, up to a pipe or the end; every row when there is none. Raises BadQuery."""
    reader.blank()
    if reader.peek() == "" or reader.at_pipe():
        _want_first(reader)
        reader.want("operator", words=("|",))
        return EVERYTHING
    found = _any_of(reader)
    if reader.peek() == ")":
        raise reader.bad("')' closes nothing", "take it away, or quote it")
    return found


def _any_of(reader: Reader) -> Term:
    terms = [_all_of(reader)]
    while reader.take(_OR):
        terms.append(_all_of(reader))
    if len(terms) == 1:
        return terms[0]
    if reader.times and not reader.inside and not reader.stage:
        time = reader.text[reader.times[0][1] - 1 :].split(maxsplit=1)[0]
        raise BadQuery(
            "a time holds for the whole query, not for one side of OR",
            reader.times[0][1],
            f"put the OR in parentheses: (a OR b) {time[:40]}",
        )
    return Or(_flat(terms, Or))


def _all_of(reader: Reader) -> Term:
    found = [_unary(reader)]
    while reader.take(_AND) or not _ends(reader):
        found.append(_unary(reader))
    terms = [term for term in found if term is not None]
    if len(terms) > 1:
        return And(_flat(terms, And))
    return terms[0] if terms else EVERYTHING


def _ends(reader: Reader) -> bool:
    """At the end of an `and`: the text is over, a parenthesis closes, a pipe or an OR follows."""
    reader.want("operator", words=_JOINS)
    reader.want("field")
    if reader.peek() in ("", ")"):
        return True
    return reader.at_pipe() or _OR.match(reader.text, reader.at) is not None


def _unary(reader: Reader) -> Term | None:
    """One term, negated or not; None for a time term, which stands beside the filter."""
    reader.depth += 1
    if reader.depth > limits.QUERY_TERMS:
        raise reader.bad(f"nested deeper than {limits.QUERY_TERMS}")
    found = _negated(reader) if _negates(reader) else _primary(reader)
    reader.depth -= 1
    reader.blank()
    return found


def _negates(reader: Reader) -> bool:
    if reader.take(_NOT):
        return True
    if reader.peek() != "-" or reader.text.startswith("--", reader.at):
        return False
    reader.at += 1
    reader.want("field", tight=True)
    reader.at -= 1
    if reader.at + 1 == len(reader.text) or reader.text[reader.at + 1].isspace():
        raise reader.bad("'-' stands alone", 'write -word without a blank, or "-" for the text')
    reader.at += 1
    return True


def _negated(reader: Reader) -> Term | None:
    reader.inside += 1
    inner = _unary(reader)
    reader.inside -= 1
    if inner is None:
        return None
    return inner.term if isinstance(inner, Not) else Not(inner)


def _primary(reader: Reader) -> Term | None:
    _want_first(reader)
    if reader.peek() == "(":
        return _group(reader)
    start = reader.at
    if (name := _field(reader)) is not None:
        return _comparison(reader, name, start)
    if reader.peek() == '"':
        reader.count()
        return text_term(reader.quoted())
    if reader.peek() in ("", ")", "|") or _OR.match(reader.text, start) or _AND.match(reader.text, start):
        raise reader.bad("a term is missing", "write field:value or a word")
    reader.count()
    word = reader.word(WORD)
    if reader.wants is not None:
        _want_comparison(reader, word)
    return text_term(word)


def _want_first(reader: Reader) -> None:
    """What a term may begin with."""
    reader.want("field")
    if not reader.inside and not reader.stage:
        reader.want("time", words=tuple(TIMES))


def _want_comparison(reader: Reader, word: Value) -> None:
    """Behind a word and a blank a comparison makes the word a field."""
    end = reader.at
    reader.blank()
    if NAME.fullmatch(word.text):
        reader.want("operator", words=_COMPARISONS)
    reader.at = end


def _group(reader: Reader) -> Term:
    start = reader.at
    reader.skip(1)
    if reader.peek() == ")":
        raise reader.bad("the parentheses are empty", _QUOTE_IT)
    reader.inside += 1
    found = _any_of(reader)
    reader.inside -= 1
    if reader.peek() != ")":
        raise BadQuery("'(' is never closed", start + 1, "close it, or quote it")
    reader.skip(1)
    return found


def _field(reader: Reader) -> str | None:
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


def _comparison(reader: Reader, name: str, start: int) -> Term | None:
    found = _CMP.match(reader.text, reader.at)
    assert found is not None, "_field looked"  # noqa: S101 - tells mypy what `_field` promises
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
        elif reader.take(_OR) and reader.peek() == ")":
            raise reader.bad("a term is missing", "write field:value or a word")
    reader.skip(1)
    either = terms[0] if len(terms) == 1 else Or(_flat(terms, Or))
    return Not(either) if "!" in cmp else either


def _item_follows(reader: Reader, name: str, opened: int) -> None:
    hint = f"{name}:(a OR b)"
    if reader.peek() == "":
        raise BadQuery("'(' is never closed", opened + 1, hint)
    if reader.peek() == ")":
        raise reader.bad("the parentheses are empty", hint)
    if reader.peek() == "(" or _AND.match(reader.text, reader.at) or _OR.match(reader.text, reader.at):
        raise reader.bad("a list holds values with OR between them", hint)


def _value(reader: Reader, pattern: re.Pattern[str], start: int) -> Value:
    if reader.peek() == '"':
        return reader.quoted()
    if pattern.match(reader.text, reader.at) is None:
        raise reader.bad(f"'{reader.text[start : reader.at].strip()[:40]}' needs a value", _QUOTE_IT)
    value = reader.word(pattern)
    if value.text.startswith("'"):
        raise BadQuery("quotes are double", value.column, f'write "{value.text.strip(chr(39))}"')
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


def _flat(terms: list[Term], kind: type[And] | type[Or]) -> tuple[Term, ...]:
    return tuple(
        inner
        for each in terms
        for inner in (each.terms if isinstance(each, And | Or) and isinstance(each, kind) else (each,))
    )
