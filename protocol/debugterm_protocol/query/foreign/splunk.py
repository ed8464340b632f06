"""Translates Splunk's SPL, and stages that CloudWatch writes without a pipe in front."""

import re

from debugterm_protocol.query.foreign.pieces import commands, pieces
from debugterm_protocol.query.vocabulary import FUNCTION_HABITS, STAGE_HABITS, UNNEEDED

_INDEX = re.compile(r'\b(?:index|sourcetype|source|splunk_server)\s*=\s*(?:"[^"]*"|\S+)\s*', re.IGNORECASE)
_EARLIEST = re.compile(r'\bearliest\s*=\s*"?-(\d+[smhdw])(?:@\w+)?"?\s*')
_LATEST = re.compile(r'\blatest\s*=\s*"?now(?:\(\))?"?\s*')
_FUNCTION = re.compile(r"\b([a-z_]+\d*)(?=\()", re.IGNORECASE)
_REWRITES = [
    (re.compile(pattern, re.IGNORECASE), ours)
    for pattern, ours in [
        (r"^fields -\s*", "hide "),
        (r"@timestamp\b", "ts"),
        (r"^sort (\d+)\s+(.*)", r"sort \2 | limit \1"),
        (r"^(sort.*?)([-+])\s*(?=\w)", r"\1\2"),
        (r"^(sort.*?)\+", r"\1"),
        (r"^limit$", "limit 10"),
        (r"^limit (?:-n\s*|-)", "limit "),
        (r"^top limit\s*=\s*", "top "),
        (r"^timechart span\s*=\s*", "timechart "),
        (r"^extract field\s*=\s*\S+\s*", "extract "),
        (r"^where @?message like /(.*)/", r'where message~"\1"'),
        (r"^stats (.*?) by bin\((\w+)\)(?:\s*,\s*(.+))?$", r"timechart \2 \1 by \3"),
        (r"^(timechart .*) by $", r"\1"),
        (r"^trace .*", "trace"),
    ]
]
"""Options that stand elsewhere here, tried in order."""


def translated(text: str) -> str:
    """What it is here, as far as its parts have a name here."""
    head, *rest = commands(text) or [""]
    head = re.sub(r"^\s*search\s+", "", head, flags=re.IGNORECASE)
    head = _LATEST.sub("", _EARLIEST.sub(r"last:\1 ", _INDEX.sub("", head))).strip()
    return " | ".join([head or "*", *filter(None, map(_stage, rest))])


def stages(text: str) -> str:
    """Stages with pipes between them, each as it is called here."""
    return " | ".join(filter(None, map(_stage, commands(text))))


def _stage(text: str) -> str:
    name, _, rest = text.strip().partition(" ")
    name = STAGE_HABITS.get(name.lower(), name.lower())
    if name in UNNEEDED:
        return ""
    stage = f"{name} {_functions(rest.strip())}".strip()
    for begins, ours in _REWRITES:
        stage = begins.sub(ours, stage)
    return stage


def _functions(text: str) -> str:
    """The text with our names of functions, outside of quotes."""
    return "".join(
        piece if piece.startswith('"') else _FUNCTION.sub(_function, piece) for piece in pieces(text)
    )


def _function(found: re.Match[str]) -> str:
    return FUNCTION_HABITS.get(found[1].lower(), found[1])
