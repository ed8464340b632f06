"""Queries pasted from other tools are recognised, and what they are called here is a query that works."""

from contextlib import suppress

import pytest
from debugterm_protocol import limits
from debugterm_protocol.query import BadQuery, Query, parse, print_query
from hypothesis import given
from hypothesis import strategies as st


def answer(text: str) -> str:
    with pytest.raises(BadQuery) as caught:
        parse(text)
    assert 1 <= caught.value.column <= len(text) + 1
    return f"{caught.value.why}; {caught.value.hint}"


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ('{app="x"} |= "y"', 'app:x "y"'),
        ('  {app="x y", env!="dev"} != `z`', 'app:"x y" -env:dev -"z"'),
        (
            '{app=~"a|b", host=~"prod-.*", x=~".+", y!~"q.z"} |~ "(?i)time ?out" | json | status >= 500 or level="error"',
            'app:(a OR b) host:prod-* x:* -y~"^(?:q.z)$" message~"(?i)time ?out" (status >= 500 or level="error")',
        ),
        ('rate({app="pay"} |= "error" [5m])', 'app:pay "error" | rate 5m'),
        (
            'sum by (service, host) (rate({env="prod"}[1m])) > 5',
            "env:prod | rate 1m by service, host | where rate > 5",
        ),
        (
            'topk(10, sum by (path) (count_over_time({app="x"} | json [5m])))',
            "app:x | stats count by path over 5m | sort count desc | limit 10",
        ),
        (
            'quantile_over_time(0.95, {app="x"} | json | unwrap latency_ms [10m]) by (host)',
            "app:x | stats p95(latency_ms) by host over 10m",
        ),
        ('sum(count_over_time({job="x"}[1h]))', "job:x | stats count over 1h"),
    ],
)
def test_logql(text: str, ours: str) -> None:
    assert answer(text) == f"LogQL?; did you mean: {ours}"
    assert parse(ours) != Query()


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("index=main error | stats count by host", "error | stats count by host"),
        (
            "search index=main sourcetype=nginx status>=500 earliest=-15m | timechart span=1m dc(user) as users by host",
            "status>=500 last:15m | timechart 1m uniq(user) as users by host",
        ),
        ("index=main | table a, b | head 5 | sort - a", "* | fields a, b | limit 5 | sort -a"),
        ('index=x "a|b" | top limit=5 path', '"a|b" | top 5 path'),
        (
            "index=web | stats perc95(ms) AS p by uri | sort 10 -p",
            "* | stats p95(ms) AS p by uri | sort -p | limit 10",
        ),
        (
            r'index=web | rex field=_raw "u=(?<u>\w+)" | fields - _raw | dedup u',
            r'* | extract "u=(?<u>\w+)" | hide _raw | dedup u',
        ),
    ],
)
def test_splunk(text: str, ours: str) -> None:
    assert answer(text) == f"Splunk?; did you mean: {ours}"
    assert parse(ours) != Query()


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        (
            "select * from logs where level = 'error' and msg like '%x%' limit 10",
            'level = "error" and msg:*x* | limit 10',
        ),
        (
            (
                "SELECT service, count(*) FROM logs WHERE status >= 500 AND service IN ('a','b')\n"
                "GROUP BY service ORDER BY count(*) DESC LIMIT 5;"
            ),
            'status >= 500 AND service:("a","b") | stats count by service | sort count DESC | limit 5',
        ),
        (
            "select path, ts from l where user_id is not null and a is null and ms between 5 and 10",
            "user_id:* and -a:* and ms:[5 TO 10] | fields path, ts",
        ),
        (
            "select s, avg(ms) from x group by s having avg(ms) <> 5",
            "* | stats avg(ms) by s | where avg(ms) != 5",
        ),
        ("select count(distinct user) from x", "* | stats uniq(user)"),
    ],
)
def test_sql(text: str, ours: str) -> None:
    assert answer(text) == f"SQL?; did you mean: {ours}"
    assert parse(ours) != Query()


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("grep foo", "foo"),
        ("grep -i 'foo bar' app.log", '"foo bar"'),
        ("tail -f app.log | grep -v health | grep -E 'a|b' -C 5", '-health message~"a|b" | context 5 5'),
        ("grep -iE 'time ?out' | head -20", 'message~"(?i)time ?out" | limit 20'),
        ("grep -c error x", "error | stats count"),
        ("grep x | wc -l", "x | stats count"),
        ("grep -A3 foo f", "foo | context 0 3"),
        ("kubectl logs -f pod | grep foo", "foo"),
    ],
)
def test_a_shell(text: str, ours: str) -> None:
    assert answer(text) == f"grep?; did you mean: {ours}"
    assert parse(ours) != Query()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "_exists_:user AND NOT _exists_:x",
            "Lucene? '_exists_' is a '*' here; did you mean: user:* AND NOT x:*",
        ),
        ("a _missing_:x", "Lucene? '_missing_' is a negated '*' here; did you mean: a -x:*"),
        (
            r"path:/api\/.*x/ foo",
            "Lucene? a regular expression stands behind '~' here; did you mean: path~\"api/.*x\" foo",
        ),
        (
            "@timestamp:[now-15m TO now] error",
            "Kibana? 'last:' says since when; did you mean: last:15m error",
        ),
        ("@timestamp >= 2026-11-23", "Kibana? the time is called 'ts' here; did you mean: ts >= 2026-11-23"),
        ("*:*", "Lucene? '*' alone is everything here; did you mean: *"),
        ("*:timeout -a", "Datadog? a word alone searches the message here; did you mean: timeout -a"),
        (
            "+error +service:x -y",
            "Lucene? a blank means AND here, and needs no '+'; did you mean: error service:x -y",
        ),
        (
            'x "a b"~5',
            'Lucene? words near each other are a regular expression here; did you mean: x "a b"',
        ),
        (
            "stats count by service",
            "'stats' is a stage, and stands behind a pipe; did you mean: * | stats count by service",
        ),
        (
            "fields @timestamp, @message | filter @message like /ERROR/ | sort @timestamp desc | limit 20",
            (
                "'fields' is a stage, and stands behind a pipe; did you mean: "
                '* | fields ts, @message | where message~"ERROR" | sort ts desc | limit 20'
            ),
        ),
        (
            "stats count(*) by bin(5m), host",
            "'stats' is a stage, and stands behind a pipe; did you mean: * | timechart 5m count(*) by host",
        ),
        ('{"trace_id": "4bf9", "status":504}', 'JSON?; did you mean: "trace_id":"4bf9"  "status":504'),
        ("index=main | eval x=1", "Splunk?; leave the index out"),
        ("select x from y join z", "SQL?; write field:value"),
        ("cat x | grep a | awk b", "grep?; write the text"),
        ("service:'api'", 'quotes are double here; write "api"'),
    ],
)
def test_other_habits(text: str, expected: str) -> None:
    assert answer(text).startswith(expected)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "grep",
            "index:main x",
            "path:/api/",
            "path:/v1/*/x/",
            '"_exists_:x"',
            '"*:*"',
            "rate limit exceeded",
            "+49 30",
        ),
        *(
            "top 10 of the world",
            "stats are fine",
            "filter is off",
            "sum of {x}",
            "select a row",
            "c++ +1",
            "{x}",
        ),
        *(
            "email:@timestamp_x",
            'x "a b" ~5',
            "where is it",
            "search index",
            "select from",
            '"select a from b"',
        ),
    ],
)
def test_what_only_looks_like_it_is_searched(text: str) -> None:
    assert parse(text) != Query()


@pytest.mark.parametrize(
    "text",
    [
        *(
            '"grep" foo',
            'status:"5xx"',
            '"_exists_":x',
            "index:=x",
            'since:"15m"',
            "path=/api.*x/",
            '"last" "15m"',
        ),
        *(
            '"select" a "from" b',
            'ms:"1..5"',
            'path:"/a.+b/"',
            "service==a,b=c*",
            '"stats" count',
            '"\'a" "b\'"',
        ),
    ],
)
def test_what_is_quoted_is_ours_and_stays_so_in_its_one_spelling(text: str) -> None:
    query = parse(text)

    assert parse(print_query(query)) == query


@given(
    st.lists(
        st.sampled_from(
            [
                '{a="b"}',
                "{",
                "}",
                "|=",
                '"',
                "|",
                "rate(",
                "[5m]",
                ")",
                "select",
                "from x",
                "where",
                "group by",
                "'",
                ",",
                "index=a",
                "stats",
                "count",
                "by",
                "grep",
                "-E",
                "_exists_:",
                "*:",
                "+a",
                "@timestamp",
                ":[",
                "sort",
                "-",
            ]
        ),
        max_size=10,
    ).map(" ".join)
)
def test_broken_foreign_text_is_a_query_or_an_error_inside_it(text: str) -> None:
    try:
        parse(text)
    except BadQuery as bad:
        assert 1 <= bad.column <= len(text) + 1  # noqa: PT017 - both outcomes are fine, this is the law of one


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "piece",
    [
        *(
            '"',
            '\\"',
            '"\\',
            "(",
            "sum(",
            "{a=",
            '{a="b",',
            "|= `x` ",
            "a:/.*",
            "a:/(",
            "*:",
            "-",
            " ",
            "[",
            "a:[",
            "a~(",
            "a~[",
        ),
        *(
            "select a from b ",
            "where ",
            "'",
            "grep ",
            "grep 'a' | ",
            "index=a | ",
            "stats count by ",
            "by (",
            ") > 5",
            "a|",
            "\\Q",
            "(?i)",
        ),
    ],
)
def test_four_kilobytes_of_anything_are_read_at_once(piece: str) -> None:
    for text in (
        piece * 4096,
        f"select {piece * 4096}",
        f'{{a="b"}}{piece * 4096}',
        f"index=a {piece * 4096}",
    ):
        with suppress(BadQuery):
            parse(text[: limits.QUERY_BYTES])
