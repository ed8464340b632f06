"""WebSocket close codes: below 4500 come back, from 4500 stop. A `bye` frame says the same before it."""

from enum import IntEnum


class Close(IntEnum):
    """Why the hub closed a socket; ranges follow Centrifugo: 4000-4499 reconnect, 4500-4999 stop."""

    INTERNAL = 4000
    DEPLOY = 4001
    TOKEN_EXPIRED = 4002
    SLOW = 4003
    NO_PONG = 4004
    STATE_LOST = 4005
    RATE = 4006
    MOVED = 4007
    BAD_PROTOCOL = 4500
    AUTHENTICATION = 4501
    FORBIDDEN = 4502
    SESSION_CLOSED = 4503
    KICKED = 4504
    LOCKED = 4505
    HANDSHAKE_TIMEOUT = 4506
    VERSION = 4507
    TOO_MANY_CONNECTIONS = 4508
    REPLACED = 4509


WORDS: dict[Close, str] = {
    Close.INTERNAL: "the hub had an internal error",
    Close.DEPLOY: "the hub is restarting",
    Close.TOKEN_EXPIRED: "the access token expired",
    Close.SLOW: "this client was too slow to take session events",
    Close.NO_PONG: "this client did not answer pings",
    Close.STATE_LOST: "the stream was replaced",
    Close.RATE: "too many messages",
    Close.MOVED: "the session moved to another hub",
    Close.BAD_PROTOCOL: "the hub could not understand this client",
    Close.AUTHENTICATION: "the login is no longer valid",
    Close.FORBIDDEN: "your role does not allow this",
    Close.SESSION_CLOSED: "the session is closed",
    Close.KICKED: "you were removed from the session",
    Close.LOCKED: "access is locked",
    Close.HANDSHAKE_TIMEOUT: "no hello arrived in time",
    Close.VERSION: "client and hub speak different versions",
    Close.TOO_MANY_CONNECTIONS: "too many connections",
    Close.REPLACED: "replaced by your own newer connection",
}


def reconnects(code: int | None) -> bool:
    """Whether a client may come back by itself after this close code; None is a cut line."""
    return code is None or code < 4500
