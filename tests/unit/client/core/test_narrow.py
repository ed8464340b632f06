"""`+ - =` on a facet or a pattern: what becomes of the query."""

import pytest
from debugterm_client.core.narrow import How, narrowed, value_term
from debugterm_client.core.picks import Picks, pattern_term, shown
from debugterm_protocol.query import print_query
from debugterm_protocol.query.stages import Query
from debugterm_protocol.query.syntax import Has
from debugterm_protocol.views import Cell, Facet, Facets, FacetValue, Pattern


@pytest.mark.parametrize(
    ("query", "field", "value", "how", "expected"),
    [
        ("", "service", "pay", "include", "service:pay"),
        ("timeout", "service", "pay", "include", "timeout service:pay"),
        ("service:pay", "service", "checkout", "include", "service:pay OR service:checkout"),
        ("service:pay level>=warn", "service", "pay", "include", "level>=warn service:pay"),
        ("-service:pay x", "service", "pay", "include", "x service:pay"),
        ("a OR b", "service", "pay", "include", "(a OR b) service:pay"),
        ("service:pay", "service", "pay", "exclude", "-service:pay"),
        ("service:(pay OR cart) x", "service", "pay", "exclude", "service:cart x -service:pay"),
        ("service:(pay OR cart) x -service:db", "service", "pay", "only", "x service:pay"),
        ("level>=warn", "level", "error", "only", "level:error"),
        ("level>=warn", "level", "error", "include", "level>=warn level:error"),
        ("x", "status", 504, "include", "x status:504"),
        (
            "x | stats count by service",
            "service",
            "pay",
            "exclude",
            "x -service:pay | stats count by service",
        ),
        ("x", "ok", True, "exclude", "x -ok:true"),
        ("x", "path", "/v1/pay?a=1", "include", 'x path:"/v1/pay?a=1"'),
    ],
)
def test_a_facet_narrows_the_query(query: str, field: str, value: Cell, how: How, expected: str) -> None:
    term = value_term(field, value)

    assert term is not None
    assert narrowed(query, term, how) == expected


def test_a_pattern_is_its_fixed_parts_in_order() -> None:
    term = pattern_term(Pattern("p:1", "Pool <*> exhausted after <*> ms", "error", "pay", 3, 0.0))

    assert term is not None
    assert print_query(Query(term)) == "message:*pool*exhausted after*ms*"
    typed = pattern_term(
        Pattern("p:3", "GET /v<num>/items from <ip> install <none> <...>", "info", "web", 3, 0.0)
    )
    assert typed == Has(("get /v", "/items from", "install <none>"))
    assert pattern_term(Pattern("p:2", "<*>", "info", "pay", 3, 0.0)) is None


def test_a_field_of_many_values_and_one_without_any_do_not_fill_the_pane() -> None:
    many = Facet("latency_ms", [FacetValue(n, 10) for n in range(20)], 3, 1)
    (facet,) = shown(Facets("c", 0, [many, Facet("path", [], 0, 498)]))

    assert [each.value for each in facet.values] == [*range(8)]
    assert facet.other == 123


def test_the_selection_is_kept_by_name_when_the_order_changes() -> None:
    pay, cart = FacetValue("pay", 3), FacetValue("cart", 2)
    picks = Picks()
    before = Facets("c", 0, [Facet("service", [pay, cart], 0, 0)])
    picks.move_facet(1, before)
    after = Facets("c", 0, [Facet("service", [cart, pay], 0, 0)])

    assert (picks.facet_at(before), picks.facet_at(after)) == (1, 0)
    assert (picks.facet_at(Facets("c", 0, [])), picks.facet_term(None)) == (0, None)
