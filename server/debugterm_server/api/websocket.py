"""One upgraded connection by RFC 6455: messages in, whole frames out, and an end of our own that lets go in time.

aiohttp parses and refuses nearly all that RFC 6455 forbids; `api/masking.py` adds what it lets pass. Closing is done
here, because aiohttp answers close codes that must not be sent, closes before anybody could say `bye`, and waits
without end for a client that does not read. A subclass is the only way to keep it from closing by itself.
"""

import asyncio
from contextlib import suppress
from typing import Self

from aiohttp import WebSocketError, WSCloseCode, WSMessage, WSMsgType, web
from debugterm_protocol import SUBPROTOCOL, limits

from debugterm_server.api import wire

CLOSE_SECONDS = 3.0
"""How long a client may take to answer our close, and to take what still waits for it."""
LINGER_SECONDS = 1.0
"""How long bytes of a client whose frame was refused are thrown away: a reset would destroy our `bye` on its way."""
NOT_SENT = frozenset({1004, 1005, 1006, 1015})
"""Codes that no endpoint may send: three say what happened to a connection, one has no meaning."""
LAST_CODE = 4999


class Ended(Exception):
    """The connection is over from the other side, or because of what came from it.

    `code` is what our close says, None when nobody is there to hear it; `fault` when it broke the protocol.
    """

    def __init__(self, code: int | None, *, fault: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.fault = fault


class _Upgrade(web.WebSocketResponse):
    """aiohttp's parser and handshake without its own ideas of an end."""

    async def close(
        self,
        *,
        code: int = WSCloseCode.OK,  # noqa: ARG002 - the signature is aiohttp's, as below
        message: bytes = b"",  # noqa: ARG002
        drain: bool = True,  # noqa: ARG002
    ) -> bool:
        return False


class WebSocket:
    """Made by `upgrade`; closed by `close`, once, at the end of the handler."""

    def __init__(self, upgraded: _Upgrade, transport: asyncio.Transport) -> None:
        self._upgraded = upgraded
        self._loop = asyncio.get_running_loop()
        self._over = False
        self.transport = transport
        self.heard = self._loop.time()
        """When the last frame came, by the loop's clock: any frame shows that the other side lives."""

    @classmethod
    async def upgrade(cls, request: web.Request, *, longest: int = limits.FRAME_IN_BYTES) -> Self:
        """Answer the upgrade; messages may have `longest` bytes. Raises Ended when nobody is there any more."""
        upgraded = _Upgrade(
            protocols=(SUBPROTOCOL,),
            autoclose=False,
            autoping=False,
            compress=False,
            max_msg_size=longest + 1,  # aiohttp refuses a message of just this size
        )
        try:
            await upgraded.prepare(request)
        except ConnectionError:
            raise Ended(None) from None
        if request.transport is None:
            raise Ended(None)
        return cls(upgraded, request.transport)

    @property
    def response(self) -> web.StreamResponse:
        """What a handler returns to aiohttp."""
        return self._upgraded

    async def receive(self) -> WSMessage:
        """The next text or binary message; pings are answered. Raises Ended."""
        while True:
            message = await self._upgraded.receive()
            self.heard = self._loop.time()
            match message.type:
                case WSMsgType.TEXT | WSMsgType.BINARY:
                    return message
                case WSMsgType.PING:
                    self._control(WSMsgType.PONG, message.data)
                case WSMsgType.PONG:
                    """Heard is all that counts."""
                case WSMsgType.CLOSE:
                    self._over = True
                    raise _answer(message.data)
                case WSMsgType.ERROR if isinstance(message.data, WebSocketError):
                    raise Ended(message.data.code, fault=True)
                case _:
                    raise Ended(None)

    def ping(self) -> None:
        """Ask for a sign of life."""
        self._control(WSMsgType.PING, b"")

    async def close(self, code: int | None, reason: str = "", *, fault: bool = False) -> None:
        """Say the end with this code, unless nobody hears it; wait a moment for theirs; let go of the connection."""
        if code is not None and not self.transport.is_closing():
            self.transport.write(wire.control(WSMsgType.CLOSE, code.to_bytes(2, "big") + reason.encode()))
            if fault:
                await self._linger()
            elif not self._over:
                with suppress(TimeoutError, Ended):
                    async with asyncio.timeout(CLOSE_SECONDS):
                        while True:
                            await self.receive()
        self.transport.close()
        _ = self._loop.call_later(CLOSE_SECONDS, self.transport.abort)

    async def _linger(self) -> None:
        until = self._loop.time() + LINGER_SECONDS
        while not self.transport.is_closing() and self._loop.time() < until:
            await asyncio.sleep(0.02)

    def _control(self, kind: WSMsgType, payload: bytes) -> None:
        """Dropped when the other side does not read: what it asks for must not pile up here."""
        if (
            not self.transport.is_closing()
            and self.transport.get_write_buffer_size() < limits.WRITE_BUFFER_BYTES
        ):
            self.transport.write(wire.control(kind, payload))


def _answer(code: int) -> Ended:
    """What is answered to a close with this code; 0 is one without a code."""
    if code in NOT_SENT or code > LAST_CODE:
        return Ended(WSCloseCode.PROTOCOL_ERROR, fault=True)
    return Ended(code or WSCloseCode.OK)
