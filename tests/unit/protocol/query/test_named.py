"""The fields that a filter names."""

import pytest
from debugterm_protocol.query import parse
from debugterm_protocol.query.named import fields_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*", []),
        ("timeout level:error", []),
        ("service:pay -host:a* (status>=500 OR http.method:=GET) user:* path~x", ["service", "host", "status", "http.method", "user", "path"]),
        ("service:(a OR b) service:c", ["service"]),
    ],
)  # fmt: skip
def test_each_field_is_named_once(text: str, expected: list[str]) -> None:
    assert fields_of(parse(text)) == expected
