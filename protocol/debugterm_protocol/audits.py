"""One audit record as people and programs read it: the canonical record with its private values put back."""

from msgspec import Struct


class AuditRow(Struct, frozen=True, omit_defaults=True):
    """A line of `GET /v1/audit`, `audit search --json` and `audit list --json`; empty fields are left out.

    It is for reading; what is verified are the canonical bytes of the record.
    """

    seq: int
    ts: str
    type: str
    """`command.accepted`, `command.denied`, `auth.login`, …"""
    env: str = ""
    session: str = ""
    human: str = ""
    """Id of who acted; empty for the server itself."""
    name: str = ""
    """Their name at that time."""
    role: str = ""
    action: str = ""
    risk: str = ""
    target: list[str] = []
    args: dict[str, str] = {}
    reason: str = ""
    rule: str = ""
    decision: str = ""
    cause: int = 0
    """`seq` of the record this one follows from."""
    result: str = ""
    ip: str = ""
    client: str = ""
    withheld: list[str] = []
    """Fields whose private value is no longer there."""
