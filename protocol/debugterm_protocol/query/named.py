"""Which fields a query names: to say that no row has one, and which one may have been meant."""

from collections.abc import Iterator

from debugterm_protocol.query.stages import Query
from debugterm_protocol.query.syntax import And, Compare, Exists, Is, Like, Not, Or, Regex, Same, Term


def fields_of(query: Query) -> list[str]:
    """The fields that the filter of a query names, each once, as they stand there."""
    return list(dict.fromkeys(_named(query.filter)))


def _named(term: Term) -> Iterator[str]:
    match term:
        case Not(inner):
            yield from _named(inner)
        case And(terms) | Or(terms):
            for each in terms:
                yield from _named(each)
        case Is() | Like() | Same() | Regex() | Exists() | Compare():
            yield term.field
        case _:
            pass
