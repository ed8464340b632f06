"""Rows a second of one core through `normalise`, beside msgspec's decode + encode alone as the ceiling.

    uv run python bench/micro/normalise.py [FILE..]

Without files it measures lines of its own making; with files also the lines of each.
"""

import sys
import time
from pathlib import Path

import msgspec
from debugterm_server.core.normalise import normalise

NOW = 1_795_454_411_000_000
SECONDS = 1.0
SAMPLES = {
    "json": '{"ts":"2026-11-23T17:20:%02d.123456Z","level":"info","service":"api","message":"GET /v1/orders/%d 200",'
    '"trace_id":"4bf92a","user_id":"u_%d","http":{"method":"GET","status":200},"duration_ms":12.5}',
    "access": '1.2.3.4 - - [23/Nov/2026:17:20:%02d +0000] "GET /v1/orders/%d HTTP/1.1" 200 512 "http://shop/%d" "curl/8.1"',
    "syslog": "Nov 23 17:20:%02d web-1 sshd[%d]: Accepted publickey for user%d from 10.0.0.1 port 54259 ssh2",
    "log4j": "[2026-11-23 17:20:%02d,437] INFO [Controller %d]: starting up %d (kafka.controller.KafkaController)",
    "logfmt": 'ts=2026-11-23T17:20:%02dZ level=info msg="request done" path=/v1/orders/%d user=u_%d status=200',
    "text": "worker %d finished job %d in queue %d",
}


def rate(lines: list[bytes]) -> float:
    """Rows a second through normalise."""
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for line in lines:
            normalise(line, received=NOW, service="svc", host="box")
        done += len(lines)
    return done / (time.perf_counter() - start)


def ceiling(lines: list[bytes]) -> float:
    """Rows a second through msgspec alone."""
    decode, encode = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for line in lines:
            encode(decode(line))
        done += len(lines)
    return done / (time.perf_counter() - start)


def main() -> None:
    """Print one line for each kind of line."""
    kinds = {name: [(text % (i % 60, i, i)).encode() for i in range(1000)] for name, text in SAMPLES.items()}
    kinds |= {Path(name).name: Path(name).read_bytes().splitlines() for name in sys.argv[1:]}
    for name, lines in kinds.items():
        alone = f"  decode + encode alone {ceiling(lines):>9,.0f}" if lines[0][:1] == b"{" else ""
        print(f"{name:24} {rate(lines):>9,.0f} rows/s{alone}")


if __name__ == "__main__":
    main()
