"""Says whose query a text is, when it is not ours, and what it would be here."""

import re
from collections.abc import Callable

from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.foreign import logql, lucene, shell, slips, splunk, sql
from debugterm_protocol.query.vocabulary import STAGES

_LOGQL = re.compile(
    r"\s*(?:(?:rate|bytes_rate|\w+_over_time|sum|avg|min|max|count|topk|bottomk)\b[^\"{(]*\([^\"{]*)?"
    r"\{\s*(?:\}|[^\W\d]\w*\s*(?:=|!))"
)
_JSON = re.compile(r'\s*\{\s*"[^"]+"\s*:')
_SPLUNK = re.compile(r"\s*(?:search\s+)?(?:index|sourcetype)\s*=", re.IGNORECASE)
_SQL = re.compile(r"\s*select\s.+\sfrom\s", re.IGNORECASE | re.DOTALL)
_SHELL = re.compile(r"\s*(?:(?:tail|cat|less|zcat|journalctl|kubectl)\b[^|]*\|\s*)?(?:[efz]?grep|rg)\s+\S")
_STAGE = re.compile(r"\s*(?:stats|timechart|rate\s+\d+[smhd]|top\s+\d+|(?:fields|filter|display)\s[^|]*@)\b")
_MAYBE_ODD = re.compile(
    r'_exists_|_missing_|@timestamp|(?::|(?<!\S))/\S{1,300}?/(?:[\s)]|$)|\*:|\+[^\W\d]|\+[("]|"~\d'
)
"""Most queries are ours, and pay for this look only."""
_QUOTE_IT = "quote it to search the text"
_PAIR_ENDS = re.compile(r',(?=\s*")|\}\s*$')


def _json(text: str) -> str:
    pairs = _PAIR_ENDS.sub(" ", text.strip()[1:])
    return re.sub(r'"\s*:\s*', '":', pairs).strip()


_TOOLS: tuple[tuple[str, re.Pattern[str], Callable[[str], str | None], str], ...] = (
    ("LogQL", _LOGQL, logql.translated, "write field:value"),
    ("JSON", _JSON, _json, "write field:value"),
    ("Splunk", _SPLUNK, splunk.translated, "leave the index out: an environment has one stream; then field=value | stats count by field"),
    ("SQL", _SQL, sql.translated, "write field:value | stats count by field | sort count desc"),
    ("grep", _SHELL, shell.translated, 'write the text, "two words", -without, or message~"a|b"; quote "grep" to search it'),
)  # fmt: skip


def refuse_foreign(text: str, reads: Callable[[str], bool]) -> None:
    """Raise BadQuery with a translation when the text is of another tool; return when it is not.

    `reads` tells whether a text is a query of ours: a translation that is none is not shown.
    """
    for tool, begins, translated, hint in _TOOLS:
        if begins.match(text):
            raise _refusal(f"{tool}?", text, translated(text), hint, reads)
    if _STAGE.match(text) and reads(f"* | {splunk.stages(text.strip())}"):
        name = text.split(maxsplit=1)[0]
        raise _refusal(
            f"'{name}' is a stage, and stands behind a pipe",
            text,
            f"* | {splunk.stages(text.strip())}",
            STAGES["stats"].example,
            reads,
        )
    if _MAYBE_ODD.search(text) and (found := lucene.oddity(text)) is not None:
        what, column = found
        raise BadQuery(what, column, _hint(lucene.translated(text), "write field:value", reads))
    if (found := slips.slip(text)) is not None:
        what, column = found
        raise BadQuery(what, column, _hint(slips.translated(text), _QUOTE_IT, reads))


def _refusal(
    why: str, text: str, translation: str | None, hint: str, reads: Callable[[str], bool]
) -> BadQuery:
    return BadQuery(why, len(text) - len(text.lstrip()) + 1, _hint(translation, hint, reads))


def _hint(translation: str | None, otherwise: str, reads: Callable[[str], bool]) -> str:
    return f"did you mean: {translation}" if translation and reads(translation) else otherwise
