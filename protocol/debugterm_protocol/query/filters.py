"""Reads the filter of a query by recursive descent: or, and, not, parentheses, and the terms between them."""

import re

from debugterm_protocol import limits
from debugterm_protocol.query.comparisons import AND, OR, QUOTE_IT, flat, read_comparison, read_name
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.reader import NAME, WORD, Reader
from debugterm_protocol.query.syntax import EVERYTHING, All, And, Not, Or, Term
from debugterm_protocol.query.terms import Value, text_term
from debugterm_protocol.query.vocabulary import TIMES

_NOT = re.compile(r'(?:NOT|not)(?=[\s()"]|$)|!(?![=~])')
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
    while reader.take(OR):
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
    return Or(flat(terms, Or))


def _all_of(reader: Reader) -> Term:
    found = [_unary(reader)]
    while reader.take(AND) or not _ends(reader):
        found.append(_unary(reader))
    terms = [term for term in found if term is not None]
    if len(terms) > 1:
        return And(flat(terms, And))
    return terms[0] if terms else EVERYTHING


def _ends(reader: Reader) -> bool:
    """At the end of an `and`: the text is over, a parenthesis closes, a pipe or an OR follows."""
    reader.want("operator", words=_JOINS)
    reader.want("field")
    if reader.peek() in ("", ")"):
        return True
    return reader.at_pipe() or OR.match(reader.text, reader.at) is not None


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
    if (name := read_name(reader)) is not None:
        return read_comparison(reader, name, start)
    if reader.peek() == '"':
        reader.count()
        return _searched(reader, reader.quoted())
    if reader.peek() in ("", ")", "|") or OR.match(reader.text, start) or AND.match(reader.text, start):
        raise reader.bad("a term is missing", "write field:value or a word")
    reader.count()
    word = reader.word(WORD)
    if reader.wants is not None:
        _want_comparison(reader, word)
    return _searched(reader, word)


def _searched(reader: Reader, value: Value) -> Term:
    """The term that searches the message for this text; a table has none, unless it is a column. Raises BadQuery."""
    term = text_term(value)
    if reader.columns is not None and "message" not in reader.columns and not isinstance(term, All):
        first = reader.columns[0] if reader.columns else "name"
        raise BadQuery(
            "a word searches the message, and a table has none",
            value.column,
            f"name a column: {first}:{value.text[:40]}",
        )
    return term


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
        raise reader.bad("the parentheses are empty", QUOTE_IT)
    reader.inside += 1
    found = _any_of(reader)
    reader.inside -= 1
    if reader.peek() != ")":
        raise BadQuery("'(' is never closed", start + 1, "close it, or quote it")
    reader.skip(1)
    return found
