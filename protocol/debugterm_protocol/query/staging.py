"""Reads the stages behind the pipes, each by its own small rule, and checks which may follow which."""

import re
from collections.abc import Callable

from debugterm_protocol import limits
from debugterm_protocol.query.aggregates import read_agg, read_aggs
from debugterm_protocol.query.columns import columns_behind
from debugterm_protocol.query.comparisons import read_pattern
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.filters import read_filter
from debugterm_protocol.query.names import (
    NUMBER,
    read_field,
    read_keyword,
    read_names,
    read_number,
    read_span,
)
from debugterm_protocol.query.reader import Reader
from debugterm_protocol.query.regexes import group_names
from debugterm_protocol.query.stages import (
    Agg,
    Context,
    Dedup,
    Extract,
    Fields,
    Hide,
    Limit,
    Patterns,
    Rate,
    Sort,
    Stage,
    Stats,
    Timechart,
    Top,
    Trace,
    Where,
)
from debugterm_protocol.query.syntax import All
from debugterm_protocol.query.timing import read_vs
from debugterm_protocol.query.vocabulary import FUNCTIONS, STAGE_HABITS, STAGES, UNNEEDED, did_you_mean

TABLE_STAGES = frozenset({"stats", "timechart", "top", "rate", "patterns"})
ON_TABLES = frozenset({"where", "fields", "hide", "sort", "limit"})
_NOT_BEFORE_TABLES = frozenset({"sort", "limit", "context"})
_BY = re.compile(r"by\b")
_SORT_BY = re.compile(r"by\s+[\w\"-]")
_NAME = re.compile(r"[^\W\d]\w*")
_RATE_SECONDS = 60
_TOP = 10


def read_stages(reader: Reader) -> tuple[Stage, ...]:
    """All stages from the first pipe on. Raises BadQuery."""
    stages: list[Stage] = []
    seen: list[tuple[str, int]] = []
    while reader.at_pipe():
        glued = reader.text[max(0, reader.at - 1) : reader.at + 2]
        reader.skip(1)
        reader.want("stage", tight=True)
        start = reader.at
        name = _stage_name(reader, either=" " not in glued and len(glued) == 3)
        _may_stand(reader, name, start, seen)
        reader.stage = name
        stage = _RULES[name](reader)
        _is_over(reader, name)
        if name in TABLE_STAGES:
            reader.table = name
        if reader.table:
            reader.columns = columns_behind(stage, reader.columns)
        stages.append(stage)
        seen.append((name, start))
    return tuple(stages)


def _stage_name(reader: Reader, *, either: bool) -> str:
    """The stage that is named here; `either` when a text without blanks suggests that OR was meant. Raises BadQuery."""
    found = _NAME.match(reader.text, reader.at)
    if found is None:
        raise reader.bad("a stage is missing", f"there are {' '.join(STAGES)}")
    word = found[0].lower()
    if word in STAGES:
        reader.skip(len(word))
        return word
    if word in UNNEEDED:
        raise reader.bad(
            f"'| {found[0]}' is not needed", "rows are taken apart when they arrive; take it away"
        )
    if word in FUNCTIONS:
        usage = word if word == "count" else f"{word}(latency_ms)"
        raise reader.bad(f"'{word}' is a function of a stage", f"did you mean '| stats {usage}'")
    hint = "for one of two write field:(a OR b)" if either else did_you_mean(word, STAGES, STAGE_HABITS)
    raise reader.bad(f"there is no stage '{found[0][:40]}'", hint)


def _may_stand(reader: Reader, name: str, start: int, seen: list[tuple[str, int]]) -> None:
    if len(seen) == limits.QUERY_STAGES:
        raise BadQuery(f"more than {limits.QUERY_STAGES} stages", start + 1, "take one away")
    if name in TABLE_STAGES:
        if reader.table:
            raise BadQuery(
                f"there is a table already ('| {reader.table}')",
                start + 1,
                f"behind it stand {' '.join(sorted(ON_TABLES))}",
            )
        for other, place in seen:
            if other in _NOT_BEFORE_TABLES:
                hint = f"put it behind '| {name}'" if other in ON_TABLES else "take one of them away"
                raise BadQuery(f"'| {other}' cannot stand before '| {name}'", place + 1, hint)
    elif reader.table and name not in ON_TABLES:
        raise BadQuery(
            f"'| {name}' works on rows, and '| {reader.table}' made a table of them",
            start + 1,
            f"put it before '| {reader.table}'"
            if name not in _NOT_BEFORE_TABLES
            else "take one of them away",
        )


def _is_over(reader: Reader, name: str) -> None:
    reader.blank()
    if reader.peek() == "" or reader.at_pipe():
        reader.want("operator", words=("|",))
        return
    rest = reader.text[reader.at :].split(maxsplit=1)[0][:40]
    raise reader.bad(f"'{rest}' is too much behind '| {name}'", f"it is '{STAGES[name].usage}'")


def _where(reader: Reader) -> Stage:
    found = read_filter(reader)
    if isinstance(found, All):
        raise reader.bad("'| where' needs a filter", STAGES["where"].example)
    return Where(found)


def _sort(reader: Reader) -> Stage:
    by: list[tuple[str, bool]] = []
    if _SORT_BY.match(reader.text, reader.at):
        raise reader.bad(
            "'| sort' needs no 'by'", f"it is '{STAGES['sort'].usage}'; a column of that name is quoted"
        )
    while True:
        largest = reader.peek() == "-"
        reader.at += largest
        name = read_field(reader, "sort")
        word = read_keyword(reader, "asc", "desc")
        by.append((name, word == "desc" if word else largest))
        if reader.peek() != ",":
            return Sort(tuple(by))
        reader.skip(1)


def _context(reader: Reader) -> Stage:
    before = read_number(reader, "context", most=limits.CONTEXT_ROWS, least=0)
    if not NUMBER.match(reader.text, reader.at):
        return Context(before, before)
    return Context(before, read_number(reader, "context", most=limits.CONTEXT_ROWS, least=0))


def _stats(reader: Reader) -> Stage:
    aggs = read_aggs(reader)
    by = read_names(reader, "stats", "over") if read_keyword(reader, "by") else ()
    over = read_span(reader, "stats", most=limits.OVER_SECONDS) if read_keyword(reader, "over") else None
    taken = [*by, *(agg.name for agg in aggs)]
    twice = next((name for name in taken if taken.count(name) > 1), None)
    if twice is not None:
        raise reader.bad(f"two columns are called '{twice}'", f"name one: {aggs[-1].name} as other")
    return Stats(aggs, by, over)


def _timechart(reader: Reader) -> Stage:
    step = read_span(reader, "timechart", most=limits.OVER_SECONDS)
    bare = reader.peek() == "" or reader.at_pipe() or _BY.match(reader.text, reader.at)
    reader.want("function")
    agg = Agg("count", "", "count") if bare else read_agg(reader)
    by = read_field(reader, "timechart") if read_keyword(reader, "by") else ""
    return Timechart(step, agg, by)


def _top(reader: Reader) -> Stage:
    some = NUMBER.match(reader.text, reader.at)
    n = read_number(reader, "top", most=limits.TABLE_ROWS) if some else _TOP
    return Top(n, read_field(reader, "top"))


def _rate(reader: Reader) -> Stage:
    some = NUMBER.match(reader.text, reader.at)
    per = read_span(reader, "rate", most=limits.OVER_SECONDS) if some else _RATE_SECONDS
    return Rate(per, read_names(reader, "rate") if read_keyword(reader, "by") else ())


def _patterns(reader: Reader) -> Stage:
    some = NUMBER.match(reader.text, reader.at)
    n = read_number(reader, "patterns", most=limits.PATTERN_ROWS) if some else Patterns().n
    if not read_keyword(reader, "vs"):
        return Patterns(n)
    vs = read_vs(reader)
    if vs is None:
        raise reader.bad("'vs' needs a time", "vs last:1h, or vs deploy:v411~15m")
    return Patterns(n, vs)


def _extract(reader: Reader) -> Stage:
    start = reader.at
    pattern = read_pattern(reader, "extract ")
    if not group_names(pattern):
        raise BadQuery(
            "no group of the regular expression has a name", start + 1, 'write "user (?P<user>\\w+)"'
        )
    return Extract(pattern)


_RULES: dict[str, Callable[[Reader], Stage]] = {
    "where": _where,
    "fields": lambda reader: Fields(read_names(reader, "fields")),
    "hide": lambda reader: Hide(read_names(reader, "hide")),
    "sort": _sort,
    "limit": lambda reader: Limit(read_number(reader, "limit", most=limits.LIMIT_ROWS)),
    "dedup": lambda reader: Dedup(read_names(reader, "dedup")),
    "context": _context,
    "stats": _stats,
    "timechart": _timechart,
    "top": _top,
    "rate": _rate,
    "patterns": _patterns,
    "trace": lambda _: Trace(),
    "extract": _extract,
}
