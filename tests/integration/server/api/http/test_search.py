"""`GET /v1/search` with the whole language: times, stages and tables, over what the stream holds."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.support.hub import Hub, served


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as started:
        yield started


def rows(*messages: str, **more: object) -> bytes:
    return b"\n".join(msgspec.json.encode({"message": text, **more}) for text in messages)


async def search(hub: Hub, query: str, **params: str) -> tuple[list[Any], dict[str, Any]]:
    """The lines of an answer, and its end."""
    async with hub.http.get(
        f"{hub.url}/v1/search",
        params={"q": query, **params},
        headers={"Authorization": f"Bearer {await hub.token('viewer')}"},
    ) as answer:
        assert answer.status == 200, await answer.text()
        lines = [msgspec.json.decode(line) for line in (await answer.read()).splitlines()]
    return lines[:-1], lines[-1]


async def messages(hub: Hub, query: str, **params: str) -> list[str]:
    found, _ = await search(hub, query, **params)
    return [row["message"] for row in found]


def at(minutes_ago: float) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes_ago)).isoformat()


async def test_time_terms_select_by_the_time_of_the_rows_not_of_their_receipt(hub: Hub) -> None:
    await hub.ingest(rows("old", ts="2015-05-17T10:05:03Z") + b"\n" + rows("half", ts=at(30)))
    await hub.ingest(rows("late", ts=at(90)) + b"\n" + rows("now", ts=at(0)))

    assert await messages(hub, "*") == ["now", "late", "half", "old"]
    assert await messages(hub, "last:1h") == ["now", "half"]
    assert await messages(hub, "from:2015-05-17 to:2015-05-18") == ["old"]
    assert await messages(hub, f'around:"{at(30)}"~10m') == ["half"]
    assert await messages(hub, "to:2016-01-01 old", last="1s") == ["old"]
    assert await messages(hub, "from:2015-05-17T10:05:03Z to:2015-05-17T10:05:04Z") == ["old"]
    assert await messages(hub, "from:2015-05-17 to:2015-05-17T10:05:03Z") == []
    assert await messages(hub, "around:0001-01-02~300d") == []
    assert await messages(hub, "from:2015-05-17 to:9999-12-31T23:59:59Z old") == ["old"]
    assert await messages(hub, "from:2015-05-17T10:05:04Z to:2016-01-01") == []


async def test_a_version_is_found_by_its_first_row(hub: Hub) -> None:
    await hub.ingest(rows("before", ts=at(50)) + b"\n" + rows("first", ts=at(40), version="v412"))
    await hub.ingest(rows("soon", ts=at(35)) + b"\n" + rows("long", ts=at(10), version="v412"))

    assert await messages(hub, "* deploy:v412~15m") == ["soon", "first"]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("deploy:v9~15m", "no row with version 'v9' is known"),
        ("from:12:00 to:noon", "is not a time"),
        ("last:15m | stat count", "there is no stage 'stat'"),
    ],
)
async def test_what_cannot_be_searched_is_a_bad_query(hub: Hub, query: str, why: str) -> None:
    async with hub.http.get(
        f"{hub.url}/v1/search",
        params={"q": query},
        headers={"Authorization": f"Bearer {await hub.token('viewer')}"},
    ) as answer:
        problem = msgspec.json.decode(await answer.read())["error"]

    assert answer.status == 400
    assert problem["code"] == "BAD_QUERY"
    assert why in problem["why"]


async def test_rows_pass_the_stages_and_are_ordered_and_cut(hub: Hub) -> None:
    for n in (7, 30, 12):
        await hub.ingest(rows(f"took {n} ms", "between"))

    took = 'took | extract "took (?P<ms>\\d+)"'
    assert await messages(hub, f"{took} | where ms>10") == ["took 12 ms", "took 30 ms"]
    assert await messages(hub, f"{took} | sort ms") == ["took 7 ms", "took 12 ms", "took 30 ms"]
    assert await messages(hub, f"{took} | sort ms desc | limit 1") == ["took 30 ms"]
    assert await messages(hub, "* | limit 2") == ["between", "took 12 ms"]
    assert await messages(hub, "* | dedup message | limit 9") == [
        "between",
        "took 12 ms",
        "took 30 ms",
        "took 7 ms",
    ]
    assert await messages(hub, '"took 30" | context 1 2') == [
        "took 12 ms",
        "between",
        "took 30 ms",
        "between",
    ]
    found, end = await search(hub, f"{took} | fields ms | limit 1")
    assert [set(row) for row in found] == [{"id", "env", "ts", "attrs"}]
    assert not end["truncated"]


async def test_a_trace_brings_what_came_before_its_match_too(hub: Hub) -> None:
    await hub.ingest(rows("start", trace_id="t") + b"\n" + rows("other", trace_id="u"))
    await hub.ingest(rows("hit", trace_id="t") + b"\n" + rows("end", trace_id="t"))

    assert await messages(hub, "hit | trace") == ["end", "hit", "start"]


async def test_a_table_is_one_line_over_the_whole_time(hub: Hub) -> None:
    await hub.ingest(rows("a", "b", service="api", ms=4) + b"\n" + rows("c", service="pay", ms=10))
    found, end = await search(hub, "* | stats count, avg(ms) by service | sort service desc")

    (table,) = found
    assert table["t"] == "table"
    assert table["columns"] == ["service", "count", "avg(ms)"]
    assert table["rows"] == [["pay", 1, 10], ["api", 2, 4]]
    assert table["groups"] == 2
    assert not end["truncated"]


async def test_a_chart_of_old_rows_is_by_their_own_time(hub: Hub) -> None:
    old = [rows(f"n{i}", ts=f"2015-05-17T10:0{i}:03Z") for i in (0, 0, 2)]
    await hub.ingest(b"\n".join(old))
    found, _ = await search(hub, "from:2015-05-17T10:00:00Z to:2015-05-17T10:04:00Z | timechart 1m")

    assert found[0]["rows"] == [
        ["2015-05-17T10:00:00Z", 2],
        ["2015-05-17T10:01:00Z", 0],
        ["2015-05-17T10:02:00Z", 1],
        ["2015-05-17T10:03:00Z", 0],
    ]


async def test_templates_of_two_times_stand_beside_each_other(hub: Hub) -> None:
    await hub.ingest(b"\n".join(rows(f"took {n} ms", ts=at(90)) for n in range(4)))
    await hub.ingest(
        b"\n".join([*(rows(f"took {n} ms", ts=at(30)) for n in range(6)), rows("new here", ts=at(5))])
    )
    query = f'last:1h | patterns 5 vs around:"{at(90)}"~30m'
    found, _ = await search(hub, query)

    assert found[0]["columns"] == ["pattern", "level", "count", "before"]
    assert [row[1:] for row in found[0]["rows"]] == [["info", 6, 4.0], ["info", 1, 0]]


async def test_an_answer_that_the_limit_cut_says_so(hub: Hub) -> None:
    await hub.ingest(rows("a", "b", "c"))
    found, end = await search(hub, "*", limit="2")
    assert ([row["message"] for row in found], end["truncated"]) == (["c", "b"], True)

    found, end = await search(hub, "* | sort message", limit="2")
    assert ([row["message"] for row in found], end["truncated"]) == (["a", "b"], True)


@pytest.mark.parametrize(
    "query",
    [
        "to:9999-12-31T23:59:59Z | timechart 1s",
        "around:0001-01-02~300d | timechart 1s count by service",
        "from:0001-01-01 | stats p99(n), uniq(n), first(n), sum(n), avg(n) by n",
        "* | sort n desc, message",
        '* | extract "(?P<a>\\C)(?P<b>)" | stats count by a, b',
        "n>1 n<1e300 | rate 24h by n",
        "* | dedup n, tags | fields n, tags.x, message",
        "last:366d | top 1000 n",
    ],
)
async def test_nasty_rows_and_times_end_in_an_answer(hub: Hub, query: str) -> None:
    nasty = [
        10**4000,
        -(10**30),
        1e308,
        "9" * 3000,
        True,
        [[1], {"x": "\u2028"}],
        {"x": None},
        "\u00e9",
        "",
        -0.0,
    ]
    await hub.ingest(b"\n".join(rows("\U0001f600 x", n=n, tags={"x": n}) for n in nasty))
    _, end = await search(hub, query)

    assert "truncated" in end
