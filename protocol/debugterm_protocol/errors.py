"""Every error a client can get: a code, whose fault it is, whether to retry, and what it becomes elsewhere."""

from enum import StrEnum
from typing import Literal, NamedTuple

from debugterm_protocol.close import Close
from debugterm_protocol.exits import Exit

Fault = Literal["you", "policy", "server"]


class Code(StrEnum):
    """The `code` of an `err` frame and of an HTTP error body; the docs explain each."""

    BAD_FRAME = "BAD_FRAME"
    BAD_REQUEST = "BAD_REQUEST"
    BAD_QUERY = "BAD_QUERY"
    BAD_OFFSET = "BAD_OFFSET"
    BAD_BATCH = "BAD_BATCH"
    BAD_ENCODING = "BAD_ENCODING"
    TOO_LARGE = "TOO_LARGE"
    TOKEN_IN_URL = "TOKEN_IN_URL"  # noqa: S105 - the name of an error, not a secret
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    BAD_ORIGIN = "BAD_ORIGIN"
    NOT_FOUND = "NOT_FOUND"
    METHOD = "METHOD"
    CONFLICT = "CONFLICT"
    DUPLICATE = "DUPLICATE"
    LIMIT = "LIMIT"
    RATE = "RATE"
    AUDIT_UNAVAILABLE = "AUDIT_UNAVAILABLE"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


class Kind(NamedTuple):
    """What an error code means to each kind of listener."""

    fault: Fault
    again: Literal["retry", "final"]
    http: int
    exit: Exit
    close: Close | None = None


KINDS: dict[Code, Kind] = {
    Code.BAD_FRAME: Kind("you", "final", 400, Exit.FAILED, Close.BAD_PROTOCOL),
    Code.BAD_REQUEST: Kind("you", "final", 400, Exit.USAGE),
    Code.BAD_QUERY: Kind("you", "final", 400, Exit.USAGE),
    Code.BAD_OFFSET: Kind("you", "final", 400, Exit.USAGE),
    Code.BAD_BATCH: Kind("you", "final", 400, Exit.USAGE),
    Code.BAD_ENCODING: Kind("you", "final", 400, Exit.FAILED),
    Code.TOO_LARGE: Kind("you", "final", 413, Exit.FAILED),
    Code.TOKEN_IN_URL: Kind("you", "final", 400, Exit.USAGE),
    Code.UNAUTHENTICATED: Kind("you", "final", 401, Exit.LOGIN_NEEDED, Close.AUTHENTICATION),
    Code.FORBIDDEN: Kind("policy", "final", 403, Exit.DENIED, Close.FORBIDDEN),
    Code.BAD_ORIGIN: Kind("policy", "final", 403, Exit.DENIED),
    Code.NOT_FOUND: Kind("you", "final", 404, Exit.NOT_FOUND),
    Code.METHOD: Kind("you", "final", 405, Exit.FAILED),
    Code.CONFLICT: Kind("you", "final", 409, Exit.FAILED),
    Code.DUPLICATE: Kind("you", "final", 409, Exit.FAILED),
    Code.LIMIT: Kind("policy", "final", 429, Exit.FAILED),
    Code.RATE: Kind("policy", "retry", 429, Exit.FAILED, Close.RATE),
    Code.AUDIT_UNAVAILABLE: Kind("server", "retry", 503, Exit.FAILED),
    Code.UNAVAILABLE: Kind("server", "retry", 503, Exit.FAILED),
    Code.INTERNAL: Kind("server", "retry", 500, Exit.FAILED, Close.INTERNAL),
}
