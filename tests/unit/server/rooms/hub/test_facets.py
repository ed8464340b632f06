"""Fields are counted while somebody asks, a bounded number of them, and their past is dropped with them."""

from debugterm_protocol.query import parse
from debugterm_server.bus.entries import Slice
from debugterm_server.core import matcher
from debugterm_server.rooms.hub.census import Census
from debugterm_server.rooms.hub.facets import FIELDS, Facets


class Nothing:
    """A stream that is never asked."""

    async def before(self, env: str, end: str, start: str, *, count: int) -> Slice:
        raise AssertionError((env, end, start, count))

    async def trimmed(self, env: str) -> str:
        raise AssertionError(env)


def made() -> tuple[Facets, Census]:
    census = Census("env", Nothing(), top=lambda: (1_000_000, 0), clock=lambda: 1001.0)
    return Facets("ch", matcher.compile(parse("service:pay")), census), census


def told(facets: Facets, *wish: str) -> list[str]:
    return [facet.field for facet in facets.read(wish, 1001).fields]


async def test_what_nobody_wants_any_more_is_dropped_with_its_past() -> None:
    facets, census = made()
    for number in range(500):
        facets.ask([[f"f{number}", "host"]])

    assert told(facets, "f499", "host", "f3") == ["f499", "host"]
    assert len(facets._pasts) == len(census.recount._jobs) == 2


async def test_all_viewers_of_a_query_together_have_a_bounded_number_of_fields() -> None:
    facets, _ = made()
    facets.ask([[f"f{viewer}-{number}" for number in range(16)] for viewer in range(20)])

    assert told(facets, "f0-0", "f3-15", "f4-0") == ["f0-0", "f3-15"]
    assert len(facets._fields) == FIELDS


async def test_once_nobody_asks_nothing_is_counted() -> None:
    facets, census = made()
    facets.ask([["host"]])
    facets.ask([])

    assert not facets.asked
    assert not census.recount._jobs
