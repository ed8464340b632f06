"""The scripted hub with the real page in front of it: what the browser shows when the hub says this or that."""

from dataclasses import dataclass

import msgspec
from aiohttp import web
from debugterm_protocol import frames
from debugterm_protocol.frames import Presence
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import ChatLine, Listed, Listing, Member, SharedView, Snapshot
from debugterm_server.api import headers
from debugterm_server.api.http import static

from tests.support.scripted_hub import Hub, Peer

AT = "2026-11-23T18:42:01.000000Z"
CTL = "s_1/ctl"
ANA = Member(human="h_ana", name="ana", role=Role.RESPONDER, at=AT)
BO = Member(human="h_bo", name="bo martin", role=Role.COMMANDER, at=AT)
CY = Member(human="h_cy", name="cy", role=Role.VIEWER, at=AT)
ROOM = Snapshot(
    v=1,
    rev=5,
    id="s_1",
    env="prod",
    slug="INC-42",
    title="Checkout answers 5xx",
    created_by="h_bo",
    created_at=AT,
    members={"h_ana": ANA, "h_bo": BO, "h_cy": CY},
    driver="h_bo",
    view=SharedView(query="", by="bo martin", at=AT),
    chat=[ChatLine(seq=3, at=AT, human="h_bo", name="bo martin", text="all on pay-3?")],
)
HERE = [
    Presence("c1", "h_ana", "ana", Role.RESPONDER, "browser/0.1.0", "active"),
    Presence("c2", "h_bo", "bo martin", Role.COMMANDER, "terminal/0.1.0", "typing"),
]


class Stage(Hub):
    """Hub, page and policy."""

    def application(self) -> web.Application:
        app = super().application()
        app.add_routes(
            [
                web.get("/s/{session}", static.page),
                web.get("/assets/{name}", static.asset),
                web.get("/favicon.svg", static.icon),
                web.get("/v1/sessions", _sessions),
                web.post("/v1/auth/code", self._auth),
                web.post("/v1/auth/logout", self._auth),
            ]
        )
        app.on_response_prepare.append(headers.protect(https=False))
        return app


async def _sessions(_request: web.Request) -> web.Response:
    lobby = Listed("s_lobby-prod", "lobby", "Lobby", "", AT, [CY], [])
    room = Listed(ROOM.id, ROOM.slug, ROOM.title, ROOM.created_by, AT, [ANA, BO], ["h_ana", "h_bo"])
    return web.Response(body=msgspec.json.encode(Listing([lobby, room])), content_type="application/json")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the browser said on its way in."""

    join: frames.Join
    log: frames.Watch


async def enter(peer: Peer, room: Snapshot = ROOM, *, ch: str = "log:prod:1") -> Entry:
    """Let the browser in: welcome, joined, both watches answered. The rows are up to the script."""
    await peer.welcome()
    join = await peer.expect(frames.Join)
    await peer.send(
        frames.Joined(
            join.id, CTL, epoch="S1", o=str(room.rev), recovered=False, presence=HERE, snapshot=room
        )
    )
    return Entry(join, await answer_watches(peer, ch))


async def answer_watches(peer: Peer, ch: str = "log:prod:1") -> frames.Watch:
    """Accept the watch of the metrics and that of the rows; the latter is returned."""
    while True:
        watch = await peer.expect(frames.Watch)
        name = ch if watch.kind == "log" else "met:prod"
        await peer.send(frames.Ok(watch.id, msgspec.Raw(msgspec.json.encode({"ch": name}))))
        if watch.kind == "log":
            return watch


def caught(ch: str = "log:prod:1", offset: str = "1-0-0") -> frames.Caught:
    return frames.Caught(ch, offset)
