"""Search of what the stream holds: newest first, in slices, bounded in rows, scanned rows and time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from debugterm_protocol import codec
from debugterm_protocol.offsets import WHOLE_ENTRY, Offset
from debugterm_protocol.query import Query

from debugterm_server.core import matcher
from debugterm_server.rooms.hub.choosing import Choosing
from debugterm_server.rooms.hub.scanning import Bounds, Scan, Stream

SCANNED = 5_000_000
SECONDS = 30.0
_FOREVER_MS = 2**63
"""Behind every entry that is or will be."""


@dataclass(frozen=True, slots=True)
class End:
    """How far a search came: `back_to` is a time in milliseconds; `truncated` when older rows may match too."""

    truncated: bool
    back_to: int


async def search(
    stream: Stream, env: str, query: Query, *, since_ms: int, limit: int
) -> AsyncIterator[list[bytes] | End]:
    """Matching rows as `--json` shows them, some at a time, and one End. Raises BusDown."""
    top = Offset(_FOREVER_MS, 0, WHOLE_ENTRY)
    bounds = Bounds(Offset(since_ms, 0, 0), top, limit, SCANNED, SECONDS)
    choosing = Choosing(query, newest_first=True)
    scan = Scan(stream, env, matcher.compile(query), bounds, choosing=choosing)
    async for picked in scan.walk():
        read = picked.read
        yield [
            codec.stored_row_json(read.lines[i], entry=read.entry.id, index=i, env=env)
            for i in reversed(picked.indexes)
        ]
    yield End(truncated=scan.more, back_to=scan.back_to.ms)
