"""A process that filters as servers do that know no shared queries: every viewer's query on every row.

    echo '{"queries": ["level:error"], "viewers": 200, "posts": 250, "rows": 400}' | python -m bench.load.naive

It is generous: our own compiled matcher, no sockets, frames joined from bytes. `cores` decodes a row for each viewer
(one process, goroutine or `tail | grep` a viewer), `cores_decoded_once` decodes it once and matches it for each viewer.
"""

import sys
import time
from collections.abc import Callable

import msgspec
from debugterm_protocol.query import parse
from debugterm_server.core import matcher
from debugterm_server.core.normalise import normalise

from bench.load.rows import STAMP, body
from bench.load.sender import DIFFERENT

PARTS = 3
"""Posts measured; the rest is the same."""
RATE = 20_000
_rows: msgspec.json.Decoder[dict[str, object]] = msgspec.json.Decoder(dict[str, object])

Match = Callable[[dict[str, object]], bool]


class Plan(msgspec.Struct, forbid_unknown_fields=True):
    """The same work as the hub's."""

    queries: list[str]
    viewers: int
    posts: int
    rows: int


def main() -> None:
    """Filter and print."""
    plan = msgspec.json.decode(sys.stdin.readline(), type=Plan)
    matches = [matcher.compile(parse(query)).match for query in plan.queries]
    viewers = [matches[number % len(matches)] for number in range(plan.viewers)]
    bodies = [_stored(body(plan.rows, seed=seed)) for seed in range(DIFFERENT)]
    found = {
        "cores": _cores(lambda lines: _each(lines, viewers), bodies, plan.rows),
        "cores_decoded_once": _cores(lambda lines: _once(lines, viewers), bodies, plan.rows),
        "matches": sum(_count(bodies[post % DIFFERENT], viewers) for post in range(plan.posts)),
    }
    print(msgspec.json.encode(found).decode())


def _stored(text: bytes) -> list[bytes]:
    now = time.time_ns() // 1000
    lines = text.replace(STAMP, b"%d" % time.time_ns()).split(b"\n")
    return [normalise(line, received=now, service="", host="").data for line in lines]


def _cores(work: Callable[[list[bytes]], int], bodies: list[list[bytes]], rows: int) -> float:
    """Processor seconds for a second of rows."""
    start = time.process_time()
    for lines in bodies[:PARTS]:
        work(lines)
    return (time.process_time() - start) / (PARTS * rows) * RATE


def _each(lines: list[bytes], viewers: list[Match]) -> int:
    decode = _rows.decode
    return sum(len(b",".join([line for line in lines if match(decode(line))])) for match in viewers)


def _once(lines: list[bytes], viewers: list[Match]) -> int:
    rows = [_rows.decode(line) for line in lines]
    size = 0
    for match in viewers:
        size += len(b",".join([line for line, row in zip(lines, rows, strict=True) if match(row)]))
    return size


def _count(lines: list[bytes], viewers: list[Match]) -> int:
    rows = [_rows.decode(line) for line in lines]
    each: dict[Match, int] = {}
    return sum(
        each[match] if match in each else each.setdefault(match, sum(match(row) for row in rows))
        for match in viewers
    )


if __name__ == "__main__":
    main()
