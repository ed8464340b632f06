"""The query language: one text for the live stream, history and alerts (`docs/reference/query.md`)."""

from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.parse import parse
from debugterm_protocol.query.syntax import Query, print_query

__all__ = ["BadQuery", "Query", "parse", "print_query"]
