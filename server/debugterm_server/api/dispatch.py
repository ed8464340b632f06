"""What each frame of a client does: one case a frame, every one authorised before it has an effect."""

import hashlib
from dataclasses import replace
from typing import assert_never

from debugterm_protocol import codec, frames, views
from debugterm_protocol.errors import Code
from debugterm_protocol.frames import ClientFrame

from debugterm_server.api.connection import Connection
from debugterm_server.api.watching import Watching
from debugterm_server.core.policy import Subject
from debugterm_server.core.refusal import Refusal
from debugterm_server.rooms.access import Access
from debugterm_server.rooms.sessions.needs import Conn
from debugterm_server.rooms.sessions.room import Sessions

SessionFrame = frames.Join | frames.Leave | frames.Cmd | frames.Here | frames.Status


class Dispatch:
    """Carries out the frames of connections that have said hello. Raises Refusal and what the rooms raise."""

    def __init__(self, *, access: Access, watching: Watching, sessions: Sessions) -> None:
        self._access = access
        self._watching = watching
        self._sessions = sessions

    async def carry_out(self, conn: Connection, subject: Subject, frame: ClientFrame) -> None:
        """Do what one frame asks."""
        match frame:
            case (
                frames.Watch()
                | frames.Unwatch()
                | frames.Ack()
                | views.Aside()
                | frames.Fetch()
                | views.Probe()
            ):
                await self._watching.carry_out(conn, subject, frame)
            case frames.Join() | frames.Leave() | frames.Cmd() | frames.Here() | frames.Status():
                await self._in_session(conn, subject, frame)
            case frames.Refresh():
                self._refresh(conn, subject, frame)
            case frames.Ping():
                conn.send(frames.Pong(ts=frame.ts))
            case frames.Pong():
                pass
            case frames.Hello():
                raise Refusal(Code.BAD_FRAME, "this connection has said hello already")
            case _:
                assert_never(frame)

    async def _in_session(self, conn: Connection, subject: Subject, frame: SessionFrame) -> None:
        match frame:
            case frames.Join():
                joined = await self._sessions.join(subject, Conn(conn.id, conn.client), frame, conn)
                conn.send(joined)
            case frames.Leave():
                conn.ok(frame.id, await self._sessions.leave(subject, Conn(conn.id, conn.client), frame))
            case frames.Cmd():
                conn.ok(frame.id, await self._sessions.run(subject, frame, digest_of(frame)))
            case frames.Here():
                await self._sessions.here(conn.id, frame)
            case frames.Status():
                conn.ok(frame.id, await self._sessions.status(subject, frame))
            case _:
                assert_never(frame)

    async def gone(self, conn: Connection) -> None:
        """The connection ended: nobody watches for it any more, and its presence goes."""
        if conn.subject is None:
            return
        self._watching.gone(conn, conn.subject)
        await self._sessions.gone(conn.id)

    def heights(self, conn: Connection) -> dict[str, str]:
        """The newest offset of each watch of a connection."""
        return self._watching.heights(conn)

    def _refresh(self, conn: Connection, subject: Subject, frame: frames.Refresh) -> None:
        renewed = self._access.subject(frame.token, subject.env)
        if renewed.human != subject.human:
            raise Refusal(Code.FORBIDDEN, "this token belongs to somebody else")
        conn.subject = replace(renewed, ip=subject.ip, client=subject.client)
        conn.ok(frame.id)


def digest_of(frame: frames.Cmd) -> str:
    """The digest of what a command asks, so that the same id with other content is seen."""
    return "sha256:" + hashlib.sha256(codec.encode(frame)).hexdigest()
