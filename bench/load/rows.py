"""The rows of every bench: NDJSON of about 300 bytes, as a web service logs them."""

import time

STAMP = b"1000000000000000000"
"""Stands where a sender writes the nanoseconds since 1970 of the moment in which it sends the row."""


def body(rows: int, *, seed: int = 0) -> bytes:
    """`rows` rows of about 300 bytes; equal for equal seeds but for their time."""
    now = time.time()
    return b"\n".join(_row(seed * rows + index, now) for index in range(rows))


def _row(number: int, now: float) -> bytes:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    level = b"error" if number % 100 == 99 else b"warn" if number % 20 == 19 else b"info"
    return (
        b'{"ts":"%b.%06dZ","level":"%b","service":"checkout","host":"web-%d","message":"POST /v1/orders/%d 201 in %d ms",'
        b'"trace_id":"4bf92f3577b34da6a3ce929d%08x","sent":%b,"user_id":"u_%d",'
        b'"http":{"method":"POST","status":201,"route":"/v1/orders/{id}"},"duration_ms":%d.5}'
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
        number % 400,
    )
