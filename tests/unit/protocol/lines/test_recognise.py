"""One line of every format that real programs write, and what it says."""

import pytest
from debugterm_protocol.lines import Line, recognise
from debugterm_protocol.times import print_time
from hypothesis import given
from hypothesis import strategies as st

NOW = 1_795_454_411_000_000
"""2026-11-23T17:20:11Z."""
T = "2026-11-23T17:20:11"


def seen(text: str) -> dict[str, object]:
    """What the line says, without what it does not say; the time in words."""
    line = recognise(text, now=NOW)
    said = {name: getattr(line, name) for name in Line.__struct_fields__}
    if line.ts is not None:
        said["ts"] = print_time(line.ts).replace(".000000Z", "")
    return {name: value for name, value in said.items() if value not in (None, {}, False)}


JSON = [
    (
        '{"ts":"2026-11-23T17:20:11Z","level":"WARNING","message":"hi","service":"api","host":"h1","user":7}',
        {"ts": T, "level": "warn", "message": "hi", "service": "api", "host": "h1", "attrs": {"user": 7}},
    ),
    (
        '{"time":1795454411000,"level":50,"msg":"pino","hostname":"h","pid":3,"logger":"x","traceId":"t","spanId":"s"}',
        {
            "ts": T, "level": "error", "message": "pino", "host": "h", "trace_id": "t", "span_id": "s",
            "attrs": {"pid": 3, "logger": "x"},
        },
    ),
    (
        '{"event":"structlog","timestamp":"2026-11-23T17:20:11Z","level":"info","message":null,"trace_id":""}',
        {"ts": T, "level": "info", "message": "structlog", "attrs": {"trace_id": ""}},
    ),
    (
        '{"@timestamp":"2026-11-23T17:20:11Z","log.level":"error","message":"ecs","service":{"name":"pay","version":2}}',
        {"ts": T, "level": "error", "message": "ecs", "service": "pay", "attrs": {"service": {"name": "pay", "version": 2}}},
    ),
    (
        '{"body":"otel","severity_number":10,"resource":{"service.name":"a","host.name":"b"},"attributes":{"k":1,"body":2}}',
        {"level": "info", "message": "otel", "service": "a", "host": "b", "attrs": {"k": 1, "attributes.body": 2}},
    ),
    ('{"message":"a","event":"b","msg":"c"}', {"message": "a", "attrs": {"event": "b", "msg": "c"}}),
    ('{"level":"AUDIT","time":0.25,"message":5}', {"message": "5", "attrs": {"level": "AUDIT", "time": 0.25}}),
    ('{"ts":0,"x":18446744073709551615}', {"ts": "1970-01-01T00:00:00", "message": "", "attrs": {"x": 2**64 - 1}}),
    (
        '{"log":"[warn] inside\\n","stream":"stderr","time":"2026-11-23T17:20:11Z"}',
        {"ts": T, "level": "warn", "message": "inside", "attrs": {"stream": "stderr"}},
    ),
    (
        '{"log":"{\\"msg\\":\\"deep\\",\\"log\\":\\"x\\"}\\n","stream":"stdout","time":"2026-11-23T17:20:11Z"}',
        {"ts": T, "message": "deep", "attrs": {"stream": "stdout", "log": "x"}},
    ),
    (
        '{"__REALTIME_TIMESTAMP":"1795454411000000","PRIORITY":"3","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"m"}',
        {"ts": T, "level": "error", "message": "m", "service": "sshd", "host": "h"},
    ),
    ('{"a":NaN,"b":"\\ud800 x \\ud83d\\ude00 \\\\ud800"}', {"message": "", "attrs": {"a": None, "b": "\ufffd x \U0001f600 \\ud800"}}),
    ('{"msg":"\\u001b[31mred\\u001b[0m"}', {"message": "red"}),
    ('{"message":true,"host":false}', {"message": "true", "host": "false"}),
    ('{"broken":', {"message": '{"broken":', "parse_error": True}),
    ('{"huge":1e999}', {"message": '{"huge":1e999}', "parse_error": True}),
    ('{"a":1} tail', {"message": '{"a":1} tail', "parse_error": True}),
    ('\ufeff {"msg":"bom"}\r\n', {"message": "bom"}),
]  # fmt: skip

TEXT = [
    ("[2026-11-23T17:20:11 what", {"message": "[2026-11-23T17:20:11 what"}),
    (
        "2026-11-23 17:20:11 | [1] [2] - | INFO | x",
        {"ts": T, "level": "info", "message": "x", "attrs": {"pid": 1, "pid_2": 2}},
    ),
    (
        "2026-11-23T17:20:11Z INFO 4711 --- [        ] c.e.Cart : x",
        {"ts": T, "level": "info", "message": "x", "attrs": {"pid": 4711, "logger": "c.e.Cart"}},
    ),
    ("[Mon Nov 23 17:20:11 2026] [error] AH1: no", {"ts": T, "level": "error", "message": "AH1: no"}),
    ("[Mon Nov 23 17:20:11 2026] [Xyz 23", {"message": "[Mon Nov 23 17:20:11 2026] [Xyz 23"}),
    ("just words", {"message": "just words"}),
    ("", {"message": ""}),
    ("[1, 2, 3]", {"message": "[1, 2, 3]"}),
    ("JUST SHOUTING", {"message": "JUST SHOUTING"}),
    ("2026-11-23T17:20:11Z started", {"ts": T, "message": "started"}),
    ("\x1b[2m2026-11-23T17:20:11Z\x1b[0m \x1b[32m INFO\x1b[0m up", {"ts": T, "level": "info", "message": "up"}),
    (
        "[2026-11-23 17:20:11,437] INFO [Controller 0]: starting (kafka.controller.KafkaController)",
        {
            "ts": f"{T}.437000Z", "level": "info", "message": "[Controller 0]: starting",
            "attrs": {"logger": "kafka.controller.KafkaController"},
        },
    ),
    (
        "2026-11-23 17:20:11,123 - my.app - WARNING - low - very",
        {"ts": f"{T}.123000Z", "level": "warn", "message": "low - very", "attrs": {"logger": "my.app"}},
    ),
    (
        "2026-11-23 17:20:11.123 [main] INFO  c.e.Foo - ready",
        {"ts": f"{T}.123000Z", "level": "info", "message": "ready", "attrs": {"thread": "main", "logger": "c.e.Foo"}},
    ),
    (
        "2026-11-23T17:20:11.123Z  WARN 4711 --- [shop] [nio-8080-exec-1] c.e.shop.Cart : slow",
        {
            "ts": f"{T}.123000Z", "level": "warn", "message": "slow",
            "attrs": {"pid": 4711, "thread": "nio-8080-exec-1", "logger": "c.e.shop.Cart"},
        },
    ),
    (
        "[2026-11-23 17:20:11 +0000] [123] [INFO] Booting worker",
        {"ts": T, "level": "info", "message": "Booting worker", "attrs": {"pid": 123}},
    ),
    (
        "[2026-11-23T17:20:11,000][ERROR][o.e.n.Node] [n1] down",
        {"ts": T, "level": "error", "message": "[o.e.n.Node] [n1] down"},
    ),
    ("[2026-11-23T17:20:11Z INFO  my::mod] up", {"ts": T, "level": "info", "message": "up", "attrs": {"logger": "my::mod"}}),
    ("2026-11-23T17:20:11Z  INFO my::mod: up a=1", {"ts": T, "level": "info", "message": "up a=1", "attrs": {"logger": "my::mod"}}),
    (
        "2026-11-23T17:20:11.000000Z 0 [Warning] [MY-010068] [Server] CA",
        {"ts": T, "level": "warn", "message": "[MY-010068] [Server] CA", "attrs": {"pid": 0}},
    ),
    (
        "2026/11/23 17:20:11 [error] 12#34: *56 open() failed, client: 1.2.3.4",
        {
            "ts": T, "level": "error", "message": "open() failed, client: 1.2.3.4",
            "attrs": {"pid": 12, "tid": 34, "connection": 56},
        },
    ),
    ("2026/11/23 17:20:11 main.go:23: go says", {"ts": T, "message": "go says", "attrs": {"caller": "main.go:23"}}),
    (
        "2026-11-23 17:20:11.123 UTC [1234] LOG:  checkpoint starting: time",
        {"ts": f"{T}.123000Z", "level": "info", "message": "checkpoint starting: time", "attrs": {"pid": 1234}},
    ),
    (
        "2026-11-23 17:20:11 UTC [1234] bob@shop ERROR:  relation missing",
        {"ts": T, "level": "error", "message": "relation missing", "attrs": {"pid": 1234, "user": "bob@shop"}},
    ),
    ("2026-11-23 17:20:11 status installed foo:amd64 1.2", {"ts": T, "message": "status installed foo:amd64 1.2"}),
    (
        "update-alternatives 2026-11-23 17:20:11: run with --quiet",
        {"ts": T, "service": "update-alternatives", "message": "run with --quiet"},
    ),
    ("2026-11-23 17:20:11 error in the cellar", {"ts": T, "message": "error in the cellar"}),
    (
        "I1123 17:20:11.000123   12345 file.go:12] it works",
        {"ts": f"{T}.000123Z", "level": "info", "message": "it works", "attrs": {"pid": 12345, "caller": "file.go:12"}},
    ),
    (
        "E, [2026-11-23T17:20:11.000000 #99] ERROR -- rails: no",
        {"ts": T, "level": "error", "message": "no", "attrs": {"pid": 99, "logger": "rails"}},
    ),
    (
        "[Mon Nov 23 17:20:11.000000 2026] [core:error] [pid 12:tid 34] [client 1.2.3.4:5] AH1: no",
        {"ts": T, "level": "error", "message": "AH1: no", "attrs": {"module": "core", "pid": 12, "client_ip": "1.2.3.4:5"}},
    ),
    (
        "77:M 23 Nov 2026 17:20:11.000 # Server can't set maximum open files",
        {"ts": T, "level": "warn", "message": "Server can't set maximum open files", "attrs": {"pid": 77, "role": "M"}},
    ),
    ("WARNING:root:careful", {"level": "warn", "message": "careful", "attrs": {"logger": "root"}}),
    ("INFO:     1.2.3.4:5 - connected", {"level": "info", "message": "1.2.3.4:5 - connected"}),
    ("ERROR 2026-11-23 17:20:11 no", {"ts": T, "level": "error", "message": "no"}),
    ("[warn] careful", {"level": "warn", "message": "careful"}),
    (
        'level=warn ts=2026-11-23T17:20:11Z msg="say \\"hi\\"" n=5 code=007 empty=',
        {"ts": T, "level": "warn", "message": 'say "hi"', "attrs": {"n": 5, "code": "007", "empty": ""}},
    ),
    ("a=1 is not logfmt b=2", {"message": "a=1 is not logfmt b=2"}),
    ("a=1", {"message": "a=1"}),
    (
        "Traceback (most recent call last):\n  File x\nValueError: no",
        {"message": "Traceback (most recent call last):\n  File x\nValueError: no"},
    ),
    (
        "2026-11-23 17:20:11,000 - app - ERROR - boom\nTraceback (most recent call last):\nValueError: (a.b.C)",
        {
            "ts": T, "level": "error", "message": "boom\nTraceback (most recent call last):\nValueError: (a.b.C)",
            "attrs": {"logger": "app"},
        },
    ),
]  # fmt: skip

ACCESS = [
    (
        '1.2.3.4 - - [23/Nov/2026:18:20:11 +0100] "GET /a?b=c HTTP/1.1" 200 512 "http://r/" "curl/8 \\"x\\""',
        {
            "ts": T, "level": "info", "message": "GET /a?b=c HTTP/1.1 200",
            "attrs": {
                "client_ip": "1.2.3.4", "method": "GET", "path": "/a?b=c", "protocol": "HTTP/1.1", "status": 200,
                "bytes": 512, "referer": "http://r/", "user_agent": 'curl/8 \\"x\\"',
            },
        },
    ),
    (
        'shop.example:443 ::1 - bob [23/Nov/2026:17:20:11 +0000] "POST / HTTP/2.0" 502 - "-" "-" 0.123',
        {
            "ts": T, "level": "error", "message": "POST / HTTP/2.0 502",
            "attrs": {
                "client_ip": "::1", "vhost": "shop.example:443", "user": "bob", "method": "POST", "path": "/",
                "protocol": "HTTP/2.0", "status": 502, "extra": "0.123",
            },
        },
    ),
    (
        '1.2.3.4 - - [23/Nov/2026:17:20:11 +0000] "GET /old" 200 1',
        {
            "ts": T, "level": "info", "message": "GET /old 200",
            "attrs": {"client_ip": "1.2.3.4", "method": "GET", "path": "/old", "status": 200, "bytes": 1},
        },
    ),
    (
        '1.2.3.4 - - [23/Nix/2026:17:20:11 +0000] "GET /" 200 1',
        {"message": '1.2.3.4 - - [23/Nix/2026:17:20:11 +0000] "GET /" 200 1'},
    ),
    (
        'host.example - - [23/Nov/2026:17:20:11 +0000] "\\x16\\x03" 400 0',
        {
            "ts": T, "level": "warn", "message": "\\x16\\x03 400",
            "attrs": {"client_ip": "host.example", "status": 400, "bytes": 0},
        },
    ),
]  # fmt: skip

SYSLOG = [
    (
        "Nov 23 17:20:11 web-1 sshd[123]: Accepted key",
        {"ts": T, "service": "sshd", "host": "web-1", "message": "Accepted key", "attrs": {"pid": 123}},
    ),
    ("Nov  3 17:20:11 web-1 kernel: error: disk", {
        "ts": "2026-11-03T17:20:11", "service": "kernel", "host": "web-1", "level": "error", "message": "error: disk",
    }),
    ("Nov 23 17:20:11 web-1 last message repeated 3 times", {"ts": T, "host": "web-1", "message": "last message repeated 3 times"}),
    ("<13>Nov 23 17:20:11 bob: typed by logger", {
        "ts": T, "service": "bob", "level": "info", "message": "typed by logger", "attrs": {"facility": "user"},
    }),
    ("<11>no time, as Python sends it", {"level": "error", "message": "no time, as Python sends it", "attrs": {"facility": "user"}}),
    (
        "2026-11-23T17:20:11.000000+00:00 web-1 CRON[9]: (root) CMD (true)",
        {"ts": T, "service": "CRON", "host": "web-1", "message": "(root) CMD (true)", "attrs": {"pid": 9}},
    ),
    (
        '<165>1 2026-11-23T17:20:11Z h app 42 ID47 [a@1 k="v \\"q\\" \\]"][token@2 token="secret"] \ufeffhello',
        {
            "ts": T, "service": "app", "host": "h", "level": "info", "message": "hello",
            "attrs": {"pid": 42, "msgid": "ID47", "a@1": {"k": 'v "q" ]'}, "facility": "local4"},
        },
    ),
    (
        "<45>1 2026-11-23T17:20:11+00:00 host heroku router - at=info method=GET status=503",
        {
            "ts": T, "service": "heroku", "host": "host", "level": "info", "message": "",
            "attrs": {"procid": "router", "facility": "syslog", "at": "info", "method": "GET", "status": 503},
        },
    ),
    (
        "<40>1 2026-11-23T17:20:11+00:00 host app web.1 - State changed",
        {
            "ts": T, "service": "app", "host": "host", "level": "fatal", "message": "State changed",
            "attrs": {"procid": "web.1", "facility": "syslog"},
        },
    ),
    ("<14>1 - - - - - -", {"level": "info", "message": "", "attrs": {"facility": "user"}}),
    (
        '<14>1 2026-11-23T17:20:11Z h app - - - @cee: {"msg":"j","level":"error","n":1}',
        {
            "ts": T, "service": "app", "host": "h", "level": "error", "message": "j",
            "attrs": {"n": 1, "facility": "user"},
        },
    ),
    ("<192>Nov 23 17:20:11 h a: x", {"ts": T, "service": "a", "host": "h", "message": "x"}),
    ("Nix 23 17:20:11 h a: x", {"message": "Nix 23 17:20:11 h a: x"}),
    ("<999>Nov", {"message": "<999>Nov"}),
    ("Nope 99 is no date", {"message": "Nope 99 is no date"}),
    ("Feb 30 17:20:11 h a: no such day", {"message": "Feb 30 17:20:11 h a: no such day"}),
]  # fmt: skip


STAMPED_LOGFMT = [
    (
        '2026-11-23T17:20:11Z level=error msg="bulk 2" code=7',
        {"ts": T, "level": "error", "message": "bulk 2", "attrs": {"code": 7}},
    ),
    (
        '2026-11-23 17:20:11 ERROR msg="bulk 2" service=pay code=7',
        {"ts": T, "level": "error", "message": "bulk 2", "service": "pay", "attrs": {"code": 7}},
    ),
    (
        "2026/11/23 17:20:11 [warn] user=7 code=8",
        {"ts": T, "level": "warn", "message": "", "attrs": {"user": 7, "code": 8}},
    ),
    (
        "2026-11-23T17:20:11.000000Z level=warn msg=slow",
        {"ts": T, "level": "warn", "message": "slow"},
    ),
    (
        '2026-11-23T17:20:11Z msg="one ERROR two" n=1',
        {"ts": T, "message": "one ERROR two", "attrs": {"n": 1}},
    ),
    (
        "2026-11-23T18:00:00Z INFO level=error ts=2026-11-23T17:20:11Z msg=own",
        {"ts": T, "level": "error", "message": "own"},
    ),
    (
        "2026-11-23T17:20:11Z started with level=error code=7",
        {"ts": T, "message": "started with level=error code=7"},
    ),
    ("2026-11-23T17:20:11Z ERROR code=7", {"ts": T, "level": "error", "message": "code=7"}),
]


@pytest.mark.parametrize(("text", "expected"), JSON + TEXT + ACCESS + SYSLOG + STAMPED_LOGFMT)
def test_a_line_says(text: str, expected: dict[str, object]) -> None:
    assert seen(text) == expected


def test_a_time_without_zone_is_in_the_zone_of_the_sender() -> None:
    for text in ("Nov 23 17:20:11 h a: x", "2026-11-23 17:20:11 x", '{"ts":"2026-11-23 17:20:11"}'):
        assert recognise(text, now=NOW, offset=7200).ts == NOW - 7_200_000_000


@given(st.text(max_size=200) | st.text(alphabet='<>[]{}":=- \n\t1235NovZT+.,#*()GETinfo', max_size=80))
def test_any_text_is_a_line_and_loses_nothing_without_a_format(text: str) -> None:
    line = recognise(text, now=NOW)

    assert isinstance(line.message, str)
    said = (line.ts, line.level, line.service, line.host)
    if said == (None, None, None, None) and not line.attrs and not {"\x1b", "{"} & set(text):
        assert line.message.strip() == text.removeprefix("\ufeff").rstrip("\r\n").strip()


HOSTILE = {
    "blanks": " " * 65_536,
    "digits": "1" * 65_536,
    "brackets": "[" * 65_536,
    "pairs": "a=" * 32_768,
    "equals": "a=b " * 16_000 + '"',
    "quotes": '1 - - [23/Nov/2026:17:20:11 +0000] "' + '\\"' * 32_000,
    "quotes two": '1 - - [23/Nov/2026:17:20:11 +0000] "" 200 1 "" "' + '\\"' * 32_000,
    "access fields": "1 " * 32_000 + '] "',
    "vhost": "a:1" * 20_000 + ' ] "',
    "structured data": "<1>1 - - - - - " + '[a b="' * 10_000,
    "elements": "<1>1 - - - - - " + '[a b="c"]' * 7_000 + "[",
    "stamp words": "2026-11-23 17:20:11 " + "a " * 32_000,
    "stamp brackets": "2026-11-23 17:20:11 " + "[a]" * 20_000,
    "stamp pairs": "2026-11-23 17:20:11 INFO " + "a=b " * 16_000 + '"',
    "stamp one word": "2026-11-23 17:20:11 INFO " + "a." * 32_000,
    "logger behind": "2026-11-23 17:20:11 INFO x (" + "a." * 32_000 + " ",
    "loggers behind": "2026-11-23 17:20:11 INFO x" + " (a.b" * 12_000 + ")x",
    "spring": "2026-11-23 17:20:11 INFO 1 --- [a] " + "a" * 60_000,
    "blank loggers": "2026-11-23 17:20:11 INFO a.b" + " " * 60_000,
    "colours": "\x1b]" * 32_000,
    "colours two": "\x1b[" + "0;" * 32_000,
    "tag": "Nov 23 17:20:11 h " + "a" * 60_000,
    "host": "Nov 23 17:20:11 " + "a." * 30_000,
    "json": '{"a":' * 10_000,
    "json strings": '{"a":"' + "\\u" * 32_000,
    "json mend": '{"a":NaN,"b":"' + "\\ud800" * 10_000 + '"',
    "levels": "ERROR: " * 9_000,
    "klog": "I1123 17:20:11.1" + " " * 65_000,
    "apache": "[Mon Nov 23 17:20:11 2026] [" + "a:" * 30_000,
}


@pytest.mark.timeout(5)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_line_of_64_kib_takes_long(name: str) -> None:
    assert recognise(HOSTILE[name], now=NOW).message is not None
