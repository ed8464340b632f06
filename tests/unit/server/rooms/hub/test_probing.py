"""Probes: counted by hand on a sample, one at a time for a connection, and bounded in number and work."""

import asyncio

import msgspec
import pytest
from debugterm_protocol import limits
from debugterm_protocol.errors import Code
from debugterm_protocol.frames import Problem
from debugterm_protocol.query import parse
from debugterm_protocol.views import Probe, Probed
from debugterm_server.bus.entries import Entry, Slice
from debugterm_server.core.refusal import Refusal
from debugterm_server.kit.tasks import Nursery
from debugterm_server.rooms.hub import probing
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.census import Census
from debugterm_server.rooms.hub.probing import PEOPLE, Probing

NOW = 1_000_000_000


class Nothing:
    """A stream that is never asked."""

    async def before(self, env: str, end: str, start: str, *, count: int) -> Slice:
        raise AssertionError((env, end, start, count))

    async def trimmed(self, env: str) -> str:
        raise AssertionError(env)


class Asker:
    """Keeps its answers."""

    def __init__(self) -> None:
        self.oks: dict[str, Probed] = {}
        self.errs: dict[str, str] = {}

    def ok(self, request: str, payload: bytes = b"{}") -> None:
        self.oks[request] = msgspec.json.decode(payload, type=Probed)

    def err(self, request: str, problem: Problem) -> None:
        self.errs[request] = problem.code


def census(*, since: int = NOW - 1000) -> Census:
    made = Census("env", Nothing(), top=lambda: (since * 1000, 0), clock=lambda: NOW + 0.5)
    made.begin()
    return made


def receive(into: Census, n: int, *, second: int = NOW, service: str = "pay", **attrs: object) -> None:
    row = {"ts": "x", "level": "info", "service": service, "host": "h", "message": "row", "attrs": attrs}
    rows = b"\n".join([msgspec.json.encode(row)] * n)
    into.take(Read(Entry(f"{second * 1000}-0", rows, n, 0, 0, {"info": n})), watched=True)


def over(counted: Census) -> Census:
    """The second in which rows came is over: the catalog has them."""
    counted.second(NOW + 1)
    return counted


async def probed(counted: Census, query: str, at: int | None = None) -> Probed:
    return await Probing(counted).probe(Probe("p", query, at), "human")


async def test_matches_of_the_last_minute_are_counted() -> None:
    counted = census()
    receive(counted, 30, status=504)
    receive(counted, 20, second=NOW - 59, service="shop")
    receive(counted, 20, second=NOW - 61)
    found = await probed(counted, "status:504")

    assert found == Probed([], match=30, all=50, seconds=60)
    assert (await probed(counted, "service:shop")).match == 20
    assert (await probed(counted, "")).match == 50


async def test_only_the_seconds_that_were_seen_are_claimed() -> None:
    counted = census(since=NOW - 10)
    receive(counted, 5)

    assert (await probed(counted, "")).seconds == 10


async def test_at_a_high_rate_a_sample_stands_for_all_rows_and_it_says_so() -> None:
    counted = census()
    for _ in range(10):
        receive(counted, 600, second=NOW - 1)
        receive(counted, 400, second=NOW - 1, service="shop")
    found = await probed(counted, "service:shop")

    assert (found.all, found.sampled) == (10_000, True)
    assert abs(found.match - 4_000) < 400


async def test_what_takes_too_long_is_cut_and_claims_fewer_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "MOST_SECONDS", 0)
    monkeypatch.setattr(probing, "SLICE_SECONDS", 0)
    counted = census()
    receive(counted, 7, second=NOW - 30)
    receive(counted, 5, second=NOW - 2)

    assert await probed(counted, "service:pay") == Probed([], match=5, all=5, seconds=3)


async def test_a_wrong_query_is_answered_with_its_place_and_still_completed() -> None:
    counted = census()
    receive(counted, 3)
    found = await probed(over(counted), "level:loud serv", 15)

    assert (found.column, found.why[:6], found.match) == (7, "'loud'", 0)
    assert [(one.text, one.n) for one in found.suggestions] == [("service:", 3)]


async def test_values_are_offered_with_their_rows() -> None:
    counted = census()
    receive(counted, 3)
    receive(counted, 8, service="shop")

    assert [(one.text, one.n) for one in (await probed(over(counted), "service:", 8)).suggestions] == [
        ("shop", 8),
        ("pay", 3),
    ]


async def test_a_field_that_no_row_has_is_answered_with_the_names_near_to_it() -> None:
    counted = census()
    receive(counted, 3, status=504, http={"method": "GET"})

    assert (await probed(over(counted), "statsu:504")).near == ["status"]
    assert (await probed(counted, "method:GET")).near == ["http.method"]
    assert (await probed(counted, "status:504 http:* trace_id:x service:y")).near == []
    assert (await probed(census(), "statsu:504")).near == []


async def test_terms_somebody_used_are_offered_to_them_and_to_nobody_else() -> None:
    known = Probing(census())
    known.used("ana", parse("service:pay -path:/health"))
    known.used("ana", parse("level:error service:pay"))
    ana, bo = [await known.probe(Probe("p", "", 0), who) for who in ("ana", "bo")]

    assert [one.text for one in ana.suggestions if one.kind == "recent"] == [
        "service:pay",
        "level:error",
        "-path:/health",
    ]
    assert [one for one in bo.suggestions if one.kind == "recent"] == []


async def test_the_terms_of_a_bounded_number_of_people_are_remembered() -> None:
    known = Probing(census())
    for number in range(PEOPLE + 5):
        known.used(f"h{number}", parse("service:pay"))

    assert len(known._recent) == PEOPLE


async def test_the_newest_probe_of_a_connection_ends_the_one_before() -> None:
    known, asker, other = Probing(census()), Asker(), Asker()
    async with Nursery("test") as nursery:
        known.ask(Probe("1", "a"), "ana", asker, spawn=nursery.spawn)
        known.ask(Probe("2", "b"), "ana", asker, spawn=nursery.spawn)
        known.ask(Probe("3", "c"), "bo", other, spawn=nursery.spawn)
        async with asyncio.timeout(5):
            while not (asker.oks and other.oks):
                await asyncio.sleep(0)

    assert (asker.errs, list(asker.oks)) == ({"1": Code.RATE}, ["2"])
    assert (other.errs, list(other.oks)) == ({}, ["3"])


async def test_more_probes_than_allowed_are_refused() -> None:
    known, asker = Probing(census()), Asker()
    async with Nursery("test") as nursery:
        for number in range(limits.PROBES_A_SECOND):
            known.ask(Probe(str(number), "a"), "ana", asker, spawn=nursery.spawn)
        with pytest.raises(Refusal) as refused:
            known.ask(Probe("more", "a"), "ana", asker, spawn=nursery.spawn)

    assert refused.value.problem.code == Code.RATE
    assert 0 < (refused.value.problem.retry_ms or 0) <= 1001
