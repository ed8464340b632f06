"""Turns a draft into the canonical record of audit.md 2, with private values replaced by salted commitments."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from debugterm_server.core import canonical
from debugterm_server.core.canonical import Value
from debugterm_server.core.policy import Subject
from debugterm_server.core.records import SERVER_LOG, Draft

VERSION = 1
GENESIS = "0" * 64
"""`prev` of the first record of a log."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: the origin of its log, its number, the hash before it, its id and time."""

    origin: str
    seq: int
    prev: str
    id: str
    ts: str


@dataclass(frozen=True, slots=True)
class Private:
    """A hidden value: the field of the record that commits to it, its salt, its canonical bytes."""

    field: str
    salt: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """A record ready to be stored; `hash` is the `prev` of the next one."""

    record: bytes
    hash: str
    private: tuple[Private, ...]


class _Hiding:
    def __init__(self, salt: Callable[[], bytes]) -> None:
        self._salt = salt
        self.private: list[Private] = []

    def __call__(self, field: str, value: Value) -> Value:
        """The commitment to a value, or null when there is nothing to hide."""
        if not value:
            return None
        hidden = Private(field, self._salt(), canonical.encode(value))
        self.private.append(hidden)
        return {"c": canonical.commitment(hidden.salt, hidden.value)}


def seal(draft: Draft, place: Place, salt: Callable[[], bytes]) -> Sealed:
    """The record of a draft at its place. `salt` gives 16 fresh random bytes at each call."""
    hide = _Hiding(salt)
    hidden = dict(draft.private)
    reason, ip, client = (hidden.pop(name, "") for name in ("reason", "ip", "ua"))
    arguments: dict[str, Value] = {name: hidden[name] for name in hidden}
    record: dict[str, Value] = {
        "v": VERSION,
        "log": place.origin,
        "seq": place.seq,
        "prev": place.prev,
        "id": place.id,
        "ts": place.ts,
        "type": draft.type,
        "session": draft.session or None,
        "env": _env(draft),
        "cause": draft.cause or None,
        "idem": draft.idem or None,
        "actor": _actor(draft.subject, ip, client, hide),
        "reason": hide("reason", reason),
        "action": {
            "name": draft.action or None,
            "risk": draft.risk or None,
            "target": list(draft.target),
            "args": hide("action.args", arguments),
            "digest": draft.digest or None,
        },
        "policy": {"rule": draft.rule or None, "decision": draft.decision or None},
        "result": draft.result or None,
    }
    data = canonical.encode(record)
    return Sealed(data, canonical.sha256(data), tuple(hide.private))


def _env(draft: Draft) -> str | None:
    if draft.log != SERVER_LOG:
        return draft.log
    return draft.subject.env if draft.subject else None


def _actor(subject: Subject | None, ip: str, client: str, hide: _Hiding) -> Value:
    return {
        "kind": "human" if subject else "server",
        "human": subject.human if subject else None,
        "sub": subject.human if subject else None,
        "role": [subject.role.value] if subject else [],
        "jti": (subject.jti or None) if subject else None,
        "name": hide("actor.name", subject.name if subject else ""),
        "ip": hide("actor.ip", (subject.ip if subject else "") or ip),
        "ua": hide("actor.ua", (subject.client if subject else "") or client),
    }


def commitments(record: Value, path: str = "") -> Iterator[tuple[str, str]]:
    """Every (field, commitment) of a record: `("actor.ip", "9f86…")`."""
    if not isinstance(record, dict):
        return
    if record.keys() == {"c"}:
        yield path, str(record["c"])
        return
    for name, value in record.items():
        yield from commitments(value, f"{path}.{name}" if path else name)
