"""One stream entry = one batch: its fields, and the mark that proves we wrote it.

Fields (decisions.md 1): `v` format, `n` rows, `t0` `t1` least and greatest `ts` in microseconds, `rows` one NDJSON
blob, `lv` rows by level, `key` id of the ingest key, `src` sender's address, `mac` keyed BLAKE2b-128 over the others.
One blob, not a field a row: a hub hands rows on as the bytes they were encoded to.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

FORMAT = b"1"
_FIELDS = (b"v", b"n", b"t0", b"t1", b"lv", b"key", b"src", b"rows")
_levels = msgspec.json.Decoder(dict[str, int])


class ForgedEntry(ValueError):
    """The entry was not written by a hub with our secret, or was changed since."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one entry before it is written. `rows` has no newline at its end."""

    rows: bytes
    n: int
    t0: int
    t1: int
    levels: Mapping[str, int]
    key: str
    src: str


@dataclass(frozen=True, slots=True)
class Entry:
    """The rows of one entry as read back; `id` is `<ms>-<seq>`."""

    id: str
    rows: bytes
    n: int
    t0: int
    t1: int
    levels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Slice:
    """Entries read at once, without forged ones. Whoever reads on counts what was read, not what is in here."""

    entries: Sequence[Entry]
    first: str
    last: str
    """Ids of the first and the last entry that were read, forged or not; empty when there was none."""
    more: bool
    """As many were read as were asked for, so there may be more behind them."""


def encode(batch: Batch, *, secret: bytes, env: str) -> dict[bytes, bytes]:
    """The fields of an entry, signed for one environment: a batch moved to another is forged there."""
    fields = {
        b"v": FORMAT,
        b"n": b"%d" % batch.n,
        b"t0": b"%d" % batch.t0,
        b"t1": b"%d" % batch.t1,
        b"lv": msgspec.json.encode(dict(batch.levels)),
        b"key": batch.key.encode(),
        b"src": batch.src.encode(),
        b"rows": batch.rows,
    }
    return {**fields, b"mac": _mac(fields, secret, env)}


def decode(id: bytes, fields: Mapping[bytes, bytes], *, secret: bytes, env: str) -> Entry:  # noqa: A002 - Redis says id
    """Read an entry back. Raises ForgedEntry."""
    try:
        if not hmac.compare_digest(fields[b"mac"], _mac(fields, secret, env)):
            raise ForgedEntry(f"entry {id.decode('ascii', 'replace')} of {env} has a wrong mac")
        return Entry(
            id=id.decode(),
            rows=fields[b"rows"],
            n=int(fields[b"n"]),
            t0=int(fields[b"t0"]),
            t1=int(fields[b"t1"]),
            levels=_levels.decode(fields[b"lv"]),
        )
    except (KeyError, ValueError) as error:
        if isinstance(error, ForgedEntry):
            raise
        raise ForgedEntry(f"entry {id.decode('ascii', 'replace')} of {env} is not ours") from None


def _mac(fields: Mapping[bytes, bytes], secret: bytes, env: str) -> bytes:
    mac = hashlib.blake2b(key=secret[:64], digest_size=16, person=b"dt-entry")
    mac.update(b"%d:" % len(env) + env.encode())
    for name in _FIELDS:
        mac.update(b"%d:" % len(fields[name]))
        mac.update(fields[name])
    return mac.digest()
