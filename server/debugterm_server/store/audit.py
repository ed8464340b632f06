"""Audit logs in SQL: the head that one writer holds at a time, the records behind it, and finding them again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from debugterm_server.core.chain import EMPTY, Head
from debugterm_server.core.records import Draft
from debugterm_server.core.sealing import Place, Private, Sealed
from debugterm_server.store.engine import Read, Write
from debugterm_server.store.tables import audit, audit_heads, audit_private, meta, users


@dataclass(frozen=True, slots=True)
class Query:
    """Which records of one log; newest first."""

    log: str
    text: str = ""
    """Part of the type, the action, the session, the id or the name of a person."""
    human: str = ""
    """Only what this person did."""
    session: str = ""
    since: str = ""
    """RFC 3339; only records from then on."""
    before: int = 0
    """Only records with a smaller number: the next page."""
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it lies in SQL."""

    seq: int
    record: bytes
    private: tuple[Private, ...]


async def deployment(read: Read) -> str:
    """The id of this deployment: part of the origin of its logs."""
    found: str = (await read.execute(select(meta.c.value).where(meta.c.name == "deployment"))).scalar_one()
    return found


def origin(deployment: str, log: str) -> str:
    """The name of a log among all logs of the world; stands in each of its records."""
    return f"debugterm/{deployment}/{log}"


async def hold_head(write: Write, log: str) -> Head:
    """Where the log ends, held until the transaction is over, so that nobody else appends meanwhile."""
    query = select(audit_heads.c.seq, audit_heads.c.hash).where(audit_heads.c.log == log).with_for_update()
    row = (await write.execute(query)).first()
    if row is None:
        first = {"log": log, "seq": EMPTY.seq, "hash": EMPTY.hash}
        dialect = sqlite if write.dialect.name == "sqlite" else postgresql
        await write.execute(dialect.insert(audit_heads).values(first).on_conflict_do_nothing())
        row = (await write.execute(query)).one()
    return Head(row.seq, row.hash)


async def append(write: Write, draft: Draft, place: Place, sealed: Sealed) -> None:
    """Add the record behind the head that this transaction holds."""
    values = {
        "log": draft.log,
        "seq": place.seq,
        "ts": place.ts,
        "type": _storable(draft.type),
        "action": _storable(draft.action),
        "human": _storable(draft.subject.human if draft.subject else ""),
        "session": _storable(draft.session),
        "record": sealed.record,
    }
    await write.execute(insert(audit).values(values))
    if sealed.private:
        rows = [
            {"log": draft.log, "seq": place.seq, "field": p.field, "salt": p.salt, "value": p.value}
            for p in sealed.private
        ]
        await write.execute(insert(audit_private), rows)
    await write.execute(
        update(audit_heads).where(audit_heads.c.log == draft.log).values(seq=place.seq, hash=sealed.hash)
    )


def _storable(text: str) -> str:
    """Postgres takes neither NUL nor lone surrogates in text."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


async def search(read: Read, query: Query) -> list[Stored]:
    """The newest records that match, with their private values."""
    found = select(audit.c.seq, audit.c.record).where(audit.c.log == query.log)
    if query.human:
        found = found.where(audit.c.human == query.human)
    if query.session:
        found = found.where(audit.c.session == query.session)
    if query.since:
        found = found.where(audit.c.ts >= query.since)
    if query.before:
        found = found.where(audit.c.seq < query.before)
    if text := _storable(query.text):
        named = select(users.c.id).where(users.c.name.icontains(text, autoescape=True))
        columns = (audit.c.type, audit.c.action, audit.c.session, audit.c.human)
        found = found.where(
            or_(*(column.icontains(text, autoescape=True) for column in columns), audit.c.human.in_(named))
        )
    rows = (await read.execute(found.order_by(audit.c.seq.desc()).limit(query.limit))).all()
    return await _with_private(read, query.log, [(row.seq, row.record) for row in rows])


async def part(read: Read, log: str, *, after: int, upto: int, limit: int) -> list[Stored]:
    """The records with a number above `after` and not above `upto`, oldest first: for verifying and exporting."""
    query = select(audit.c.seq, audit.c.record).where(
        audit.c.log == log, audit.c.seq > after, audit.c.seq <= upto
    )
    rows = (await read.execute(query.order_by(audit.c.seq).limit(limit))).all()
    return await _with_private(read, log, [(row.seq, row.record) for row in rows])


async def head(read: Read, log: str) -> Head:
    """Where the log ends."""
    query = select(audit_heads.c.seq, audit_heads.c.hash).where(audit_heads.c.log == log)
    row = (await read.execute(query)).first()
    return Head(row.seq, row.hash) if row else EMPTY


async def _with_private(read: Read, log: str, rows: Sequence[tuple[int, bytes]]) -> list[Stored]:
    if not rows:
        return []
    numbers = [seq for seq, _ in rows]
    query = select(audit_private).where(
        audit_private.c.log == log, audit_private.c.seq.between(min(numbers), max(numbers))
    )
    private: dict[int, list[Private]] = {}
    for row in await read.execute(query):
        private.setdefault(row.seq, []).append(Private(row.field, _bytes(row.salt), _bytes(row.value)))
    return [Stored(seq, _bytes(record), tuple(private.get(seq, ()))) for seq, record in rows]


def _bytes(value: bytes | str) -> bytes:
    """SQLite keeps whatever type somebody wrote by hand; a tampered record must be readable to be named."""
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else bytes(value)
