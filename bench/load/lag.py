"""A process that asks the hub `ping` every 5 ms and prints how long answers took: the stalls of its event loop.

    python -m bench.load.lag URL

It ends at SIGTERM. Whatever holds the hub's loop holds the answer for as long. The access token is read from standard input.
"""

import asyncio
import signal
import sys
import time

import aiohttp
import click
import msgspec
import uvloop
from debugterm_protocol import SUBPROTOCOL, codec, frames

PAUSE_SECONDS = 0.005


async def probe(url: str, token: str) -> dict[str, float]:
    """Milliseconds from ping to pong: median, 99th percentile, longest."""
    waits: list[float] = []
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with aiohttp.ClientSession() as http, http.ws_connect(url, protocols=(SUBPROTOCOL,)) as ws:
        await ws.send_str(codec.encode(frames.Hello(id="h", env="development", token=token)).decode())
        await ws.receive()
        print("ready", flush=True)
        while not stop.is_set():
            start = time.perf_counter()
            await ws.send_str(codec.encode(frames.Ping(ts=str(start))).decode())
            while not isinstance(codec.decode_server((await ws.receive()).data), frames.Pong):
                pass
            waits.append(time.perf_counter() - start)
            await asyncio.sleep(PAUSE_SECONDS)
    waits.sort()
    return {
        "p50_ms": waits[len(waits) // 2] * 1000,
        "p99_ms": waits[int(len(waits) * 0.99)] * 1000,
        "longest_ms": waits[-1] * 1000,
    }


@click.command()
@click.argument("url")
def main(*, url: str) -> None:
    """Probe and print."""
    token = msgspec.json.decode(sys.stdin.readline(), type=str)
    print(msgspec.json.encode(uvloop.run(probe(url, token))).decode())


if __name__ == "__main__":
    main()
