"""One open socket: hello, requests and their answers, rows to news, acks, heartbeat, token renewal in-band."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
import msgspec
from debugterm_protocol import SUBPROTOCOL, codec, frames, limits, views
from debugterm_protocol.close import WORDS, Close
from debugterm_protocol.exits import Exit
from debugterm_protocol.frames import ClientFrame, Joined, Problem, ServerFrame, Welcome
from debugterm_protocol.sessions import Create, Done, Fate

from debugterm_client.config import Tokens
from debugterm_client.core import news
from debugterm_client.core.resume import SessionPlace, WatchPlace
from debugterm_client.core.wishes import Aside
from debugterm_client.net.answers import Answer, Answers, NotConnected, Request
from debugterm_client.net.http import RENEW_BEFORE_SECONDS, LoginNeeded, Refused, TokenSource, Unreachable
from debugterm_client.net.intake import Intake
from debugterm_client.net.tasks import Nursery

DEAD_SECONDS = 50
"""A hub that is silent this long, asked twice, is gone even if the line is not cut."""
NEW = "new:"
"""A session that begins so is made on the first join; what follows is its title."""
FATES = {
    "finished": "it happened",
    "accepted": "it is recorded and not finished yet",
    "refused": "it was refused",
    "cancelled": "it was cancelled and did not happen",
    "unknown": "it never arrived and did not happen",
}
FETCH_SECONDS = 60
"""Longest wait for the end of a fetch: it reads up to 500,000 rows of the stream."""
JOIN_AGAIN_SECONDS = 5.0
"""How often a join is tried again that the hub could not do."""


@dataclass(frozen=True, slots=True)
class Closed:
    """How a connection ended: close code (None: the line was cut), words, and whether there was a welcome."""

    code: int | None
    why: str
    welcomed: bool = False
    after_ms: int | None = None
    token: str = ""
    lasted: float = 0.0
    """Seconds since the welcome."""
    hopeless: bool = False
    """The address itself is wrong."""
    refused: Exit | None = None
    """What a command exits with that was refused so."""


def new_id() -> str:
    """A fresh id for a request: sortable by time, unique."""
    from ulid import ULID

    return str(ULID())


class Wire:
    """One socket from upgrade to close. Its `watches` and `session` are the link's and outlive it."""

    def __init__(
        self, tell: Callable[[news.News], None], watches: dict[str, WatchPlace], session: SessionPlace | None
    ) -> None:
        self._tell = tell
        self._watches = watches
        self._session = session
        self._intake = Intake(tell, watches, session)
        self._answers = Answers(self.send)
        self._starting: dict[str, tuple[str, WatchPlace]] = {}
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue(1000)
        self._bye: frames.Bye | None = None
        self._heard = time.monotonic()
        self._quiet = False
        self._hello: frames.Hello | None = None
        self._ended = asyncio.Event()
        self._broken = ""
        self._welcomed_at = 0.0
        self.welcomed = False
        """Whether the hub said welcome on this socket."""

    @contextlib.asynccontextmanager
    async def open(
        self, http: aiohttp.ClientSession, url: str, *, env: str, token: str, client: str
    ) -> AsyncIterator[None]:
        """Connect and keep the socket for the body of `async with`."""
        self._hello = frames.Hello(new_id(), env, token, client)
        address = "ws" + url.removeprefix("http") + "/ws"
        async with asyncio.timeout(10):
            ws = await http.ws_connect(
                address, protocols=[SUBPROTOCOL], max_msg_size=2 * limits.FRAME_OUT_BYTES
            )
        self._ws = ws
        try:
            async with Nursery("wire", on_death=self._died) as nursery:
                self._nursery = nursery
                for name, coro in (("read", self._read()), ("write", self._write()), ("tick", self._tick())):
                    nursery.spawn(name, coro)
                yield
        finally:
            self._answers.fail()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await ws.close()

    # -- requests --------------------------------------------------------------------------------------

    async def hello(self) -> Welcome:
        """Say who connects; the hub's welcome. Raises Refused, NotConnected."""
        if self._hello is None:
            raise NotConnected("the socket is not open")
        answer = await self._answers.ask(self._hello, timeout=10)
        if not isinstance(answer, Welcome):
            raise NotConnected("the hub did not say welcome")
        self.welcomed, self._welcomed_at = True, time.monotonic()
        self._intake.epoch = answer.epoch
        return answer

    def send(self, frame: ClientFrame) -> None:
        """Put a frame on its way; raises NotConnected when a thousand wait already (the line is stuck)."""
        try:
            self._outbox.put_nowait(codec.encode(frame))
        except asyncio.QueueFull:
            raise NotConnected("the connection is stuck; nothing was sent") from None

    async def ask(self, frame: Request) -> bytes:
        """Send a request and wait for its answer: the `p` of its ok. Raises Refused, NotConnected."""
        answer = await self._answers.ask(frame)
        return bytes(answer.p) if isinstance(answer, frames.Ok) else b"{}"

    async def watch(self, name: str, place: WatchPlace) -> None:
        """Start a watch in the place of the one of this name. Raises Refused, NotConnected."""
        old = self._watches.get(name)
        replaces = old.ch if old is not None and old is not place else ""
        ident = new_id()
        self._starting[ident] = (name, place)
        try:
            await self._answers.ask(
                frames.Watch(ident, place.query, place.kind, place.source, place.newest, replaces)
            )
        finally:
            self._starting.pop(ident, None)
        self.aside(place)

    def aside(self, place: WatchPlace) -> None:
        """Ask for what else this watch wants to be told; without a wish the hub need not hear of it."""
        wish = place.aside
        if place.ch and wish != Aside():
            fields = ["*"] if wish.facets else []
            self.send(views.Aside(place.ch, wish.histogram, fields, wish.patterns))

    async def fetch(self, place: WatchPlace, start: str, end: str) -> None:
        """Rows from `start` to `end`, told as they come; returns after the last. Raises Refused, NotConnected."""
        await self._answers.ask(frames.Fetch(new_id(), place.ch, start, end), timeout=FETCH_SECONDS)

    async def resume(self) -> None:
        """Join the session and start every watch where it stopped."""
        if self._session is not None:
            await self._join_or_later()
        for name, place in [*self._watches.items()]:
            place.forget_acks()
            place.ch = ""
            if place.follows and self._session is not None and self._session.snapshot is not None:
                place.query, place.follows = self._session.snapshot.view.query, False
            try:
                await self.watch(name, place)
            except Refused as refused:
                self._tell(news.WatchRefused(name, refused.problem))

    async def _join_or_later(self) -> None:
        """Join; when the hub cannot now (its audit log is away), the stream goes on and the join is tried again."""
        try:
            await self._join()
        except Refused as refused:
            if refused.exit is not Exit.FAILED:
                raise
            self._tell(news.Complaint(refused.problem))
            self._nursery.spawn("join", self._join_later())

    async def _join_later(self) -> None:
        while True:
            await asyncio.sleep(JOIN_AGAIN_SECONDS)
            try:
                await self._join()
            except Refused as refused:
                self._tell(news.Complaint(refused.problem))
            else:
                return

    async def _join(self) -> None:
        session = self._session
        if session is None:
            return
        if session.session.startswith(NEW):
            made = await self.ask(frames.Cmd(new_id(), Create(session.session.removeprefix(NEW))))
            session.session = msgspec.json.decode(made, type=Done).session
        try:
            await self._answers.ask(frames.Join(new_id(), session.session, session.source))
        except Refused as refused:
            if refused.problem.code != "BAD_OFFSET":
                raise
            session.forget()
            await self._answers.ask(frames.Join(new_id(), session.session))

    async def leave(self, ch: str) -> None:
        """Leave a session for all to see."""
        with contextlib.suppress(Refused, NotConnected):
            await self._answers.ask(frames.Leave(new_id(), ch), timeout=2)

    async def status(self, ident: str) -> str:
        """What became of a command, in words."""
        try:
            answer = await self.ask(frames.Status(new_id(), ident))
        except (Refused, NotConnected) as error:
            return str(error)
        return FATES[msgspec.json.decode(answer, type=Fate).state]

    # -- what runs while the socket is open ---------------------------------------------------------------

    async def closed(self) -> Closed:
        """Wait for the end of the connection."""
        await self._ended.wait()
        return self.how_it_closed("the connection was cut")

    def how_it_closed(self, why: str) -> Closed:
        """The end in words: the hub's `bye`, else what its close code means, else `why`."""
        ws = getattr(self, "_ws", None)
        code = self._bye.code if self._bye else (ws.close_code if ws is not None else None)
        if code is not None and not 4000 <= code < 5000:
            code = None
        known = WORDS[Close(code)] if code in {int(each) for each in Close} else ""
        reason = (self._bye.reason if self._bye else "") or known or self._broken or why
        after = self._bye.reconnect_after_ms if self._bye else None
        token = (self._hello.token or "") if self._hello else ""
        lasted = time.monotonic() - self._welcomed_at if self.welcomed else 0.0
        return Closed(code, reason, self.welcomed, after, token, lasted)

    def keep_token_fresh(self, source: TokenSource, tokens: Tokens) -> None:
        """Renew the access token of this connection a minute before it ends, for as long as it is open."""
        self._nursery.spawn("renew", self._renew(source, tokens))

    async def _renew(self, source: TokenSource, tokens: Tokens) -> None:
        while tokens.expires_at != float("inf"):
            await asyncio.sleep(max(1.0, tokens.expires_at - time.time() - RENEW_BEFORE_SECONDS + 0.1))
            try:
                tokens = await source.access()
                await self._answers.ask(frames.Refresh(new_id(), tokens.access_token))
            except (Unreachable, NotConnected):
                await asyncio.sleep(5)
            except (LoginNeeded, Refused) as error:
                # The hub closes with 4002 or 4501 when the old token ends; until then the stream goes on.
                self._tell(news.Complaint(Problem("UNAUTHENTICATED", str(error))))
                return

    async def _write(self) -> None:
        while True:
            await self._ws.send_str((await self._outbox.get()).decode())

    async def _read(self) -> None:
        try:
            async for message in self._ws:
                self._heard = time.monotonic()
                if self._quiet:
                    self._quiet = False
                    self._tell(news.Quiet(on=False))
                if message.type is not aiohttp.WSMsgType.TEXT:
                    continue
                self._take(codec.decode_server(message.data))
        except (codec.BadFrame, ValueError) as error:
            self._broken = f"the hub sent something this client cannot read: {error}"
        finally:
            self._ended.set()
            self._answers.fail()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(limits.ACK_MS / 1000)
            for place in self._watches.values():
                self._ack(place)
            silent = time.monotonic() - self._heard
            if silent > DEAD_SECONDS:
                self._broken = f"the hub was silent for {silent:.0f} s"
                self._ended.set()
                return
            if silent > limits.QUIET_MS / 1000 and not self._quiet:
                self._quiet = True
                self._tell(news.Quiet(on=True))
                self.send(frames.Ping(datetime.now(UTC).isoformat()))

    def _ack(self, place: WatchPlace) -> None:
        if place.ch and place.kind == "log" and (offset := place.ack()) is not None:
            self.send(frames.Ack(place.ch, offset))

    def _died(self, error: BaseException) -> None:
        self._broken = self._broken or "the connection broke" + (f": {error}" if str(error) else "")
        self._ended.set()
        self._answers.fail()

    # -- frames in -----------------------------------------------------------------------------------------

    def _take(self, frame: ServerFrame) -> None:
        match frame:
            case frames.Ok() | frames.Joined() | frames.Welcome() | frames.Fetched() | frames.Err():
                self._take_answer(frame)
            case frames.Points():
                self._tell(news.Measured(frame.p))
            case frames.Ev() | frames.Roster():
                self._take_session(frame)
            case frames.Ping():
                self.send(frames.Pong(frame.ts))
                self._intake.heights(frame.hw)
                self._tell_time(frame.ts)
            case frames.Bye():
                self._bye = frame
            case frames.Pong():
                """That it came is what it says."""
            case _:
                place = self._intake.stream(frame)
                if place is not None and place.owes:
                    self._ack(place)

    def _tell_time(self, ts: str) -> None:
        with contextlib.suppress(ValueError):
            self._tell(news.HubTime(datetime.fromisoformat(ts).timestamp() - time.time()))

    def _take_session(self, frame: frames.Ev | frames.Roster) -> None:
        if self._intake.session_frame(frame):
            self._nursery.spawn("rejoin", self._join())

    def _take_answer(self, frame: Answer | frames.Err) -> None:
        if isinstance(frame, frames.Err):
            self._take_error(frame)
            return
        match frame:
            case Joined():
                self._intake.joined(frame)
            case frames.Ok() if frame.id in self._starting:
                # Bound here and not in the asking task: rows may stand in the next frame already.
                self._intake.start(*self._starting[frame.id], bytes(frame.p))
            case frames.Fetched():
                self._intake.fetched(frame)
                if not frame.done:
                    return
            case _:
                """Nothing but the answer."""
        self._answers.take(frame)

    def _take_error(self, frame: frames.Err) -> None:
        if self._answers.refuse(frame.id, frame.p):
            return
        if not self.welcomed:
            self._broken = frame.p.why
        else:
            self._tell(news.Complaint(frame.p))
