"""Facet and pattern keys: a query with a term included, excluded, or as the only one of its field."""

from dataclasses import replace
from typing import Literal

import msgspec
from debugterm_protocol.query import BadQuery, Query, parse, print_query
from debugterm_protocol.query.spelling import quote
from debugterm_protocol.query.syntax import (
    All,
    And,
    Compare,
    Exists,
    Has,
    Is,
    Level,
    Like,
    Not,
    Or,
    Term,
)
from debugterm_protocol.views import Cell

How = Literal["include", "exclude", "only"]


def value_term(field: str, value: Cell) -> Term | None:
    """The rows that have this value in this field; None for a value that no query can name."""
    name = field if field.replace(".", "").replace("_", "").replace("-", "").isalnum() else quote(field)
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    try:
        return parse(f"{name}:{quote(text)}").filter
    except BadQuery:
        return None


def narrowed(text: str, term: Term, how: How) -> str:
    """The query with a term more. `include` widens a list of the same field, `only` drops its other terms.

    Stages and time terms stay. Raises BadQuery when `text` is no query.
    """
    query = parse(text)
    terms = [each for each in _terms(query.filter) if each not in (term, Not(term))]
    match how:
        case "exclude":
            terms = [left for each in terms if (left := _without(each, term)) is not None]
            terms.append(Not(term))
        case "only":
            terms = [each for each in terms if _field(each) != _field(term)]
            terms.append(term)
        case "include":
            terms = _included(terms, term)
    return print_query(_replaced(query, terms))


def _replaced(query: Query, terms: list[Term]) -> Query:
    whole: Term = And(tuple(terms)) if len(terms) > 1 else terms[0]
    return replace(query, filter=whole)


def _terms(term: Term) -> list[Term]:
    match term:
        case All():
            return []
        case And(terms):
            return [*terms]
        case _:
            return [term]


def _field(term: Term) -> str:
    """The field that a term, its negation, or a list of terms is about; empty when there is not one."""
    match term:
        case Is() | Like() | Exists() | Compare():
            return term.field
        case Level():
            return "level"
        case Not(inner):
            return _field(inner)
        case Or(terms):
            fields = {_field(each) for each in terms}
            return fields.pop() if len(fields) == 1 else ""
        case Has():
            return "message"
        case _:
            return ""


def _without(term: Term, out: Term) -> Term | None:
    """A list of terms without one of them."""
    if not isinstance(term, Or):
        return term
    left = tuple(each for each in term.terms if each != out)
    return None if not left else left[0] if len(left) == 1 else Or(left)


def _included(terms: list[Term], term: Term) -> list[Term]:
    field = _field(term)
    for at, each in enumerate(terms):
        listed = each.terms if isinstance(each, Or) else (each,)
        if _field(each) == field and all(_is_value(one) for one in listed):
            wider = Or((*(one for one in listed if one != term), term))
            return [*terms[:at], wider, *terms[at + 1 :]]
    return [*terms, term]


def _is_value(term: Term) -> bool:
    return isinstance(term, Is) or (isinstance(term, Level) and term.op == ":")
