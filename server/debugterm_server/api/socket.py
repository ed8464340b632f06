"""`/ws`: one socket. Frames in, each authorised by itself; bounded queues out; a reason at every end."""

import asyncio
import time
from dataclasses import replace

import structlog
from aiohttp import WSMsgType, web
from debugterm_protocol import SUBPROTOCOL, VERSION, codec, frames, limits, views
from debugterm_protocol.close import WORDS, Close
from debugterm_protocol.errors import Code
from debugterm_protocol.frames import ClientFrame, Problem

from debugterm_server.api import identity, origin, problems
from debugterm_server.api.connection import Connection
from debugterm_server.api.dispatch import Dispatch
from debugterm_server.api.guarding import in_time
from debugterm_server.api.house import HOUSE
from debugterm_server.api.sockets import Sockets
from debugterm_server.api.websocket import Ended, WebSocket
from debugterm_server.core.policy import Subject
from debugterm_server.core.refusal import Refusal, Unauthenticated
from debugterm_server.kit import ids
from debugterm_server.kit.clock import rfc3339
from debugterm_server.kit.tasks import Nursery

log = structlog.get_logger()

DISPATCH: web.AppKey[Dispatch] = web.AppKey("DISPATCH", Dispatch)
SOCKETS: web.AppKey[Sockets] = web.AppKey("SOCKETS", Sockets)

WAITING_REQUESTS = 64
"""Requests of one socket that wait for the one before; more are refused."""
BAD_FRAMES = 3
"""After this many frames that are none, the client does not speak our protocol."""


async def socket(request: web.Request) -> web.StreamResponse:
    """Upgrade, say hello, serve until either side ends it."""
    _admit(request)
    try:
        ws = await WebSocket.upgrade(request)
    except Ended:
        return web.Response()  # nobody is there to get it
    conn = Connection(ids.new("c"), ws.transport)
    sockets = request.app[SOCKETS]
    sockets.add(conn)
    try:
        await _end(ws, conn, await _Serving(request, ws, conn).run())
    finally:
        await request.app[DISPATCH].gone(conn)
        sockets.remove(conn)
    return ws.response


async def _end(ws: WebSocket, conn: Connection, why: Close | Ended) -> None:
    """Say why, then close; a client that closed by itself knows why, one that broke the protocol is told."""
    match why:
        case Ended(code=code, fault=fault):
            if fault:
                conn.bye(Close.BAD_PROTOCOL)
            await ws.close(code, fault=fault)
        case Close():
            conn.bye(why)
            await ws.close(why, WORDS[why])


def _admit(request: web.Request) -> None:
    """Before the upgrade: our own page or no page, no secret in the address, and room. Raises Refusal."""
    if identity.SECRETS & request.query.keys():
        raise Refusal(
            Code.TOKEN_IN_URL,
            "a secret stands in the address, where every log on the way keeps it",
            fix="send the token in the hello frame, and replace the one that was shown",
        )
    if "Origin" in request.headers and not origin.is_ours(request):
        raise Refusal(
            Code.BAD_ORIGIN, "this page may not connect to this hub", fix="open the hub's own address"
        )
    offered = request.headers.get("Sec-WebSocket-Protocol", "")
    if SUBPROTOCOL not in [name.strip() for name in offered.split(",")]:
        raise Refusal(Code.BAD_REQUEST, f"the subprotocol {SUBPROTOCOL} was not offered")
    if request.app[SOCKETS].full or request.app[SOCKETS].draining:
        raise Refusal(Code.UNAVAILABLE, "the hub takes no new connections now", retry_ms=2_000)


class _Serving:
    """One socket from hello to its end."""

    def __init__(self, request: web.Request, ws: WebSocket, conn: Connection) -> None:
        self._request = request
        self._ws = ws
        self._conn = conn
        self._dispatch = request.app[DISPATCH]
        self._requests: asyncio.Queue[ClientFrame] = asyncio.Queue(WAITING_REQUESTS)
        self._ended: Ended | None = None

    async def run(self) -> Close | Ended:
        """Serve; why it ended."""
        try:
            async with asyncio.timeout(limits.HELLO_SECONDS):
                if not await self._hello():
                    return Close.AUTHENTICATION
        except TimeoutError:
            return Close.HANDSHAKE_TIMEOUT
        except Ended as ended:
            return ended
        if not self._request.app[SOCKETS].greet(self._conn):
            return Close.TOO_MANY_CONNECTIONS
        self._welcome()
        async with Nursery(f"socket {self._conn.id}") as nursery:
            reading = nursery.spawn("read", self._read())
            _ = nursery.spawn("work", self._work())
            _ = nursery.spawn("beat", self._beat())
            await asyncio.wait((reading, self._conn.closing), return_when=asyncio.FIRST_COMPLETED)
        if self._ended is not None:
            return self._ended
        return self._conn.closing.result() if self._conn.closing.done() else Close.INTERNAL

    async def _hello(self) -> bool:
        """Wait for the first frame and find out who this is."""
        message = await self._ws.receive()
        if message.type is not WSMsgType.TEXT:
            return False
        try:
            frame = codec.decode_client(message.data)
            if not isinstance(frame, frames.Hello):
                raise codec.BadFrame("the first frame must be hello")
        except codec.BadFrame as error:
            self._conn.err("", Problem(code=Code.BAD_FRAME, why=str(error)))
            return False
        self._first = frame
        self._conn.client = frame.client[:60]
        try:
            token = frame.token if frame.token is not None else identity.bearer(self._request)
            subject = self._request.app[identity.ACCESS].subject(token, frame.env or None)
            if not self._request.app[HOUSE].hub.has(subject.env):
                raise Unauthenticated
        except Refusal as refusal:
            self._conn.err(frame.id, refusal.problem)
            return False
        self._conn.subject = replace(subject, ip=identity.caller(self._request).ip, client=self._conn.client)
        return True

    def _welcome(self) -> None:
        subject = self._subject
        house = self._request.app[HOUSE]
        self._conn.send(
            frames.Welcome(
                id=self._first.id,
                conn=self._conn.id,
                human=subject.human,
                name=subject.name,
                env=subject.env,
                role=subject.role,
                server=VERSION,
                epoch=house.hub.epoch(subject.env),
                durability=house.streams.measured.durability,
                heartbeat_ms=limits.HEARTBEAT_MS,
                limits={"window_rows": limits.WINDOW_ROWS, "query_bytes": limits.QUERY_BYTES},
            )
        )

    @property
    def _subject(self) -> Subject:
        assert self._conn.subject is not None  # noqa: S101 - hello set it
        return self._conn.subject

    async def _read(self) -> None:
        """Take frames until the client is gone; quick ones at once, the others in their order."""
        while True:
            try:
                message = await self._ws.receive()
            except Ended as ended:
                self._ended = ended
                return
            if message.type is not WSMsgType.TEXT:
                self._conn.close(Close.BAD_PROTOCOL)
                return
            try:
                frame = codec.decode_client(message.data)
            except codec.BadFrame as error:
                self._bad(str(error))
                continue
            if isinstance(frame, frames.Ack | views.Aside | frames.Ping | frames.Pong | frames.Here):
                await self._do(frame)
            elif self._requests.full():
                problem = Problem(
                    code=Code.RATE, why="too many requests wait on this connection", retry_ms=500
                )
                self._conn.err(frame.id, problem)
            else:
                self._requests.put_nowait(frame)

    async def _work(self) -> None:
        while True:
            await self._do(await self._requests.get())

    async def _do(self, frame: ClientFrame) -> None:
        request = getattr(frame, "id", "")
        if not in_time(self._subject):
            self._conn.close(Close.TOKEN_EXPIRED)
            return
        try:
            await self._dispatch.carry_out(self._conn, self._subject, frame)
        except Exception as error:
            problem = problems.of(error)
            if problem.code == Code.INTERNAL:
                log.exception("frame failed", frame=type(frame).__name__, conn=self._conn.id)
            self._conn.err(request, problem)

    def _bad(self, why: str) -> None:
        self._conn.err("", Problem(code=Code.BAD_FRAME, why=why, fix="see docs/reference/protocol.md"))
        self._conn.bad_frames += 1
        if self._conn.bad_frames >= BAD_FRAMES:
            self._conn.close(Close.BAD_PROTOCOL)

    async def _beat(self) -> None:
        """Ping with the height of each watch; the first at once, so that a client knows its lag.

        Two beats whose answer is late are the end: a line that is cut on the way says nothing.
        """
        half = limits.HEARTBEAT_MS / 2000
        loop = asyncio.get_running_loop()
        while True:
            self._ws.ping()
            self._conn.send(frames.Ping(ts=rfc3339(time.time()), hw=self._dispatch.heights(self._conn)))
            for _ in range(2):
                await asyncio.sleep(half)
                if loop.time() - self._ws.heard > 3 * half:
                    self._conn.close(Close.NO_PONG)
