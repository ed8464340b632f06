"""Texts of queries and what they are made of; broken texts, where they break and what the error says."""

import pytest
from debugterm_protocol import limits
from debugterm_protocol.query import BadQuery, Query, parse, print_query
from debugterm_protocol.query.syntax import (
    All,
    And,
    Compare,
    Exists,
    Has,
    Is,
    Level,
    Like,
    Not,
    Or,
    Regex,
    Same,
    Term,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.queries import queries


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", All()),
        ("   ", All()),
        ("*", All()),
        ("timeout", Has(("timeout",))),
        ("Timeout", Has(("timeout",))),
        ("conn*refused", Has(("conn", "refused"))),
        ('"Two Words"', Has(("two words",))),
        ('"a * b"', Has(("a * b",))),
        (r'"say \"no\" \\ \n"', Has((r'say "no" \ \n',))),
        ("foo-bar", Has(("foo-bar",))),
        ("--force", Has(("--force",))),
        ("http://example.com/a?b=c", Has(("http://example.com/a?b=c",))),
        ("12:30:01", Has(("12:30:01",))),
        ("10.0.0.1:80", Has(("10.0.0.1:80",))),
        ("std::vector", Has(("std::vector",))),
        ("foo->bar", Has(("foo->bar",))),
        ("wow!", Has(("wow!",))),
        ("message:timeout", Has(("timeout",))),
        ("message:*", Exists("message")),
        ("service:API", Is("service", "api")),
        ("service=api", Is("service", "api")),
        ("service==api", Is("service", "api")),
        ("Service:api", Is("service", "api")),
        ("@http.method:POST", Is("http.method", "post")),
        ("path:/v1/*", Like("path", ("/v1/", ""))),
        ("path:/health", Is("path", "/health")),
        ("host:*prod**eu*", Like("host", ("", "prod", "eu", ""))),
        ('host:"prod-*"', Is("host", "prod-*")),
        ('"app.kubernetes.io/name":api', Is("app.kubernetes.io/name", "api")),
        ("user_id:*", Exists("user_id")),
        ("attrs.status:504", Is("status", "504")),
        ("attrs.service:api", Is("attrs.service", "api")),
        ("attrs.from:bob", Is("attrs.from", "bob")),
        ("service!=api", Not(Is("service", "api"))),
        ("service:!=api", Not(Is("service", "api"))),
        ("level>=warn", Level(">=", "warn")),
        ("level:>=WARNING", Level(">=", "warn")),
        ("level:err", Level(":", "error")),
        ("level!=critical", Not(Level(":", "fatal"))),
        ("level:err*", Like("level", ("err", ""))),
        ("severity>error", Level(">", "error")),
        ("severity:high", Is("severity", "high")),
        ("status:error", Level(":", "error")),
        ("status>=error", Level(">=", "error")),
        ("status!=Critical", Not(Level(":", "fatal"))),
        ("status:ok", Is("status", "ok")),
        ("status:success", Is("status", "success")),
        ("status:=error", Same("status", "error")),
        ("attrs.status:error", Is("attrs.status", "error")),
        ("attrs.status:ok", Is("status", "ok")),
        ("attrs.sev>5", Compare("sev", ">", 5)),
        ("status:[500 TO 599]", And((Compare("status", ">=", 500), Compare("status", "<=", 599)))),
        ("ms:{1s TO 2.5s}", And((Compare("ms", ">", 1000), Compare("ms", "<", 2500)))),
        ("a ms:[5 TO *} b", And((Has(("a",)), Compare("ms", ">=", 5), Has(("b",))))),
        ('-ms:[* TO "7"]', Not(Compare("ms", "<=", 7))),
        ("ms:[* to *]", Exists("ms")),
        ("ms:[5 TO 5]", And((Compare("ms", ">=", 5), Compare("ms", "<=", 5)))),
        ("level:[warn TO warn]", And((Level(">=", "warn"), Level("<=", "warn")))),
        ("level:[warn TO error}", And((Level(">=", "warn"), Level("<", "error")))),
        ("x=[a*", Like("x", ("[a", ""))),
        ("rate > 5", Compare("rate", ">", 5)),
        ("status >= 500 AND level = error", And((Compare("status", ">=", 500), Level(":", "error")))),
        ("service= api", Is("service", "api")),
        ("path !~ ^/v1", Not(Regex("path", "^/v1"))),
        ("foo -> bar", And((Has(("foo",)), Not(Has((">",))), Has(("bar",))))),
        ("tag <b>", And((Has(("tag",)), Has(("<b>",))))),
        ("path:=(/A, /B)", Or((Same("path", "/A"), Same("path", "/B")))),
        ("last>5", Compare("attrs.last", ">", 5)),
        ("from~bob", Regex("attrs.from", "bob")),
        ("ms>500", Compare("ms", ">", 500)),
        ("ms:>=-1.5", Compare("ms", ">=", -1.5)),
        ("latency_ms<1.5s", Compare("latency_ms", "<", 1500)),
        ("latency_ms>0.0011s", Compare("latency_ms", ">", 1.1)),
        ("uptime_seconds>2m", Compare("uptime_seconds", ">", 120)),
        ("requestMs>1s", Compare("requestMs", ">", 1000)),
        ("duration>1s", Compare("duration", ">", 1000)),
        ("size>1MiB", Compare("size", ">", 1048576)),
        ("size>10KB", Compare("size", ">", 10000)),
        ("size_kb>1MB", Compare("size_kb", ">", 1000)),
        ("cpu>5%", Compare("cpu", ">", 5)),
        ("cpu.utilization>5%", Compare("cpu.utilization", ">", 0.05)),
        ("n>9007199254740993", Compare("n", ">", 9007199254740993)),
        ("path:=/Cart*", Same("path", "/Cart*")),
        ('message:="Two Words"', Same("message", "Two Words")),
        ("level:=err", Level(":", "error")),
        ("path~^/v(1|2) 3", And((Regex("path", "^/v(1|2)"), Has(("3",))))),
        ("path~^/v(1|2)/$", Regex("path", "^/v(1|2)/$")),
        ("(path=~a[)|(] b)", And((Regex("path", "a[)|(]"), Has(("b",))))),
        (r"path:~\(\d", Regex("path", r"\(\d")),
        (r'path~"(a|b) \d \\. \""', Regex("path", r'(a|b) \d \. "')),
        ("path!~A", Not(Regex("path", "A"))),
        ("a b", And((Has(("a",)), Has(("b",))))),
        ("a AND b && c and d", And((Has(("a",)), Has(("b",)), Has(("c",)), Has(("d",))))),
        ("a b OR c", Or((And((Has(("a",)), Has(("b",)))), Has(("c",))))),
        ("a or b || c", Or((Has(("a",)), Has(("b",)), Has(("c",))))),
        ("(a b) c", And((Has(("a",)), Has(("b",)), Has(("c",))))),
        ("(a OR b) c", And((Or((Has(("a",)), Has(("b",)))), Has(("c",))))),
        ("a OR (b OR c)", Or((Has(("a",)), Has(("b",)), Has(("c",))))),
        ("-a", Not(Has(("a",)))),
        ("!a NOT b", And((Not(Has(("a",))), Not(Has(("b",)))))),
        ("not (a or b)", Not(Or((Has(("a",)), Has(("b",)))))),
        ("NOT -a", Has(("a",))),
        ("-path:/health", Not(Is("path", "/health"))),
        ("service:(a OR b)", Or((Is("service", "a"), Is("service", "b")))),
        ('service:(a, "b c" d*)', Or((Is("service", "a"), Is("service", "b c"), Like("service", ("d", ""))))),
        ("service!=(a or b)", Not(Or((Is("service", "a"), Is("service", "b"))))),
        ("level:(warn OR error)", Or((Level(":", "warn"), Level(":", "error")))),
        ("service:(a)", Is("service", "a")),
        ("Or", Has(("or",))),
        ("order android", And((Has(("order",)), Has(("android",))))),
    ],
)
def test_a_text_means_these_terms(text: str, expected: Term) -> None:
    assert parse(text) == Query(expected)


@pytest.mark.parametrize(
    ("text", "column", "error"),
    [
        ("service: api", 9, "'service:' needs a value, column 9; quote it to search the text"),
        ("a service:", 11, "'service:' needs a value, column 11; quote it to search the text"),
        (
            '{app="x"} |= "y"',
            1,
            'LogQL?, column 1; did you mean: app:x "y"',
        ),
        ('{app="x y", env!="dev"} != `z`', 1, 'LogQL?, column 1; did you mean: app:"x y" -env:dev -"z"'),
        ("{}", 1, "LogQL?, column 1; write field:value"),
        ('"open', 1, 'the quote is never closed, column 1; close it, or write \\" for a quote in the text'),
        (
            'a service:"open',
            11,
            'the quote is never closed, column 11; close it, or write \\" for a quote in the text',
        ),
        ("(a OR b", 1, "'(' is never closed, column 1; close it, or quote it"),
        ("a)", 2, "')' closes nothing, column 2; take it away, or quote it"),
        ("f()", 3, "the parentheses are empty, column 3; quote it to search the text"),
        ("service:(a", 9, "'(' is never closed, column 9; service:(a OR b)"),
        ("service:()", 10, "the parentheses are empty, column 10; service:(a OR b)"),
        ("service:(a AND b)", 12, "a list holds values with OR between them, column 12; service:(a OR b)"),
        ("service:(a OR )", 15, "a term is missing, column 15; write field:value or a word"),
        ("a OR", 5, "a term is missing, column 5; write field:value or a word"),
        ("OR a", 1, "a term is missing, column 1; write field:value or a word"),
        ("a AND OR b", 7, "a term is missing, column 7; write field:value or a word"),
        ("NOT", 4, "a term is missing, column 4; write field:value or a word"),
        ("a - b", 3, "'-' stands alone, column 3; write -word without a blank, or \"-\" for the text"),
        ('""', 1, "the quotes are empty, column 1; write the text to search between them"),
        ("level:loud", 7, "'loud' is not a level, column 7; levels are trace debug info warn error fatal"),
        (
            "level>err*",
            7,
            "a level is compared without '*', column 7; levels are trace debug info warn error fatal",
        ),
        (
            "ms>fast",
            4,
            "'fast' is not a number, column 4; units are ns us ms s m h d, B KB KiB MB MiB.., %",
        ),
        (
            "ms>5parsec",
            4,
            "'5parsec' is not a number, column 4; units are ns us ms s m h d, B KB KiB MB MiB.., %",
        ),
        (
            "ms>1e999",
            4,
            "'1e999' is not a number, column 4; units are ns us ms s m h d, B KB KiB MB MiB.., %",
        ),
        ("ms=>5", 3, "'=>' is no comparison, column 3; > >= < <= = != are"),
        ("message~", 9, "'message~' needs a value, column 9; a regular expression: message~\"(a|b) c\""),
        (f"x~{'a' * 1025}", 3, "the regular expression is longer than 1024 bytes, column 3; shorten it"),
        (
            "status:[500",
            8,
            "this is not a range, column 8; write status:[500 TO 599] or status:[500 TO *], or quote the value",
        ),
        (
            "ms:[5 TO 5}",
            4,
            "nothing is in this range, column 4; the smaller end stands first; [ ] holds its ends",
        ),
        (
            "ms:[5 TO 1]",
            4,
            "nothing is in this range, column 4; the smaller end stands first; [ ] holds its ends",
        ),
        (
            "level:[error TO warn]",
            7,
            "nothing is in this range, column 7; the smaller end stands first; [ ] holds its ends",
        ),
        (
            "ms:[1 TO fast]",
            10,
            "'fast' is not a number, column 10; units are ns us ms s m h d, B KB KiB MB MiB.., %",
        ),
        (
            "level:infoo",
            7,
            "'infoo' is not a level, column 7; did you mean info? levels are trace debug info warn error fatal",
        ),
        (
            "count(x)>5",
            1,
            (
                "'count(x)' is a column of a table, column 1; make the table first: | stats count(x) | where count(x) > 5;"
                " or quote it to search the text"
            ),
        ),
    ],
)
def test_an_error_says_what_is_wrong_and_where(text: str, column: int, error: str) -> None:
    with pytest.raises(BadQuery) as caught:
        parse(text)

    assert str(caught.value) == error
    assert caught.value.column == column


def test_the_limits_are_named() -> None:
    with pytest.raises(BadQuery, match="longer than 4096 bytes"):
        parse("ä" * (limits.QUERY_BYTES // 2 + 1))
    with pytest.raises(BadQuery, match="more than 64 terms"):
        parse("a " * 65)
    with pytest.raises(BadQuery, match="more than 64 terms"):
        parse(f"x:({'a ' * 65})")
    with pytest.raises(BadQuery, match="nested deeper than 64"):
        parse("(" * 2000 + "a" + ")" * 2000)

    assert parse("a " * 64) == Query(And((Has(("a",)),) * 64))


def test_queries_that_mean_the_same_have_one_spelling() -> None:
    spellings = [
        "level>=warn Service=API -x",
        "(level:>=warning AND service:api) !x",
        "level>=wrn service:Api NOT x",
    ]

    assert {print_query(parse(text)) for text in spellings} == {"level>=warn service:api -x"}


@settings(max_examples=60)
@given(queries())
@example(Query(Like("x", (":a", ""))))
@example(Query(Like("x", ("[a", ""))))
@example(Query(Is("x", "//a")))
@example(Query(Not(And((Has(("-a",)), Has(("or",)))))))
def test_the_printed_query_parses_to_the_same_query(query: Query) -> None:
    assert parse(print_query(query)) == query


@given(st.text(alphabet='abor :=<>!~()"*-|,.@/0159\\{}[] ANDms', max_size=40) | st.text(max_size=40))
def test_any_text_is_a_query_or_an_error_inside_it(text: str) -> None:
    try:
        query = parse(text)
    except BadQuery as bad:
        assert 1 <= bad.column <= len(text) + 1  # noqa: PT017 - both outcomes are fine, this is the law of one
    else:
        assert parse(print_query(query)) == query
