"""Rows a second that one distinct query matches, beside the naive definition: `python -m bench.micro.matching`.

Last line: the load of a hub with 50 distinct filters over 20,000 rows/s, decoding included, as a part of one core.
"""

import random
import time
from collections.abc import Callable

import msgspec
from debugterm_protocol.query import meaning, parse
from debugterm_server.core import matcher, regex
from debugterm_server.core.columns import Columns, Row

ROWS = 500
SECONDS = 0.3
QUERIES = [
    "timeout",
    '"pool exhausted"',
    "level>=warn",
    "level:error service:api timeout",
    "service:(api OR pay) -path:/health",
    "status>=500 status<=599",
    "latency_ms>500 http.method:post",
    "path:/checkout/*",
    "user_id:u_17 OR trace_id:4bf92a*",
    'message~"time(d )?out after [0-9]+ms"',
    'message~"(lock|mutex)"',
]


def rows() -> list[Row]:
    """A shop: 300 bytes a row, 80 % info, a tenth of them interesting."""
    chance = random.Random(1)
    ends = ["ok", "ok", "cache miss", "pool exhausted", "timeout waiting for lock", "timed out after 30ms"]
    return [
        {
            "ts": f"2026-11-23T18:00:00.{i:06d}Z",
            "level": chance.choices(["info", "debug", "warn", "error"], [80, 10, 7, 3])[0],
            "service": chance.choice(["api", "pay", "cart", "web", "auth"]),
            "host": f"prod-eu-{i % 7}",
            "message": f"GET /checkout/{i} in {i % 900} ms for user u_{i % 77} {chance.choice(ends)}",
            "trace_id": f"{chance.getrandbits(128):032x}",
            "attrs": {
                "status": chance.choice([200, 200, 200, 404, 500]),
                "latency_ms": i % 900,
                "path": f"/checkout/{i}",
                "http": {"method": "POST"},
                "user_id": f"u_{i % 77}",
            },
        }
        for i in range(ROWS)
    ]


def each(work: Callable[[], object]) -> float:
    """Seconds of one call, the best of many: others share the machine."""
    best, until = 1.0, time.perf_counter() + SECONDS
    while (start := time.perf_counter()) < until:
        work()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Print one line for each query."""
    found = rows()
    data = b"\n".join(msgspec.json.encode(row) for row in found)
    warm = Columns(data, n=ROWS)
    print(f"{'':45} {'compiled':>12} {'naive':>10}  rows/s")
    for text in QUERIES:
        query = parse(text)
        compiled = matcher.compile(query)
        compiled.pick(warm)
        fast = each(lambda compiled=compiled: compiled.pick(warm))
        naive = each(
            lambda query=query: [row for row in warm.rows if meaning.matches(query, row, search=regex.found)]
        )
        print(f"{text:45} {ROWS / fast:>12,.0f} {ROWS / naive:>10,.0f}  {naive / fast:.0f}x")
    fifty = [matcher.compile(parse(f"{QUERIES[i % len(QUERIES)]} -nothing{i}")) for i in range(50)]

    def hub() -> None:
        batch = Columns(data, n=ROWS)
        for one in fifty:
            one.pick(batch)

    print(f"50 distinct filters over 20,000 rows/s: {each(hub) / ROWS * 20_000:.0%} of one core")


if __name__ == "__main__":
    main()
