"""The definition of a match, row by row: the answers every faster engine is compared with."""

import sys

import pytest
from debugterm_protocol.query import meaning, parse
from debugterm_protocol.query.values import fold, number_of

ROW: dict[str, object] = {
    "ts": "2026-11-23T18:00:00.000000Z",
    "level": "warn",
    "service": "api",
    "host": "prod-eu-1",
    "message": "GET /health Timed out: conn 7 refused",
    "parse_error": True,
    "attrs": {
        "status": 504,
        "ms": 12.5,
        "count": "17",
        "big": 9007199254740993,
        "ok": True,
        "gone": None,
        "tags": ["Red", 7, None],
        "empty": [],
        "http": {"method": "POST", "size": {"in": 3}},
        "http.route": "/v1/{id}",
        "from": "bob",
        "service": "inner",
        "name": "\u0130stanbul \u03a3\u0391\u03a3",
    },
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("timed", True),
        ("TIMED", True),
        ("imed", True),
        ('"timed out"', True),
        ('"timed  out"', False),
        ("conn*refused", True),
        ("refused*conn", False),
        ("prod-eu-1", False),
        ("message:health", True),
        ("level>=warn", True),
        ("level>warn", False),
        ("level<=warn", True),
        ("level<warn", False),
        ("level:warning", True),
        ("level!=warn", False),
        ("level:w*", True),
        ("service:api", True),
        ("service:ap", False),
        ("service:ap*", True),
        ("service:*p*", True),
        ("service:api*api", False),
        ("attrs.service:inner", True),
        ("attrs.from:bob", True),
        ("parse_error:true", True),
        ("truncated:*", False),
        ("status:504", True),
        ("status:504.0", True),
        ("status:5*4", True),
        ("status>=504", True),
        ("status>504", False),
        ("status<504.5", True),
        ("ms:12.5", True),
        ("count>16", True),
        ("count:17", True),
        ("count:17.0", False),
        ("big>9007199254740992", True),
        ("big:9007199254740992", False),
        ("ok:true", True),
        ("ok:1", False),
        ("ok>0", False),
        ("gone:*", False),
        ("-gone:x", True),
        ("gone!=x", True),
        ("gone>0", False),
        ("nothing:*", False),
        ("nothing!=x", True),
        ("tags:red", True),
        ("tags:7", True),
        ("tags>6", True),
        ("tags:blue", False),
        ("tags:*", True),
        ("empty:*", True),
        ("http.method:post", True),
        ("http.size.in:3", True),
        ("http.route:/v1/*", True),
        ('http:"post"', False),
        ("http:*", True),
        ("http.method.x:*", False),
        ('name:"istanbul \u03c3\u03b1\u03c3"', True),
        ("name:\u0130STANBUL*", True),
        ("timed status:200 OR service:api", True),
        ("timed (status:200 OR service:pay)", False),
    ],
)
def test_a_row_matches_or_not(text: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert meaning.matches(parse(text), ROW) is expected


def test_folding_is_character_by_character_and_settled_after_once() -> None:
    changing = [chr(c) for c in range(sys.maxunicode + 1) if chr(c).lower() != chr(c)]
    folded = [fold(c) for c in changing]

    assert {len(f) for f in folded} == {1}
    assert fold("".join(changing)) == "".join(folded)
    assert fold("".join(folded)) == "".join(folded)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5),
        (5.5, 5.5),
        ("-17", -17),
        ("1e3", 1000.0),
        ("9" * 5000, None),
        ("1_000", None),
        ("٣", None),
        (" 1", None),
        ("1\n", None),
        ("inf", None),
        ("1e999", None),
        (float("nan"), None),
        (True, None),
        (None, None),
    ],
)
def test_a_number_is_a_json_number_or_a_string_that_is_one(value: object, expected: float | None) -> None:
    assert number_of(value) == expected
