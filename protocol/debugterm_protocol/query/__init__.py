"""The query language: one text for the live stream, history and alerts (`docs/reference/query.md`)."""

from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.expect import Expected, expected
from debugterm_protocol.query.parse import parse
from debugterm_protocol.query.plan import Plan, plan
from debugterm_protocol.query.resolve import resolve
from debugterm_protocol.query.spelling import print_query
from debugterm_protocol.query.stages import Query

__all__ = ["BadQuery", "Expected", "Plan", "Query", "expected", "parse", "plan", "print_query", "resolve"]
