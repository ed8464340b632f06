"""The fixed words of the query language with their one-line help, and what other tools call the same things."""

import re
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the language: how it is used, what it does, and a whole query that uses it."""

    usage: str
    help: str
    example: str


STAGES: dict[str, Word] = {
    "where": Word(
        "where FILTER",
        "keeps what the filter matches: rows, or behind a table its groups by their columns",
        "* | stats count by service | where count > 100",
    ),
    "fields": Word(
        "fields NAME, ..", "keeps these fields, or columns of a table", "level:error | fields service, path"
    ),
    "hide": Word("hide NAME, ..", "leaves these fields or columns out", "service:api | hide host, trace_id"),
    "sort": Word(
        "sort NAME [asc|desc], ..",
        "orders by these columns, smallest first unless `desc`; of rows only in a search",
        "* | stats count by path | sort count desc",
    ),
    "limit": Word(
        "limit N",
        "at most so many rows of a table; of rows only in a search",
        "* | stats count by path | sort count desc | limit 10",
    ),
    "dedup": Word(
        "dedup NAME, ..",
        "of rows that are equal in these fields only the first",
        "level:error | dedup service, message",
    ),
    "context": Word(
        "context BEFORE [AFTER]",
        "also the rows around each match, whatever they are; AFTER is BEFORE when left out",
        '"pool exhausted" | context 5 5',
    ),
    "stats": Word(
        "stats FUNCTION [as NAME], .. [by NAME, ..] [over SPAN]",
        "one line a group with the functions of its rows; live over the last 5 minutes, or SPAN",
        "status:[500 TO 599] | stats count, p95(latency_ms) by host, version over 10m",
    ),
    "timechart": Word(
        "timechart SPAN [FUNCTION] [by NAME]",
        "one line a step of time, one column a value of NAME; counts unless told otherwise",
        "level>=error | timechart 10s count by service",
    ),
    "top": Word(
        "top [N] NAME", "the most frequent values of a field with their count, 10 of them", "* | top 5 path"
    ),
    "rate": Word(
        "rate [SPAN] [by NAME, ..]",
        "rows a second, counted over the last SPAN (1 minute)",
        "level>=error | rate 1m by service | where rate > 5",
    ),
    "patterns": Word(
        "patterns [N] [vs TIME]",
        "the templates of the rows with their count, 20 of them; against those of another time",
        "* deploy:v412~15m | patterns 20 vs deploy:v411~15m",
    ),
    "trace": Word("trace", "also all rows that share a trace id with a match", "trace_id:4bf92a* | trace"),
    "extract": Word(
        "extract REGEX",
        "named groups of the regular expression, found in the message, become attributes",
        'login | extract "user (?P<user>\\w+)" | top 10 user',
    ),
}
"""Every stage by its name."""

FUNCTIONS: dict[str, Word] = {
    "count": Word("count, count(f)", "rows, or rows that have the field", "* | stats count by service"),
    "sum": Word("sum(f)", "the sum of the numbers", "* | stats sum(bytes) by path"),
    "avg": Word("avg(f)", "their mean", "* | stats avg(latency_ms) by path"),
    "min": Word("min(f)", "the smallest number", "* | stats min(latency_ms)"),
    "max": Word("max(f)", "the largest number", "* | stats max(latency_ms)"),
    "p50": Word("p50(f)", "the median", "* | stats p50(latency_ms)"),
    "p90": Word("p90(f)", "90 of 100 are not above it", "* | stats p90(latency_ms)"),
    "p95": Word("p95(f)", "95 of 100 are not above it", "* | stats p95(latency_ms) by path"),
    "p99": Word("p99(f)", "99 of 100 are not above it", "* | stats p99(latency_ms)"),
    "uniq": Word("uniq(f)", "how many different values", "* | stats uniq(user_id) by service"),
    "first": Word("first(f)", "the value of the oldest row", "* | stats first(message) by trace_id"),
    "last": Word("last(f)", "the value of the newest row", "* | stats last(status) by host"),
}
"""Every function of `stats` and `timechart` by its name."""

TIMES: dict[str, Word] = {
    "last": Word("last:SPAN", "not older than the span", "level:error last:15m"),
    "from": Word("from:TIME", "at or behind the time", "from:18:30 to:18:45 service:pay"),
    "to": Word("to:TIME", "before the time", "timeout from:2026-11-23T18:30 to:2026-11-23T18:45"),
    "around": Word(
        "around:TIME~SPAN", "at most the span before or behind the time (1m)", "around:18:42:01~2m"
    ),
    "deploy": Word(
        "deploy:VERSION~SPAN",
        "at most the span (15m) behind the first row of the version",
        "* deploy:v412~15m | patterns",
    ),
}
"""Every time term by its name."""

CALL = re.compile(rf"(?:{'|'.join(FUNCTIONS)})\([^()\s\"|]*\)")
"""What a column of a function is called without `as`: `p95(latency_ms)`."""

STAGE_HABITS = {
    **dict.fromkeys(("filter", "search", "grep", "find", "match", "having", "regex"), "where"),
    **dict.fromkeys(("table", "keep", "project", "select", "display", "columns", "cut"), "fields"),
    **dict.fromkeys(("drop", "remove", "delete", "exclude", "omit"), "hide"),
    **dict.fromkeys(("head", "take", "tail", "first"), "limit"),
    **dict.fromkeys(("order", "orderby", "order_by"), "sort"),
    **dict.fromkeys(("distinct", "uniq", "unique"), "dedup"),
    **dict.fromkeys(
        ("summarize", "aggregate", "group", "groupby", "count", "sum", "avg", "min", "max", "wc"), "stats"
    ),
    **dict.fromkeys(("bin", "chart", "timeslice", "bucket", "series"), "timechart"),
    **dict.fromkeys(("topk", "rare", "common"), "top"),
    **dict.fromkeys(("cluster", "logreduce", "drain", "pattern"), "patterns"),
    **dict.fromkeys(("rex", "parse", "regexp", "grok"), "extract"),
    **dict.fromkeys(("transaction", "spans"), "trace"),
}
"""What other tools call our stages."""

UNNEEDED = frozenset({"json", "logfmt", "unpack", "decolorize", "spath", "unpack_json", "unpack_logfmt"})
"""Stages of other tools that read a row's text into fields: ours are read when they arrive."""

FUNCTION_HABITS = {
    **dict.fromkeys(("mean", "average"), "avg"),
    **dict.fromkeys(("median", "perc50", "quantile"), "p50"),
    "perc90": "p90",
    **dict.fromkeys(("perc95", "percentile", "pct", "quantile95"), "p95"),
    "perc99": "p99",
    **dict.fromkeys(("dc", "distinct", "distinct_count", "count_distinct", "cardinality", "dcount"), "uniq"),
    **dict.fromkeys(("count_uniq", "nunique"), "uniq"),
    **dict.fromkeys(("earliest", "oldest", "any"), "first"),
    **dict.fromkeys(("latest", "newest"), "last"),
    **dict.fromkeys(("total",), "sum"),
}
"""What other tools call our functions."""


def did_you_mean(word: str, known: dict[str, Word] | tuple[str, ...], habits: dict[str, str]) -> str:
    """A hint for a word that is not ours: what it is called here, or the nearest, or all there are."""
    names = list(known)
    wanted = habits.get(word.lower())
    if wanted is None:
        near = get_close_matches(word.lower(), [name.lower() for name in names], n=1, cutoff=0.6)
        wanted = next((name for name in names if near and name.lower() == near[0]), None)
    if wanted is None:
        return f"there are {' '.join(names)}" if names else ""
    usage = known[wanted].usage if isinstance(known, dict) else wanted
    return f"did you mean '{usage}'"
