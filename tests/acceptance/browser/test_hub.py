"""Two people in two browsers on a real hub: Valkey, SQLite, sockets and the built page, nothing scripted."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import DESKTOP, PHONE, seat
from tests.support.hub import WORD, Hub, served


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with served() as started:
        yield started


async def enter(page: Page, hub: Hub, name: str, *, url: str = "") -> None:
    """Log in and wait until the room is live; `url` when the way to the hub is another one."""
    await page.goto(f"{url or hub.url}/s/lobby")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(WORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("state")).to_have_text("LIVE")


def line(n: int, *, level: str, service: str) -> bytes:
    return b'{"level":"%b","service":"%b","message":"row %d"}\n' % (level.encode(), service.encode(), n)


async def test_two_people_share_rows_words_and_the_view(hub: Hub) -> None:
    await hub.ingest(line(1, level="info", service="edge"))
    async with seat(size=DESKTOP) as first, seat(size=PHONE, scheme="light") as second:
        ana, cy = first.page, second.page
        await enter(ana, hub, "responder")
        await enter(cy, hub, "viewer")
        for page in (ana, cy):
            await expect(page.get_by_role("log").get_by_text("row 1", exact=True)).to_be_visible()
        await hub.ingest(line(2, level="error", service="pay") + line(3, level="info", service="pay"))
        for page in (ana, cy):
            await expect(page.get_by_role("log").get_by_text("row 3", exact=True)).to_be_visible()

        await ana.get_by_label("Say something to everybody here").fill("all on pay-3?")
        await ana.keyboard.press("Enter")
        await cy.get_by_role("button", name="People").click()
        await expect(cy.get_by_label("People and chat")).to_contain_text("all on pay-3?")
        await cy.get_by_role("button", name="Stream").click()

        await ana.get_by_role("button", name="Drive").click()
        await expect(ana.locator(".whose")).to_contain_text("You drive")
        await ana.get_by_label("Filter", exact=True).fill("level>=error")
        await ana.keyboard.press("Enter")
        await expect(cy.locator(".whose")).to_contain_text("Following responder")
        await expect(cy.get_by_label("Filter", exact=True)).to_have_value("level>=error")
        for page in (ana, cy):
            await expect(page.get_by_role("log").locator(".row .text")).to_have_text(["row 2"])

        await cy.keyboard.press(":")
        await cy.get_by_label("Command", exact=True).fill("filter service:edge")
        await cy.keyboard.press("Enter")
        await expect(cy.get_by_test_id("note")).to_contain_text(
            "a viewer may not set the shared filter in development · who can: commander or responder"
        )
        assert first.errors + second.errors == []


async def test_a_new_session_has_its_own_address_and_a_reload_comes_back_to_it(hub: Hub) -> None:
    async with seat() as taken:
        page = taken.page
        await enter(page, hub, "responder")
        await page.get_by_role("button", name="Lobby").click()
        await page.get_by_label("Title of a new session").fill("Checkout answers 5xx")
        await page.get_by_role("button", name="New session").click()
        await expect(page.get_by_role("heading", name="Checkout answers 5xx")).to_be_visible()
        await expect(page.get_by_test_id("state")).to_have_text("LIVE")
        address = page.url

        await page.reload()
        await expect(page.get_by_role("heading", name="Checkout answers 5xx")).to_be_visible()

        assert (page.url, "/s/s_" in address) == (address, True)
        assert taken.errors == []


async def test_a_wrong_query_is_pointed_at_by_the_hub_itself(hub: Hub) -> None:
    async with seat() as taken:
        await enter(taken.page, hub, "viewer")
        await taken.page.get_by_label("Filter", exact=True).fill("level>=error service: pay")
        await taken.page.keyboard.press("Enter")

        await expect(taken.page.locator(".under span")).to_have_text("level>=error service:")
        await expect(taken.page.get_by_role("alert")).to_contain_text("'service:' needs a value")


async def test_metrics_of_a_host_are_drawn_with_their_values(hub: Hub) -> None:
    async with seat() as taken:
        await enter(taken.page, hub, "viewer")
        body = b'{"ts":"%b","metric":"system.cpu.utilization","value":0.42,"unit":"1","host":"pay-3"}\n'
        await hub.ingest(body % b"2026-11-23T18:42:01Z")

        await expect(taken.page.get_by_role("figure").filter(has_text="CPU")).to_contain_text("42 %")


async def test_what_the_hub_counts_stands_beside_the_rows_and_helps_to_type(hub: Hub) -> None:
    lines = [
        line(n, level="error" if n % 3 == 0 else "info", service="pay" if n % 2 else "web") for n in range(30)
    ]
    await hub.ingest(b"".join(lines))
    async with seat(size=(1600, 900)) as taken:
        page = taken.page
        await enter(page, hub, "viewer")
        await expect(page.locator(".histogram figcaption")).to_contain_text("ERR 10INF 20")
        fields = page.get_by_label("Fields", exact=True)
        await expect(fields.get_by_role("button", name="pay 15", exact=True)).to_be_visible()
        await page.keyboard.press("2")
        await expect(page.get_by_label("Patterns", exact=True)).to_contain_text("row <num>")

        box = page.get_by_role("combobox", name="Filter")
        await box.press_sequentially("serv")
        await page.get_by_role("option", name="service:").click()
        await page.get_by_role("option", name="pay").click()
        await expect(box).to_have_value("service:pay")
        await expect(page.locator(".found")).to_contain_text("15 of 30 rows")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("log").locator(".row")).to_have_count(15)
        await fields.get_by_role("button", name="Exclude level error").click()
        await expect(page.get_by_role("log").locator(".row")).to_have_count(10)
        await expect(box).to_have_value("service:pay -level:error")

        await box.fill("* | stats count by service, level | sort count desc")
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Table", exact=True).get_by_role("row")).to_have_text(
            ["servicelevelcount", "payinfo10", "webinfo10", "payerror5", "weberror5"]
        )
        await expect(page.get_by_test_id("state")).to_contain_text("LIVE")
        assert await taken.violations() == []
        assert taken.errors == []


async def test_older_rows_are_fetched_from_the_hub_itself(hub: Hub) -> None:
    for start in range(0, 1_500, 500):
        await hub.ingest(b"".join(line(n, level="info", service="web") for n in range(start, start + 500)))
    async with seat() as taken:
        page = taken.page
        await enter(page, hub, "viewer")
        await expect(page.locator(".counts")).to_contain_text("1,000 rows, lost 0")
        await page.get_by_role("button", name="More").click()
        await expect(page.locator(".counts")).to_contain_text("1,500 rows, lost 0")
        await page.keyboard.press("Home")
        await expect(page.get_by_role("log").get_by_text("row 0", exact=True)).to_be_visible()
        assert taken.errors == []
