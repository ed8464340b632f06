"""Recognises what Kibana (Lucene, KQL) and Datadog write differently, and says it in our words."""

import re
from functools import partial

from debugterm_protocol.query.foreign.pieces import pieces
from debugterm_protocol.query.spelling import quote

_ODD = re.compile(
    r"""(?P<exists>(?<![\w.])_exists_\s*:\s*(?P<there>[\w.@-]+))
    |(?P<missing>(?<![\w.])_missing_\s*:\s*(?P<away>[\w.@-]+))
    |(?P<since>(?<![\w.-])@timestamp\s*:\s*\[\s*now-(?P<span>\d+[smhdw])(?:/\w)?\s+TO\s+now\s*\])
    |(?P<stamp>(?<![\w.-])@timestamp(?=\s*(?::|[<>]=?)))
    |(?P<regex>(?<![\w.@-])(?P<field>[\w.@-]+):/(?P<pattern>(?:[^/\s\\]|\\.)*)/(?=\s|\)|$))
    |(?P<bare>(?<!\S)/(?P<inside>(?:[^/\s\\]|\\.)+)/(?=\s|\)|$))
    |(?P<all>(?<!\S)\*:\*(?=\s|\)|$))
    |(?P<any>(?<!\S)\*:(?P<word>[^\s*|()]+))
    |(?P<plus>(?<!\S)\+(?=[^\W\d]|\(|"))
    |(?P<near>\A~\d+(?=\s|\)|$))""",
    re.VERBOSE,
)
_MEANS_REGEX = re.compile(r"\.[*+]|[\\\[^$(|]")
_WORDS = {
    "exists": "Lucene? '_exists_' is a '*' here",
    "missing": "Lucene? '_missing_' is a negated '*' here",
    "since": "Kibana? 'last:' says since when",
    "stamp": "Kibana? the time is called 'ts' here",
    "regex": "Lucene? a regular expression stands behind '~' here",
    "bare": "Lucene? a regular expression stands behind '~' here",
    "all": "Lucene? '*' alone is everything here",
    "any": "Datadog? a word alone searches the message here",
    "plus": "Lucene? a blank means AND here, and needs no '+'",
    "near": "Lucene? words near each other are a regular expression here",
}


def oddity(text: str) -> tuple[str, int] | None:
    """What the first oddity is, and its column; None when there is none outside of quotes."""
    at = 0
    for piece in pieces(text):
        for found in () if piece.startswith('"') else _ODD.finditer(piece):
            if (kind := _kind(found, first=at == 0)) is not None:
                return _WORDS[kind], at + found.start() + 1
        at += len(piece)
    return None


def translated(text: str) -> str:
    """The text in our words."""
    made = ""
    for piece in pieces(text):
        made += piece if piece.startswith('"') else _ODD.sub(partial(_ours, first=not made), piece)
    return made.strip()


def _ours(found: re.Match[str], *, first: bool) -> str:
    match _kind(found, first=first):
        case "exists":
            return f"{found['there']}:*"
        case "missing":
            return f"-{found['away']}:*"
        case "since":
            return f"last:{found['span']}"
        case "stamp":
            return "ts"
        case "regex":
            return f"{found['field']}~" + quote(found["pattern"].replace("\\/", "/"))
        case "bare":
            return "message~" + quote(found["inside"].replace("\\/", "/"))
        case "all":
            return "*"
        case "any":
            return found["word"]
        case None:
            return found[0]
        case _:
            return ""


def _kind(found: re.Match[str], *, first: bool) -> str | None:
    """Which oddity was found, None when it only looks like one: `path:/health/` is a path, `~5` stands behind a quote."""
    kind = next(name for name in _WORDS if found[name] is not None)
    inside = found["pattern"] or found["inside"]
    if (inside and not _MEANS_REGEX.search(inside)) or (kind == "near" and first):
        return None
    return kind
