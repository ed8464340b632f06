"""Texts of stages and what they are made of; what may follow which, and the errors that say so."""

import pytest
from debugterm_protocol import limits
from debugterm_protocol.query import BadQuery, Query, parse, print_query
from debugterm_protocol.query.stages import (
    Agg,
    Around,
    Context,
    Dedup,
    Deploy,
    Extract,
    Fields,
    From,
    Hide,
    Last,
    Limit,
    Patterns,
    Rate,
    Sort,
    Stage,
    Stats,
    Time,
    Timechart,
    To,
    Top,
    Trace,
    Where,
)
from debugterm_protocol.query.syntax import And, Compare, Has, Is, Or
from debugterm_protocol.query.vocabulary import FUNCTIONS, STAGES, TIMES, Word
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.stages import whole_queries

COUNT = Agg("count", "", "count")
P95 = Agg("p95", "latency_ms", "p95(latency_ms)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| trace", (Trace(),)),
        ("a|trace|trace", (Trace(), Trace())),
        ("a | where level:x* -b", None),
        ("a | FIELDS Service, path ,http.method", (Fields(("service", "path", "http.method")),)),
        ("a | hide host trace_id", (Hide(("host", "trace_id")),)),
        ('a | fields "a b", "by"', (Fields(("a b", "by")),)),
        ("a | sort ms", (Sort((("ms", False),)),)),
        ("a | sort ms desc, -path, host asc", (Sort((("ms", True), ("path", True), ("host", False))),)),
        ("a | limit 10", (Limit(10),)),
        ("a | dedup message", (Dedup(("message",)),)),
        ("a | context 5", (Context(5, 5),)),
        ("a | context 0 20", (Context(0, 20),)),
        ('a | extract "user (?P<user>\\w+)"', (Extract(r"user (?P<user>\w+)"),)),
        ("a | extract (?<n>\\d+)ms | top n", (Extract(r"(?<n>\d+)ms"), Top(10, "n"))),
        ("a | stats count", (Stats((COUNT,)),)),
        ("a | stats count() by service", (Stats((COUNT,), ("service",)),)),
        ("a | stats count(*), count(user_id)", (Stats((COUNT, Agg("count", "user_id", "count(user_id)"))),)),
        (
            "a | stats COUNT, p95( latency_ms ) by host, version over 10m",
            (Stats((COUNT, P95), ("host", "version"), 600),),
        ),
        ("a | stats avg(ms) as slow over 1h30m", (Stats((Agg("avg", "ms", "slow"),), (), 5400),)),
        ("a | timechart 10s count by service", (Timechart(10, COUNT, "service"),)),
        ("a | timechart 1m by service", (Timechart(60, COUNT, "service"),)),
        ("a | timechart 1m", (Timechart(60, COUNT),)),
        ("a | top 5 path", (Top(5, "path"),)),
        ("a | top path", (Top(10, "path"),)),
        ("a | rate 5m by service, host", (Rate(300, ("service", "host")),)),
        ("a | rate", (Rate(60),)),
        ("a | patterns", (Patterns(20),)),
        ("a | patterns 5 vs deploy:v411~15m", (Patterns(5, Deploy("v411", 900)),)),
        ("a | patterns vs last:1h", (Patterns(20, Last(3600)),)),
        (
            "a | stats count by service | where count > 5 | sort count desc | limit 3 | fields service",
            (
                Stats((COUNT,), ("service",)),
                Where(Compare("count", ">", 5)),
                Sort((("count", True),)),
                Limit(3),
                Fields(("service",)),
            ),
        ),
        (
            "a | stats p95(latency_ms) | where p95(latency_ms)>1s | sort p95(latency_ms)",
            (
                Stats((P95,)),
                Where(Compare("p95(latency_ms)", ">", 1000)),
                Sort((("p95(latency_ms)", False),)),
            ),
        ),
        (
            "a | stats count by status | where status:error OR status:5",
            (Stats((COUNT,), ("status",)), Where(Or((Is("attrs.status", "error"), Is("status", "5"))))),
        ),
        ("a | top message | where foo*bar", (Top(10, "message"), Where(Has(("foo", "bar"))))),
        ("a | timechart 1m by x | sort whatever", (Timechart(60, COUNT, "x"), Sort((("whatever", False),)))),
    ],
)
def test_a_stage_means_this(text: str, expected: tuple[Stage, ...] | None) -> None:
    query = parse(text)

    assert expected is None or query.stages == expected
    assert parse(print_query(query)) == query


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("last:15m", (Last(900),)),
        ("last=1h30m", (Last(5400),)),
        ("from:18:30 to:18:45", (From("18:30"), To("18:45"))),
        ("to:now from:-2h", (From("-2h"), To("now"))),
        ('from:"2026-11-23 18:30"', (From("2026-11-23 18:30"),)),
        ("around:18:42:01~2m", (Around("18:42:01", 120),)),
        ("around:18:42", (Around("18:42", 60),)),
        ('around:"2026-11-23 18:42"~5s', (Around("2026-11-23 18:42", 5),)),
        ("deploy:v412~15m", (Deploy("v412", 900),)),
        ("deploy:V412", (Deploy("V412", 900),)),
        ("deploy:2.0~rc1~1h", (Deploy("2.0~rc1", 3600),)),
        ("ts>=18:30 ts<18:45", (From("18:30"), To("18:45"))),
        ("ts:[2026-11-23T18:30 TO *]", (From("2026-11-23T18:30"),)),
    ],
)
def test_a_time_stands_beside_the_filter(text: str, expected: tuple[Time, ...]) -> None:
    assert parse(f"a {text} b") == Query(And((Has(("a",)), Has(("b",)))), expected)
    assert parse(text) == Query(times=expected)


def test_a_time_beside_an_or_needs_parentheses() -> None:
    assert parse("(a OR b) last:15m") == Query(Or((Has(("a",)), Has(("b",)))), (Last(900),))
    assert parse("last:15m a | where b OR c").times == (Last(900),)
    assert print_query(parse("last:15m (a OR b) | trace")) == "(a OR b) last:15m | trace"


@pytest.mark.parametrize(
    ("text", "column", "error"),
    [
        ("a |", 4, "a stage is missing"),
        ("a | stat count", 5, "there is no stage 'stat'; did you mean 'stats FUNCTION"),
        ("a | grep x", 5, "there is no stage 'grep'; did you mean 'where FILTER'"),
        ("a | head 5", 5, "there is no stage 'head'; did you mean 'limit N'"),
        ("a | json", 5, "'| json' is not needed; rows are taken apart when they arrive; take it away"),
        ("service:a|b", 11, "there is no stage 'b'; for one of two write field:(a OR b)"),
        ("level:error,warning", 7, "'error,warning' is not a level; did you mean level:(error OR warn)"),
        ("a | xyzzy", 5, "there is no stage 'xyzzy'; there are where fields hide"),
        ("a | where", 10, "'| where' needs a filter"),
        ("a | fields", 11, "'| fields' needs the name of a field; it is 'fields NAME, ..'"),
        ("a | fields x, x", 15, "'x' stands twice; take one away"),
        ("a | limit", 10, "'| limit' needs a whole number; it is 'limit N'"),
        ("a | limit 0", 11, "'| limit' takes 1 to 100,000"),
        ("a | limit 10 rows", 14, "'rows' is too much behind '| limit'; it is 'limit N'"),
        ("a | stats", 10, "'| stats' needs a function; count, or p95(latency_ms)"),
        ("a | stats by x", 11, "'| stats' needs a function; count by .."),
        ("a | stats mean(x)", 11, "there is no function 'mean'; did you mean 'avg(f)'"),
        ("a | stats cuont by x", 11, "there is no function 'cuont'; did you mean 'count, count(f)'"),
        ("a | stats sum", 14, "'sum' needs a field; sum(latency_ms)"),
        ("a | stats sum(x", 16, "'sum(' is never closed; sum(x)"),
        ("a | stats sum()", 15, "'sum(' needs the name of a field; sum(latency_ms)"),
        ("a | stats count, count", 23, "two columns are called 'count'; name one: count as other"),
        ("a | stats count by", 19, "'| stats' needs the name of a field"),
        ("a | stats count over soon", 22, "'| stats' needs a span of time; like 10s or 5m"),
        ("a | stats count over 2d", 22, "'| stats' takes at most 24h"),
        ("a | timechart count", 15, "'| timechart' needs a span of time"),
        ("a | timechart 10 count", 15, "'10' is not a span of time; one looks like 30s, 15m, 1h30m or 2d"),
        ("a | timechart 0s", 15, "a span is whole seconds, at least 1s"),
        ("a | top 5", 10, "'| top' needs the name of a field; it is 'top [N] NAME'"),
        ("a | patterns vs yesterday", 17, "'vs' needs a time; vs last:1h, or vs deploy:v411~15m"),
        ("a | extract x", 13, 'no group of the regular expression has a name; write "user (?P<user>\\w+)"'),
        ("a | extract", 12, "'extract' needs a value; a regular expression: extract \"(a|b) c\""),
        (
            "a | stats count | top x",
            19,
            "there is a table already ('| stats'); behind it stand fields hide limit",
        ),
        (
            "a | stats count | trace",
            19,
            "'| trace' works on rows, and '| stats' made a table of them; put it before",
        ),
        ("a | limit 5 | stats count", 5, "'| limit' cannot stand before '| stats'; put it behind '| stats'"),
        ("a | context 5 | rate", 5, "'| context' cannot stand before '| rate'; take one of them away"),
        ("a | stats count by x | sort cuont", 29, "'cuont' is no column of 'stats'; did you mean 'count'"),
        (
            "a | top x | where foo",
            19,
            "a word searches the message, and a table has none; name a column: x:foo",
        ),
        (
            'a | top x | where x:1 "b c"',
            23,
            "a word searches the message, and a table has none; name a column: x:b c",
        ),
        ("a | top x | where y > 5", 19, "'y' is no column of 'top'; there are x count"),
        ("a | top x | hide x | sort x", 27, "'x' is no column of 'top'; there are count"),
        (
            "a OR b last:15m",
            8,
            "a time holds for the whole query, not for one side of OR; put the OR in parentheses",
        ),
        ("last:15m a OR b", 1, "a time holds for the whole query, not for one side of OR"),
        ("(a last:15m)", 4, "a time ('last:') holds for the whole query, not inside (), NOT or OR"),
        ("-from:18:30", 2, "a time ('from:') holds for the whole query, not inside (), NOT or OR"),
        ("from!=bob", 1, "a time ('from!=') holds for the whole query"),
        ("a | where last:15m", 11, "a time ('last:') stands before the first '|'; move it there"),
        ("a | where ts>18:30", 11, "a time ('ts>') stands before the first '|'; move it there"),
        ("last:15m last:1h", 10, "'last:' stands twice; keep one of them"),
        (
            "last:15",
            6,
            "'15' is not a span of time; one looks like 30s, 15m, 1h30m or 2d; for an attribute write attrs.last:",
        ),
        ("last:", 6, "'last:' needs a time; like 15m"),
        ("from:bob", 6, "'bob' is not a time; times are 18:30"),
        ("to:25:00", 4, "'25:00' is not a time"),
        ("around:18:42~x", 14, "'x' is not a span of time"),
        ("ts>=18:30 ts>18:31", 11, "'ts>' and a time before it say the same; keep one of them"),
        ('deploy:"~15m"', 8, "'deploy:' needs a version; deploy:v412~15m"),
        ("a | stats by", 11, "'| stats' needs a function"),
        ("a | stats count(x", 18, "'count(' is never closed"),
        ("a AND", 6, "a term is missing"),
        ("ts>=soon", 5, "'soon' is not a time"),
        ("last:9999d", 6, "a span is at most 366 days"),
    ],
)
def test_an_error_says_what_is_wrong_and_where(text: str, column: int, error: str) -> None:
    with pytest.raises(BadQuery) as caught:
        parse(text)

    assert f"{caught.value.why}; {caught.value.hint}".startswith(error)
    assert caught.value.column == column


def test_the_limits_are_named() -> None:
    assert len(parse("a" + " | trace" * limits.QUERY_STAGES).stages) == 8
    with pytest.raises(BadQuery, match="more than 8 stages, column 69"):
        parse("a" + " | trace" * 9)
    with pytest.raises(BadQuery, match="more than 64 terms"):
        parse("a " * 60 + "| where b c d e f")


@pytest.mark.parametrize("words", [STAGES, FUNCTIONS, TIMES], ids=["stages", "functions", "times"])
def test_every_word_has_an_example_that_uses_it(words: dict[str, Word]) -> None:
    for name, word in words.items():
        query = parse(word.example)

        assert name in print_query(query)
        assert parse(print_query(query)) == query


@settings(max_examples=40)
@given(whole_queries())
def test_the_printed_query_parses_to_the_same_query(query: Query) -> None:
    assert parse(print_query(query)) == query


MANGLED = st.lists(
    st.sampled_from(
        [
            "a",
            "level",
            "ts",
            "last",
            "from",
            "around",
            "count",
            "stats",
            "where",
            "by",
            "over",
            "as",
            "sort",
            "desc",
            "top",
            "x:1",
            "(",
            ")",
            "|",
            ",",
            ":",
            ">",
            " ",
            "  ",
            "OR",
            "-",
            '"',
            "[",
            "1 TO 5",
            "]",
            "10s",
            "5",
            "18:30",
            "~",
            "*",
        ]
    ),
    max_size=14,
).map("".join)


@settings(max_examples=100)
@given(MANGLED)
def test_any_text_is_a_query_or_an_error_inside_it(text: str) -> None:
    try:
        query = parse(text)
    except BadQuery as bad:
        assert 1 <= bad.column <= len(text) + 1  # noqa: PT017 - both outcomes are fine, this is the law of one
    else:
        assert parse(print_query(query)) == query
