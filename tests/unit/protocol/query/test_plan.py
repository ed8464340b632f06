"""What a query is for an engine: its stages by what they work on, its columns, and whether it runs live."""

import pytest
from debugterm_protocol.query import parse, plan
from debugterm_protocol.query.plan import regexes


def names(stages: tuple[object, ...]) -> str:
    return " ".join(type(stage).__name__.lower() for stage in stages)


@pytest.mark.parametrize(
    ("text", "rows", "table", "after", "columns"),
    [
        ("a", "", "", "", None),
        ("a | where b | fields c", "where fields", "", "", None),
        ("a | sort ms | limit 3", "sort limit", "", "", None),
        ("a | stats count by host", "", "stats", "", ("host", "count")),
        ("a | dedup x | extract (?<y>.) | top y", "dedup extract", "top", "", ("y", "count")),
        (
            "a | where b | stats count, p95(ms) as slow by host | where slow > 5 | hide host | sort slow",
            "where",
            "stats",
            "where hide sort",
            ("count", "slow"),
        ),
        ("a | rate by host | fields rate", "", "rate", "fields", ("rate",)),
        ("a | timechart 1m avg(ms)", "", "timechart", "", ("time", "avg(ms)")),
        ("a | timechart 1m by host | limit 5", "", "timechart", "limit", None),
        ("a | timechart 1m by host | fields time, web-1", "", "timechart", "fields", ("time", "web-1")),
        ("a | patterns", "", "patterns", "", ("pattern", "level", "count")),
    ],
)
def test_stages_are_sorted_by_what_they_work_on(
    text: str, rows: str, table: str, after: str, columns: tuple[str, ...] | None
) -> None:
    made = plan(parse(text))

    assert (names(made.rows), names((made.table,) if made.table else ()), names(made.after)) == (
        rows,
        table,
        after,
    )
    assert made.kind == ("table" if table else "rows")
    assert made.columns == columns


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a | where b | dedup x | context 5 5 | trace | fields x", ""),
        ("a | stats count by x | sort count | limit 5", ""),
        ("a | extract (?<y>.) | dedup y | top y", ""),
        ("a last:15m", ""),
        ("a from:18:30 | where b", ""),
        ("a to:18:30", "a live watch has no end"),
        ("a around:18:30", "a live watch has no end"),
        ("a deploy:v1", "a live watch has no end"),
        ("a last:1h | stats count", "a live table looks back over its own window"),
        ("a | sort ms", "'| sort' on rows needs an end"),
        ("a | fields x | limit 5", "'| limit' on rows needs an end"),
        ("a | trace | stats count", "rows around a match are not counted live"),
        ("a | patterns vs last:1h", "'| patterns .. vs' looks at another time"),
    ],
)
def test_what_needs_an_end_or_a_past_does_not_run_live(text: str, why: str) -> None:
    found = plan(parse(text)).not_live

    assert found.startswith(why)
    assert bool(found) is bool(why)


def test_every_regular_expression_is_told_to_who_compiles_them() -> None:
    query = parse('a~1 -(b~2 OR c!~3) | where d~4 OR e:5 | extract "(?<f>6)" | stats count by g | where g~7')

    assert regexes(query) == ("1", "2", "3", "4", "(?<f>6)", "7")
