"""The permission matrix, spelled out by hand: a change of the table must be made twice."""

import pytest
from debugterm_protocol.roles import Role
from debugterm_server.core.policy import Allow, Deny, Subject, Verb, decide

EXPECTED = {
    "stream.read": "viewer responder commander auditor admin",
    "session.list": "viewer responder commander auditor admin",
    "session.join": "viewer responder commander auditor admin",
    "session.create": "responder commander",
    "session.title": "responder commander",
    "session.chat": "viewer responder commander admin",
    "session.drive": "responder commander",
    "session.filter": "responder commander",
    "audit.read.own": "viewer responder commander auditor admin",
    "audit.read": "auditor",
}


@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize("role", list(Role))
def test_every_role_may_do_exactly_what_the_table_says(role: Role, verb: Verb) -> None:
    subject = Subject(human="h_1", name="ana", env="prod", role=role)

    assert isinstance(decide(subject, verb), Allow) == (role in EXPECTED[verb].split())


def test_a_denial_says_who_you_are_what_you_wanted_and_who_could() -> None:
    subject = Subject(human="h_1", name="vic", env="prod", role=Role.VIEWER)

    assert decide(subject, Verb.FILTER) == Deny(
        why="a viewer may not set the shared filter in prod",
        who="commander or responder",
        rule="viewer:session.filter",
    )
