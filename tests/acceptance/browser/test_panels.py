"""The panels beside the rows in a real browser: histogram, fields, patterns and tables, by mouse and by keyboard."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import msgspec
import pytest
from debugterm_protocol import codec, frames, views
from debugterm_protocol.views import Aside, Facet, FacetValue, Pattern
from playwright.async_api import expect

from tests.acceptance.browser.test_room import watching
from tests.support.browser import DESKTOP, PHONE, Seat
from tests.support.scripted_hub import Peer, rows
from tests.support.stage import caught, enter

WIDE = (1600, 900)
TABLET = (768, 1024)
NOW = 1_764_009_721
"""18:42:01 UTC."""


def histogram(ch: str) -> views.Histogram:
    """A quiet quarter of an hour with trouble in its last five minutes."""
    info = [12 + second % 5 for second in range(900)]
    warn = [1 if second % 20 == 0 else 0 for second in range(900)]
    error = [0] * 600 + [second % 7 for second in range(300)]
    by = {"info": info, "warn": warn, "error": error}
    return views.Histogram(ch, NOW - 899, by, 900, NOW - 839)


def facets(ch: str) -> views.Facets:
    fields = [
        Facet("level", [FacetValue("error", 412), FacetValue("warn", 96)], 0, 0),
        Facet("service", [FacetValue("pay", 301), FacetValue("check out", 111)], 40, 8),
        Facet("status", [FacetValue(504, 208)], 0, 244),
        Facet("app.kubernetes.io/name", [FacetValue("<b>api</b>", 17)], 0, 491),
    ]
    return views.Facets(ch, int(time.time()) - 900, fields)


def patterns(ch: str) -> views.Patterns:
    items = [
        Pattern("p:00000031", "breaker open for <*>", "error", "pay", 4, 0, "new"),
        Pattern("p:00000007", "pool exhausted size=<num> waiting=<num>", "error", "checkout", 38, 3.2, "up"),
        Pattern("p:00000009", "charge ok order=<num>", "info", "pay", 0, 1213, "gone"),
        Pattern("p:00000002", "GET /v1/items/<num> (200) in <num>ms", "info", "web", 12_130, 12_500),
    ]
    return views.Patterns(ch, 900, 2700, items, 204)


@dataclass
class Busy:
    """A hub that tells whatever a panel asks for, and keeps what it was asked."""

    watched: list[frames.Watch]
    asides: list[Aside]
    peers: list[Peer]
    gone: set[str]

    async def script(self, peer: Peer) -> None:
        self.peers.append(peer)
        await enter(peer)
        for at in range(10):
            entry = f"{(NOW - 300 + 30 * at) * 1000}-0"
            level = "error" if at > 7 else "info"
            await peer.send(rows(entry, *(f"row {at} {n}" for n in range(9)), level=level))
        await peer.send(
            frames.Caught("log:prod:1", f"{NOW * 1000}-0-0", back_to=f"{(NOW - 900) * 1000}-0-0"),
            frames.Rate("log:prod:1", 1214, 12),
        )
        async for message in peer.ws:
            match codec.decode_client(message.data):
                case Aside() as aside:
                    await self.tell(peer, aside)
                case frames.Watch() as watch:
                    await self.watch(peer, watch)
                case _:
                    """Acks and presence."""

    async def tell(self, peer: Peer, aside: Aside) -> None:
        self.asides.append(aside)
        if aside.histogram:
            await peer.send(histogram(aside.ch))
        if aside.facets:
            told = facets(aside.ch)
            left = [each for each in told.fields if each.field not in self.gone]
            await peer.send(msgspec.structs.replace(told, fields=left))
        if aside.patterns:
            await peer.send(patterns(aside.ch))

    async def watch(self, peer: Peer, watch: frames.Watch) -> None:
        self.watched.append(watch)
        ch = f"log:prod:{len(self.watched) + 1}"
        kind: Literal["rows", "table"] = "table" if "|" in watch.query else "rows"
        answer = views.Watched(ch, "ep1", "1-0-0", kind)
        await peer.send(frames.Ok(watch.id, msgspec.Raw(msgspec.json.encode(answer))))
        if kind == "rows":
            await peer.send(rows("1-0", f"rows of {watch.query}", ch=ch), caught(ch))


@asynccontextmanager
async def busy(
    *, size: tuple[int, int] = WIDE, scheme: Literal["dark", "light"] = "dark"
) -> AsyncIterator[tuple[Seat, Busy]]:
    """A room whose hub tells whatever a panel asks for."""
    hub = Busy([], [], [], set())
    async with watching(hub.script, size=size, scheme=scheme) as (taken, _):
        await expect(taken.page.get_by_test_id("state")).to_have_text("LIVE")
        yield taken, hub


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", [PHONE, TABLET, DESKTOP, WIDE], ids=["phone", "tablet", "desktop", "wide"])
async def test_nobody_is_shut_out_of_any_panel(
    size: tuple[int, int], scheme: Literal["dark", "light"]
) -> None:
    async with busy(size=size, scheme=scheme) as (taken, _):
        page = taken.page
        for key, shown in (("2", "Patterns"), ("3", "Fields"), ("6", "People and chat"), ("1", "Stream")):
            await page.keyboard.press(key)
            await expect(page.get_by_label(shown, exact=True).first).to_be_visible()
            assert await taken.violations() == []
            overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert (shown, max(overflow, 0)) == (shown, 0)
        await expect(page.get_by_role("main")).to_have_count(1)


async def test_a_phone_has_a_main_part_on_every_tab() -> None:
    async with busy(size=PHONE) as (taken, _):
        for name in ("Fields", "Patterns", "Metrics", "People", "Stream"):
            await taken.page.get_by_label("Panels").get_by_role("button", name=name).click()
            assert await taken.violations() == []


async def test_the_histogram_is_walked_by_keys_and_read_as_a_table() -> None:
    async with busy() as (taken, _):
        page = taken.page
        bars = page.get_by_role("slider", name="Rows over time")
        await expect(page.locator(".histogram")).to_contain_text("ERR 897")
        await page.keyboard.press("i")
        await expect(bars).to_be_focused()
        await page.keyboard.press("ArrowLeft")
        await expect(bars).to_have_attribute("aria-valuetext", "18:41:45 255 rows: 45 error, 210 info")
        await expect(page.locator(".histogram figcaption")).to_contain_text("18:41:45 255 rows")
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("ArrowLeft")
        for _ in range(3):
            await page.keyboard.press("ArrowLeft")
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("state")).to_have_text("PAUSED")
        await expect(page.locator(".row.selected")).to_contain_text("row 8 0")

        await page.get_by_role("button", name="Histogram as a table").click()
        table = page.get_by_role("dialog", name="Rows over time")
        await expect(table.get_by_role("row").nth(2)).to_have_text("18:41:454502100255")
        assert await taken.violations() == []


async def test_the_next_seconds_are_added_to_the_histogram() -> None:
    async with busy() as (taken, hub):
        page = taken.page
        await expect(page.locator(".histogram")).to_contain_text("WRN 45")
        await hub.peers[0].send(frames.Rate("log:prod:1", 1300, 40, NOW + 1, {"warn": 30, "error": 10}))
        await expect(page.locator(".histogram")).to_contain_text("WRN 74")


async def test_a_value_of_a_field_is_put_into_the_filter_and_taken_out_again() -> None:
    async with busy() as (taken, hub):
        page = taken.page
        fields = page.get_by_label("Fields", exact=True)
        await fields.get_by_role("button", name="check out 111").click()
        await expect(page.get_by_role("log").get_by_text('rows of service:"check out"')).to_be_visible()
        value = fields.get_by_role("button", name="check out 111")
        await expect(value).to_have_attribute("aria-pressed", "true")
        await fields.get_by_role("button", name="Exclude status 504").click()
        await expect(page.get_by_label("Filter", exact=True)).to_have_value('service:"check out" -status:504')
        await fields.get_by_role("button", name="check out 111").click()
        await expect(page.get_by_label("Filter", exact=True)).to_have_value("-status:504")
        await fields.get_by_role("button", name="error 412").focus()
        await page.keyboard.press("=")
        await expect(page.get_by_label("Filter", exact=True)).to_have_value("level:error")
        await page.keyboard.press("-")
        await expect(page.get_by_label("Filter", exact=True)).to_have_value("-level:error")
        await expect(fields).to_contain_text("<b>api</b>")
        # The value is not among the rows any more: whoever walks by keyboard is still in the panel.
        hub.gone = {"level"}
        await hub.tell(hub.peers[0], msgspec.structs.replace(hub.asides[-1]))
        await expect(fields.get_by_label("Fields and their values")).to_be_focused()

    assert hub.watched[-1].query == "-level:error"


async def test_patterns_are_asked_for_only_while_they_are_shown_and_a_click_filters() -> None:
    async with busy() as (taken, hub):
        page = taken.page
        await page.keyboard.press("2")
        panel = page.get_by_label("Patterns", exact=True)
        await expect(panel.locator(".mark")).to_have_text(["NEW", "UP", "GONE"])
        await expect(panel).to_contain_text("15 min against 45 min before")
        await expect(panel).to_contain_text("200 more are not listed")
        await panel.get_by_role("button", name="GET /v1/items").click()
        await expect(page.get_by_label("Filter", exact=True)).to_have_value(
            'message~"^GET +/v1/items/.* +\\\\(200\\\\) +in +.*ms"'
        )
        await page.keyboard.press("6")
        await expect(panel).to_have_count(0)
        await page.wait_for_timeout(100)

    assert len(hub.watched) == 1
    assert [aside.patterns for aside in hub.asides] == [False, True, True, False]


async def test_an_aggregating_query_shows_a_table_that_lives() -> None:
    async with busy() as (taken, hub):
        page = taken.page
        await page.get_by_label("Filter", exact=True).fill("level>=error | stats count by service")
        await page.keyboard.press("Enter")
        view = page.get_by_label("Table", exact=True)
        await expect(view).to_contain_text("Waiting for the first numbers")
        told = views.Table("log:prod:2", ["service", "count"], [["pay", 301], [None, 1.5]], NOW, 3)
        await hub.peers[0].send(told)
        await expect(view.get_by_role("row")).to_have_text(["servicecount", "pay301", "\u20131.5"])
        await expect(view).to_contain_text("2 of 3 groups, counted since 18:42:01")
        await expect(page.get_by_test_id("state")).to_have_text("LIVE")
        assert await taken.violations() == []
        await page.get_by_role("button", name="Clear the filter").click()
        await expect(page.get_by_role("log")).to_be_visible()
