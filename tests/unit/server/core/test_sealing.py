from debugterm_protocol.roles import Role
from debugterm_server.core import canonical
from debugterm_server.core.policy import Subject
from debugterm_server.core.records import Draft
from debugterm_server.core.sealing import GENESIS, Place, Private, commitments, seal

ANA = Subject("h_1", "ana", "prod", Role.RESPONDER, jti="j_1", ip="203.0.113.9", client="terminal/0.1.0")
PLACE = Place("debugterm/d1/prod", 7, GENESIS, "a_01", "2026-11-23T17:20:11.123456Z")
CHAT = Draft(
    log="prod",
    type="command.accepted",
    subject=ANA,
    session="s_1",
    action="chat",
    risk="mutate",
    target=("s_1",),
    rule="responder:session.chat",
    decision="allow",
    idem="c1",
    digest="sha256:00",
    cause=3,
    private={"text": "the pool is empty", "reason": "INC-42"},
)


def salt() -> bytes:
    return b"0123456789abcdef"


def hidden(value: bytes) -> dict[str, str]:
    return {"c": canonical.commitment(salt(), value)}


def test_a_record_holds_every_field_of_the_format_and_hides_the_private_ones() -> None:
    sealed = seal(CHAT, PLACE, salt)

    assert canonical.decode(sealed.record) == {
        "v": 1,
        "log": "debugterm/d1/prod",
        "seq": 7,
        "prev": "0" * 64,
        "id": "a_01",
        "ts": "2026-11-23T17:20:11.123456Z",
        "type": "command.accepted",
        "session": "s_1",
        "env": "prod",
        "cause": 3,
        "idem": "c1",
        "actor": {
            "kind": "human",
            "human": "h_1",
            "sub": "h_1",
            "role": ["responder"],
            "jti": "j_1",
            "name": hidden(b'"ana"'),
            "ip": hidden(b'"203.0.113.9"'),
            "ua": hidden(b'"terminal/0.1.0"'),
        },
        "reason": hidden(b'"INC-42"'),
        "action": {
            "name": "chat",
            "risk": "mutate",
            "target": ["s_1"],
            "args": hidden(b'{"text":"the pool is empty"}'),
            "digest": "sha256:00",
        },
        "policy": {"rule": "responder:session.chat", "decision": "allow"},
        "result": None,
    }
    assert sealed.hash == canonical.sha256(sealed.record)
    assert Private("action.args", salt(), b'{"text":"the pool is empty"}') in sealed.private


def test_no_private_value_stands_in_the_record() -> None:
    record = seal(CHAT, PLACE, salt).record

    for value in (b"the pool", b"INC-42", b"203.0.113.9", b"terminal/0.1.0", b"ana"):
        assert value not in record


def test_a_failed_login_has_no_subject_but_an_address() -> None:
    draft = Draft(
        log="_server", type="auth.failed", subject=None, private={"ip": "192.0.2.1", "name": "root"}
    )
    record = canonical.decode(seal(draft, PLACE, salt).record)

    assert isinstance(record, dict)
    assert record["env"] is None
    assert record["actor"] == {
        "kind": "server",
        "human": None,
        "sub": None,
        "role": [],
        "jti": None,
        "name": None,
        "ip": hidden(b'"192.0.2.1"'),
        "ua": None,
    }
    assert [field for field, _ in commitments(record)] == ["action.args", "actor.ip"]
