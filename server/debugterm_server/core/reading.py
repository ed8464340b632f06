"""Opens a stored record for a reader: puts the private values back into the places of their commitments."""

from collections.abc import Sequence

import msgspec
from debugterm_protocol.audits import AuditRow

from debugterm_server.core import canonical
from debugterm_server.core.canonical import Value
from debugterm_server.core.sealing import Private, commitments


def read(record: bytes, private: Sequence[Private]) -> AuditRow:
    """The record in flat form. Believes the bytes: whether they are genuine says `chain.verify`.

    Raises NotCanonical when the bytes are no record at all.
    """
    value = canonical.decode(record)
    opened = {item.field: canonical.decode(item.value) for item in private}
    actor, action, policy = (_part(value, name) for name in ("actor", "action", "policy"))
    flat = {
        **_plain(_part(value, "")),
        "human": actor.get("human"),
        "role": " ".join(str(role) for role in _list(actor.get("role"))),
        "name": opened.get("actor.name"),
        "ip": opened.get("actor.ip"),
        "client": opened.get("actor.ua"),
        "action": action.get("name"),
        "risk": action.get("risk"),
        "target": _list(action.get("target")),
        "args": opened.get("action.args"),
        "reason": opened.get("reason"),
        "rule": policy.get("rule"),
        "decision": policy.get("decision"),
        "withheld": [field for field, _ in commitments(value) if field not in opened],
    }
    return msgspec.convert({key: item for key, item in flat.items() if item is not None}, AuditRow)


def _plain(record: dict[str, Value]) -> dict[str, Value]:
    return {key: record.get(key) for key in ("seq", "ts", "type", "env", "session", "cause", "result")}


def _part(value: Value, name: str) -> dict[str, Value]:
    part = value.get(name) if name and isinstance(value, dict) else value
    return part if isinstance(part, dict) else {}


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []
