"""The newest entry that any hub has seen of each stream; the stream itself may be restored from an older copy."""

from sqlalchemy import and_, insert, or_, select, update

from debugterm_server.store.engine import Read, Write
from debugterm_server.store.tables import stream_tops

Top = tuple[int, int]
"""An entry's id: milliseconds and sequence."""


async def seen(read: Read, env: str, uuid: str) -> Top | None:
    """The newest entry seen of this stream; None when nobody has seen any."""
    wanted = select(stream_tops.c.ms, stream_tops.c.seq).where(
        stream_tops.c.env == env, stream_tops.c.uuid == uuid
    )
    row = (await read.execute(wanted)).first()
    return (row.ms, row.seq) if row is not None else None


async def note(write: Write, env: str, uuid: str, top: Top) -> None:
    """Keep this entry as seen unless a newer one is. Raises Conflict when another hub was first to note one."""
    ms, seq = top
    this = and_(stream_tops.c.env == env, stream_tops.c.uuid == uuid)
    older = or_(stream_tops.c.ms < ms, and_(stream_tops.c.ms == ms, stream_tops.c.seq < seq))
    changed = await write.execute(update(stream_tops).where(this, older).values(ms=ms, seq=seq))
    if changed.rowcount == 0 and await seen(write, env, uuid) is None:
        await write.execute(insert(stream_tops).values(env=env, uuid=uuid, ms=ms, seq=seq))
