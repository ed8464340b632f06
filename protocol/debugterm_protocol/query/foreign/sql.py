"""Translates SQL of the simple kind: select, where, group by, order by, limit."""

import re

from debugterm_protocol.query.spelling import quote
from debugterm_protocol.query.vocabulary import FUNCTION_HABITS, FUNCTIONS

_CLAUSE = re.compile(r"\b(select|from|where|group\s+by|having|order\s+by|limit)\b", re.IGNORECASE)
_NOT_IN = re.compile(r"([\w.]+)\s+(not\s+)?in\s*\(([^)]*)\)", re.IGNORECASE)
_LIKE = re.compile(r"([\w.]+)\s+(not\s+)?i?like\s+'([^']*)'", re.IGNORECASE)
_NULL = re.compile(r"([\w.]+)\s+is\s+(not\s+)?null", re.IGNORECASE)
_BETWEEN = re.compile(r"([\w.]+)\s+between\s+(\S+)\s+and\s+(\S+)", re.IGNORECASE)
_TEXT = re.compile(r"'((?:[^']|'')*)'")
_CALL = re.compile(r"(\w+)\s*\(\s*(distinct\s+)?([\w.*]*)\s*\)", re.IGNORECASE)


def translated(text: str) -> str | None:
    """What it is here; None when it is not of the simple kind."""
    _, *cut = _CLAUSE.split(text.strip().removesuffix(";"))
    clauses = {
        " ".join(name.lower().split()): rest.strip() for name, rest in zip(cut[::2], cut[1::2], strict=True)
    }
    if len(clauses) * 2 != len(cut) or len(clauses["from"].split()) != 1:
        return None
    what, by = clauses["select"], clauses.get("group by")
    parts = [_condition(clauses["where"]) if "where" in clauses else "*"]
    calls = [_call(call) for call in _CALL.finditer(what)]
    if calls or by:
        parts.append(f"stats {', '.join(calls or ['count'])}" + (f" by {by}" if by else ""))
    elif what != "*":
        parts.append(f"fields {what}")
    if "having" in clauses:
        parts.append(f"where {_CALL.sub(_call, _condition(clauses['having']))}")
    if "order by" in clauses:
        parts.append(f"sort {_CALL.sub(_call, clauses['order by'])}")
    if "limit" in clauses:
        parts.append(f"limit {clauses['limit']}")
    return " | ".join(parts)


def _condition(text: str) -> str:
    text = _BETWEEN.sub(r"\1:[\2 TO \3]", text.strip())
    text = _NULL.sub(lambda f: f"{'' if f[2] else '-'}{f[1]}:*", text)
    text = _LIKE.sub(lambda f: f"{'-' if f[2] else ''}{f[1]}:{f[3].replace('%', '*')}", text)
    text = _NOT_IN.sub(lambda f: f"{'-' if f[2] else ''}{f[1]}:({f[3]})", text)
    return _TEXT.sub(lambda f: quote(f[1].replace("''", "'")), text).replace("<>", "!=")


def _call(found: re.Match[str]) -> str:
    name, field = found[1].lower(), found[3].replace("*", "")
    name = "uniq" if found[2] else FUNCTION_HABITS.get(name, name)
    if name not in FUNCTIONS:
        return found[0]
    return f"{name}({field})" if field else name
