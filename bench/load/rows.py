"""The rows of every bench: NDJSON of 300 bytes, as a web service logs them, and the queries that viewers ask of them."""

import time

STAMP = b"1000000000000000000"
"""Stands where a sender writes the nanoseconds since 1970 of the moment in which it sends the row."""
PODS = 40
"""Pods by default: one of them is 500 rows/s at 20,000."""


def body(rows: int, *, seed: int = 0, pods: int = PODS) -> bytes:
    """`rows` rows of 300 bytes; equal for equal seeds but for their time."""
    now = time.time()
    return b"\n".join(_row(seed * rows + index, now, pods) for index in range(rows))


def _row(number: int, now: float, pods: int) -> bytes:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    level = b"error" if number % 100 == 99 else b"warn" if number % 20 == 19 else b"info"
    return (
        b'{"ts":"%b.%06dZ","level":"%b","service":"checkout","host":"web-%d","message":"POST /v1/orders/%d 201 in %d ms",'
        b'"trace_id":"4bf92f3577b34da6a3ce%08x","sent":%b,"user_id":"u_%d","pod":"p-%d",'
        b'"http":{"method":"POST","status":%d,"route":"/v1/orders"},"duration_ms":%d.5}'
    ) % (
        moment.encode(),
        number % 1_000_000,
        level,
        number % 8,
        number,
        number % 400,
        number,
        STAMP,
        number % 5_000,
        number % pods,
        503 if number % 100 == 99 else 201,
        number % 400,
    )


def pods(count: int) -> list[str]:
    """One query for each pod: together they match every row once."""
    return [f"pod:p-{number}" for number in range(count)]


def different(count: int) -> list[str]:
    """`count` different queries of ten kinds, as people write them; each matches few of the rows."""
    kinds = (
        "user_id:u_{n}",
        "orders/{n}",
        "host:web-{d} level>=warn",
        "duration_ms>{big}.6",
        "http.status>=500 pod:p-{n}",
        'level:error "orders/{n}"',
        "user_id:u_{n}* -level:info",
        "pod:p-{n} duration_ms<20",
        "(host:web-{d} or host:web-7) level:error",
        "trace_id:*00{n}",
    )
    return [
        kinds[place % len(kinds)].format(n=10 + place, d=place % 8, big=349 + place) for place in range(count)
    ]
