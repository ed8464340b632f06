"""Search of what the stream holds: newest first, in slices, bounded in rows, scanned rows and time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from debugterm_protocol import codec
from debugterm_protocol.query import Query

from debugterm_server.core import matcher
from debugterm_server.rooms.hub.backlog import SLICE_ENTRIES, Stream
from debugterm_server.rooms.hub.batch import Read

SCANNED = 5_000_000
SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class End:
    """How far a search came: `back_to` is a time in milliseconds; `truncated` when older rows may match too."""

    truncated: bool
    back_to: int


async def search(
    stream: Stream, env: str, query: Query, *, since_ms: int, limit: int
) -> AsyncIterator[list[bytes] | End]:
    """Matching rows as `--json` shows them, some at a time, and one End. Raises BusDown."""
    match = matcher.compile(query)
    loop = asyncio.get_running_loop()
    until = loop.time() + SECONDS
    end, rows, scanned, back_to = "+", 0, 0, since_ms
    while True:
        found = await stream.before(env, end, f"{since_ms}-0", count=SLICE_ENTRIES)
        for entry in found:
            read = Read(entry)
            scanned += entry.n
            back_to = read.place[0]
            picked = read.pick(match)[::-1][: limit - rows]
            rows += len(picked)
            if picked:
                yield [codec.stored_row_json(read.lines[i], entry=entry.id, index=i, env=env) for i in picked]
            if rows >= limit:
                yield End(truncated=True, back_to=back_to)
                return
            await asyncio.sleep(0)
        if len(found) < SLICE_ENTRIES:
            yield End(truncated=False, back_to=since_ms)
            return
        if scanned >= SCANNED or loop.time() > until:
            yield End(truncated=True, back_to=back_to)
            return
        end = f"({found[-1].id}"
