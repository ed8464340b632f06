import msgspec
from debugterm_client.ship.journald import journal_row
from debugterm_client.ship.place import Place


def entry(**fields: object) -> bytes:
    return msgspec.json.encode(
        {
            "__CURSOR": "s=1;i=2",
            "__REALTIME_TIMESTAMP": "1700000000123456",
            "PRIORITY": "3",
            "SYSLOG_IDENTIFIER": "sshd",
            "_SYSTEMD_UNIT": "ssh.service",
            "_HOSTNAME": "web1",
            "MESSAGE": "no route",
            **fields,
        }
    )


def test_an_entry_becomes_a_row_with_level_service_host_and_microseconds() -> None:
    row = journal_row(entry(_PID="77"))

    assert row is not None
    assert msgspec.json.decode(row.body) == {
        "ts": "2023-11-14T22:13:20.123456Z",
        "level": "error",
        "service": "sshd",
        "host": "web1",
        "message": "no route",
        "process.pid": "77",
        "systemd.unit": "ssh.service",
    }
    assert (row.source, row.place) == ("journald", Place("journald", cursor="s=1;i=2"))


def test_bytes_that_are_no_text_come_as_numbers_and_are_read() -> None:
    row = journal_row(entry(MESSAGE=[104, 105, 255]))

    assert row is not None
    assert msgspec.json.decode(row.body)["message"] == "hi\ufffd"


def test_a_line_that_is_no_entry_is_passed_over() -> None:
    assert journal_row(b"-- No entries --") is None
    assert journal_row(entry(MESSAGE=None)) is None
