"""Fields and values by frequency, from a sample, bounded; and the names near to a wrong one."""

import pytest
from debugterm_server.core.catalog import FIELDS, MINUTES, VALUES, Catalog, Row

NOW = 60 * 1000


def catalog(*rows: Row, came: int | None = None) -> Catalog:
    made = Catalog()
    made.add(rows, second=NOW, came=came or len(rows))
    return made


PAY: Row = {
    "ts": "2026-11-23T18:42:01.000000Z",
    "level": "error",
    "service": "pay",
    "host": "pay-3",
    "message": "timeout",
    "attrs": {"status": 504, "http": {"method": "GET"}, "ok": False, "tags": ["a"], "none": None, "service": "x"},
}  # fmt: skip


def test_fields_are_counted_under_the_names_that_queries_use() -> None:
    assert catalog(PAY, PAY, {"level": "info", "message": ""}).fields() == [
        ("level", 3),
        ("attrs.service", 2),
        ("host", 2),
        ("http.method", 2),
        ("message", 2),
        ("ok", 2),
        ("service", 2),
        ("status", 2),
        ("tags", 2),
    ]


def test_values_are_told_as_they_are_typed() -> None:
    made = catalog(PAY, {"level": "info", "service": "shop", "attrs": {"status": 200}}, PAY)

    assert made.values("service") == [("pay", 2), ("shop", 1)]
    assert made.values("status") == [("504", 2), ("200", 1)]
    assert made.values("ok") == [("false", 2)]
    assert made.values("tags") == []
    assert made.values("message") == []
    assert made.values("nobody") == []


def test_a_sample_stands_for_all_rows() -> None:
    made = catalog(PAY, PAY, came=200)

    assert made.sampled
    assert made.values("service") == [("pay", 200)]
    assert not catalog(PAY).sampled


def test_what_is_older_than_the_window_is_forgotten() -> None:
    made = catalog(PAY)
    made.add([{"service": "new"}], second=NOW + 60 * MINUTES, came=1)
    made.forget(NOW + 60 * MINUTES)

    assert made.fields() == [("service", 1)]


def test_fields_and_values_of_an_attacker_are_bounded() -> None:
    many: Row = {"attrs": {f"f{n}": n for n in range(1000)}}
    long: Row = {"attrs": {"x" * 81: 1, "v": "x" * 81, "w": "a\x1bb", "deep": {"a": {"b": {"c": 1}}}}}
    values: list[Row] = [{"attrs": {"v": n}} for n in range(1000)]
    made = catalog(*values)

    assert len(catalog(many).fields()) == FIELDS
    assert catalog(long).fields() == [("v", 1), ("w", 1)]
    assert catalog(long).values("v") == catalog(long).values("w") == []
    assert len(made.values("v")) == VALUES
    assert made.fields() == [("v", 1000)]


def test_facets_are_chosen_among_attributes_whose_values_come_again() -> None:
    rows: list[Row] = [
        {"level": "info", "attrs": {"version": f"v{n % 2}", "user": f"u{n}", "took": n * 1.5, "rare": n} if n > 9 else {}}
        for n in range(100)
    ]  # fmt: skip
    rows.append({"attrs": {"seldom": "yes"}})

    assert catalog(*rows).choices(5) == ["version", "seldom"]
    assert catalog(*rows).choices(1) == ["version"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("srvice", ["service"]),
        ("Service", ["service", "attrs.service"]),
        ("stats", ["status"]),
        ("method", ["http.method"]),
        ("hsot", ["host"]),
        ("zzz", []),
        ("", []),
    ],
)
def test_names_near_to_a_wrong_one(typed: str, expected: list[str]) -> None:
    assert [name for name, _ in catalog(PAY).near(typed)] == expected


def test_near_names_come_with_their_rows() -> None:
    assert catalog(PAY, PAY).near("servic", 1) == [("service", 2)]
