"""What a recognised log line is made of."""

from msgspec import Struct


class Line(Struct):
    """One log record as its sender meant it; None = the line does not say.

    `ts` is microseconds since 1970, `level` one of `levels.LEVELS`, `attrs` everything that has no field of its
    own. `parse_error` marks a line that looked like JSON and was not; its text is the message.
    """

    message: str
    ts: int | None = None
    level: str | None = None
    service: str | None = None
    host: str | None = None
    trace_id: str | None = None
    span_id: str | None = None
    attrs: dict[str, object] = {}
    parse_error: bool = False
