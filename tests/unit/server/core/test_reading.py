import msgspec
from debugterm_protocol.audits import AuditRow
from debugterm_protocol.roles import Role
from debugterm_server.core.policy import Subject
from debugterm_server.core.reading import read
from debugterm_server.core.records import Draft
from debugterm_server.core.sealing import GENESIS, Place, Private, seal

PLACE = Place("debugterm/d1/prod", 7, GENESIS, "a_01", "2026-11-23T17:20:11.123456Z")
DRAFT = Draft(
    log="prod",
    type="command.denied",
    subject=Subject("h_1", "vic", "prod", Role.VIEWER, ip="192.0.2.1", client="web/0.1.0"),
    session="s_1",
    action="filter",
    risk="mutate",
    target=("s_1",),
    rule="viewer:session.filter",
    decision="deny",
    cause=4,
    private={"query": "level>=error", "reason": "curious"},
)
OPEN = AuditRow(
    seq=7,
    ts="2026-11-23T17:20:11.123456Z",
    type="command.denied",
    env="prod",
    session="s_1",
    human="h_1",
    name="vic",
    role="viewer",
    action="filter",
    risk="mutate",
    target=["s_1"],
    args={"query": "level>=error"},
    reason="curious",
    rule="viewer:session.filter",
    decision="deny",
    cause=4,
    ip="192.0.2.1",
    client="web/0.1.0",
)


def test_a_record_is_read_with_its_private_values_in_place() -> None:
    sealed = seal(DRAFT, PLACE, lambda: b"salt")

    assert read(sealed.record, sealed.private) == OPEN


def test_values_that_are_gone_are_named_not_invented() -> None:
    sealed = seal(DRAFT, PLACE, lambda: b"salt")
    kept: list[Private] = [item for item in sealed.private if item.field not in {"actor.name", "action.args"}]

    assert read(sealed.record, kept) == msgspec.structs.replace(
        OPEN, name="", args={}, withheld=["action.args", "actor.name"]
    )


def test_a_record_of_the_server_itself_is_short() -> None:
    sealed = seal(Draft(log="prod", type="integrity.gap", subject=None, result="3"), PLACE, lambda: b"salt")

    assert msgspec.to_builtins(read(sealed.record, ())) == {
        "seq": 7,
        "ts": "2026-11-23T17:20:11.123456Z",
        "type": "integrity.gap",
        "env": "prod",
        "result": "3",
    }
