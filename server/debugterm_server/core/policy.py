"""Who may do what: one pure function over one table; everything not written here is denied.

The matrix is data, so the docs table and the full (role x verb) test come from it. An admin has no implicit
command or content right, and an auditor cannot act (protocol.md 1).
"""

from dataclasses import dataclass, field
from enum import StrEnum

from debugterm_protocol.roles import Role


class Verb(StrEnum):
    """What somebody asks to do, at the grain at which roles differ."""

    READ_STREAM = "stream.read"
    READ_SESSIONS = "session.list"
    JOIN = "session.join"
    CREATE = "session.create"
    TITLE = "session.title"
    CHAT = "session.chat"
    DRIVE = "session.drive"
    FILTER = "session.filter"
    READ_AUDIT_OWN = "audit.read.own"
    READ_AUDIT = "audit.read"


@dataclass(frozen=True, slots=True)
class Subject:
    """A person who acts in one environment. `human` is one id across all tokens and devices."""

    human: str
    name: str
    env: str
    role: Role
    jti: str = ""
    """The token behind the request, for the record."""
    ip: str = ""
    client: str = ""
    expires: int = field(default=0, compare=False)
    """When that token ends, in seconds since 1970; 0 for subjects without one."""


@dataclass(frozen=True, slots=True)
class Allow:
    """Go on; `rule` names the line of the matrix for the record."""

    rule: str


@dataclass(frozen=True, slots=True)
class Deny:
    """Stop; `why` is for the person, `who` names those who could."""

    why: str
    who: str
    rule: str


_ALL = frozenset(Role)
_ACTING = frozenset({Role.RESPONDER, Role.COMMANDER})

MATRIX: dict[Verb, frozenset[Role]] = {
    Verb.READ_STREAM: _ALL,
    Verb.READ_SESSIONS: _ALL,
    Verb.JOIN: _ALL,
    Verb.CREATE: _ACTING,
    Verb.TITLE: _ACTING,
    Verb.CHAT: frozenset({Role.VIEWER, Role.RESPONDER, Role.COMMANDER, Role.ADMIN}),
    Verb.DRIVE: _ACTING,
    Verb.FILTER: _ACTING,
    Verb.READ_AUDIT_OWN: _ALL,
    Verb.READ_AUDIT: frozenset({Role.AUDITOR}),
}

_WORDS: dict[Verb, str] = {
    Verb.READ_STREAM: "read the stream",
    Verb.READ_SESSIONS: "list sessions",
    Verb.JOIN: "join a session",
    Verb.CREATE: "create a session",
    Verb.TITLE: "rename a session",
    Verb.CHAT: "write in the chat",
    Verb.DRIVE: "drive the shared view",
    Verb.FILTER: "set the shared filter",
    Verb.READ_AUDIT_OWN: "read your own audit records",
    Verb.READ_AUDIT: "read everybody's audit records",
}


def decide(subject: Subject, verb: Verb) -> Allow | Deny:
    """Whether this person may do this, in the environment of the subject."""
    allowed = MATRIX.get(verb, frozenset())
    if subject.role in allowed:
        return Allow(rule=f"{subject.role}:{verb}")
    others = " or ".join(sorted(allowed)) or "nobody"
    return Deny(
        why=f"a {subject.role} may not {_WORDS[verb]} in {subject.env}",
        who=others,
        rule=f"{subject.role}:{verb}",
    )
