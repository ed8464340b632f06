"""Values of a field in a sliding window: exact where told, and every row is in one of the three numbers."""

from collections import Counter

from debugterm_protocol.views import Facet, FacetValue
from debugterm_server.core.facets import KEPT, MINUTES, Field, Row, window_start
from hypothesis import given
from hypothesis import strategies as st

NOW = 60 * 1000


def with_attrs(*values: object, name: str = "x") -> list[Row]:
    return [{"level": "info", "attrs": {name: value}} for value in values]


def counted(field: str, rows: list[Row]) -> Facet:
    facet = Field(field, since=NOW)
    facet.add(rows, second=NOW)
    return facet.read()


def test_values_are_ordered_by_rows_then_by_name() -> None:
    rows: list[Row] = [
        {"service": "pay"},
        {"service": "shop"},
        {"service": "pay"},
        {"service": "api"},
        {"service": "pay"},
    ]
    rows += [{"service": "shop"}, {}]

    assert counted("service", rows) == Facet(
        field="service",
        values=[FacetValue(value="pay", n=3), FacetValue(value="shop", n=2), FacetValue(value="api", n=1)],
        other=0,
        missing=1,
    )


def test_numbers_truths_and_texts_are_told_apart() -> None:
    values = [1, True, "1", 1.0, False, 0, True, 504]
    facet = counted("x", with_attrs(*values))

    assert {(repr(value.value), value.n) for value in facet.values} == {
        ("True", 2), ("1", 2), ("False", 1), ("0", 1), ("'1'", 1), ("504", 1)
    }  # fmt: skip


def test_what_is_no_single_short_value_is_other_and_null_is_missing() -> None:
    facet = counted("x", with_attrs("a", ["a"], {"b": 1}, None, "y" * 201, "y" * 200))

    assert facet == Facet(
        field="x",
        values=[FacetValue(value="a", n=1), FacetValue(value="y" * 200, n=1)],
        other=3,
        missing=1,
    )


def test_a_field_is_found_as_a_query_finds_it() -> None:
    rows: list[Row] = [
        {"service": "own", "attrs": {"service": "theirs", "http": {"status": 200}, "http.status": 500}},
        {"service": "own", "attrs": {"http": {"status": 200}}},
    ]

    assert [value.value for value in counted("service", rows).values] == ["own"]
    assert [value.value for value in counted("attrs.service", rows).values] == ["theirs"]
    assert [value.value for value in counted("http.status", rows).values] == [200, 500]


def test_minutes_leave_the_window_with_their_rows() -> None:
    facet = Field("x", since=0)
    facet.add(with_attrs("old", "both", None, []), second=NOW - 60 * MINUTES - 1)
    facet.add(with_attrs("both", "new"), second=NOW)
    facet.forget(NOW)

    assert window_start(NOW) == NOW - 60 * MINUTES
    assert facet.read() == Facet(
        field="x",
        values=[FacetValue(value="both", n=1), FacetValue(value="new", n=1)],
        other=0,
        missing=0,
    )


def test_the_past_is_added_to_the_present() -> None:
    facet = Field("x", since=NOW)
    facet.add(with_attrs("a"), second=NOW)
    facet.add(with_attrs("a", "b"), second=NOW - 300)

    assert [(value.value, value.n) for value in facet.read().values] == [("a", 2), ("b", 1)]


def test_values_beyond_the_bound_are_other_and_known_ones_stay_exact() -> None:
    facet = Field("x", since=NOW)
    facet.add(with_attrs(*(f"v{n}" for n in range(KEPT + 7))), second=NOW)
    facet.add(with_attrs("v3", "v3", f"v{KEPT}"), second=NOW)
    told = facet.read()

    assert told.values[0] == FacetValue(value="v3", n=3)
    assert len(told.values) == 20
    assert told.other == (KEPT - 20) + 7 + 1


@given(
    st.lists(
        st.tuples(
            st.integers(0, 20),
            st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["a", "b" * 300]), st.just([])),
        )
    )
)  # fmt: skip
def test_every_row_is_told_once(rows: list[tuple[int, object]]) -> None:
    facet = Field("x", since=0)
    minutes: Counter[int] = Counter()
    for minute, value in rows:
        facet.add(with_attrs(value), second=minute * 60)
        minutes[minute] += 1
    facet.forget(20 * 60)
    told = facet.read()

    expected = sum(n for minute, n in minutes.items() if minute >= 20 - MINUTES)
    assert sum(value.n for value in told.values) + told.other + told.missing == expected
