"""The query of `tail` and `search` as it was typed: read before anything is connected, context added."""

from dataclasses import dataclass, replace
from unicodedata import combining, east_asian_width

from debugterm_protocol.query import BadQuery, parse, plan, print_query
from debugterm_protocol.query.stages import Context

from debugterm_client.core.sanitize import safe


@dataclass(frozen=True, slots=True)
class Asked:
    """What goes to the hub, and whether tables come back."""

    query: str
    table: bool


def asked(text: str, *, context: int = 0, live: bool) -> Asked:
    """The query with so many rows around each match. Raises BadQuery; what cannot run live is one, too."""
    query = parse(text)
    wanted = plan(query)
    if context and wanted.kind == "table":
        raise BadQuery("a table has no rows around its matches", 1, "take -C away")
    if context:
        query = replace(query, stages=(*query.stages, Context(context, context)))
        wanted = plan(query)
    if live and wanted.not_live:
        raise BadQuery(wanted.not_live, 0)
    return Asked(print_query(query) if context else text, wanted.kind == "table")


def pointed(text: str, why: str, column: int) -> list[str]:
    """What is wrong with a query, the query, and a caret under the place; without a column only the words."""
    if column < 1:
        return [safe(why)]
    before = safe(text[: column - 1])
    return [safe(why), f"  {before}{safe(text[column - 1 :])}", f"  {' ' * _cells(before)}^"]


def _cells(text: str) -> int:
    """Columns that a safe text takes in a terminal."""
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
