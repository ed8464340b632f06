"""Serves an echo over the hub's own sockets, runner and doors, for conformance suites: `python -m tests.support.echo PORT`."""

import asyncio
import sys

from aiohttp import WSMsgType, web
from debugterm_server.api.runner import Runner
from debugterm_server.api.websocket import Ended, WebSocket
from debugterm_server.api.wire import wrap
from debugterm_server.kit import listening, loop

LONGEST = 16 * 1024 * 1024
"""The hub's own limit is 64 KiB, the suites send up to 16 MiB."""


async def echo(request: web.Request) -> web.StreamResponse:
    ws = await WebSocket.upgrade(request, longest=LONGEST)
    try:
        while True:
            message = await ws.receive()
            if message.type is WSMsgType.TEXT:
                ws.transport.write(wrap(message.data.encode()))
            else:
                ws.transport.write(b"\x82" + wrap(message.data)[1:])
    except Ended as ended:
        await ws.close(ended.code, fault=ended.fault)
    return ws.response


async def main(port: int) -> None:
    app = web.Application()
    app.router.add_get("/", echo)
    runner = Runner(app, access_log=None)
    await runner.setup()
    for door in listening.sockets("127.0.0.1", port, shared=False):
        await web.SockSite(runner, door).start()
    print("ready", flush=True)  # noqa: T201 - whoever started us waits for it
    await asyncio.Event().wait()


if __name__ == "__main__":
    loop.run(main(int(sys.argv[1])))
