"""An audit record before it has a number: what a room wants written, in canonical values only.

The audit room adds `seq`, `prev`, `id` and `ts`, replaces private values by salted commitments and encodes
canonically (audit.md 2). No floats anywhere: canonical JSON has none.
"""

from dataclasses import dataclass, field

from debugterm_server.core.policy import Subject

SERVER_LOG = "_server"
"""Name of the log for logins, users and keys; every other log is named like its environment."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One record to write. `private` values go into the record as commitments only."""

    log: str
    type: str
    """`command.accepted`, `command.denied`, `auth.login`, … (audit.md 2)."""
    subject: Subject | None
    """Who acts; None for the server itself."""
    session: str = ""
    action: str = ""
    """Name of the command; empty for records that are no command."""
    risk: str = ""
    """`read`, `mutate` or `dangerous`."""
    target: tuple[str, ...] = ()
    rule: str = ""
    """The policy rule that decided."""
    decision: str = ""
    """`allow` or `deny`."""
    idem: str = ""
    """The client's id of the request."""
    digest: str = ""
    """`sha256:` of the request's bytes, so that the same id with other bytes is seen."""
    cause: int = 0
    """`seq` of the record this one follows from."""
    result: str = ""
    private: dict[str, str] = field(default_factory=dict)
    """Arguments, reasons, addresses: hidden in the record, readable beside it."""


class AuditUnavailable(Exception):
    """The record could not be made durable, so nothing may happen; the command is refused."""
