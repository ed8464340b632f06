"""kill -9 of a real hub under an open page: every row is there once, what somebody asked for happens once."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import seat
from tests.support.hub import WORD
from tests.support.processes import Deployment, deployed
from tests.support.proxy import Proxy

SHOWN = "log => [...log.querySelectorAll('.row .text')].map(text => text.textContent)"


@pytest.fixture
async def there() -> AsyncIterator[Deployment]:
    async with deployed(external=True) as started:
        yield started


async def ingest(there: Deployment, first: int, last: int) -> None:
    """Rows `row 1` and so on; every third is an error."""
    lines = [
        b'{"level":"%b","service":"pay","message":"row %d"}' % (b"info" if n % 3 else b"error", n)
        for n in range(first, last)
    ]
    headers = {"Authorization": f"Bearer {there.key}"}
    async with there.http.post(
        f"{there.hub.url}/v1/ingest", data=b"\n".join(lines), headers=headers
    ) as answer:
        assert answer.status == 200, await answer.text()


async def enter(page: Page, url: str) -> None:
    await page.goto(f"{url}/s/lobby")
    await page.get_by_label("Name").fill("responder")
    await page.get_by_label("Password").fill(WORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("state")).to_have_text("LIVE")


async def test_a_page_survives_kill_9_of_its_hub_without_a_lost_or_doubled_row(there: Deployment) -> None:
    await ingest(there, 0, 10)
    async with Proxy([there.hub.address]) as proxy, seat() as taken:
        page = taken.page
        log, state = page.get_by_role("log"), page.get_by_test_id("state")
        await enter(page, proxy.url)
        await page.get_by_label("Filter", exact=True).fill("level:error")
        await page.keyboard.press("Enter")
        await expect(log.locator(".row .text")).to_have_text([f"row {n}" for n in (0, 3, 6, 9)])

        proxy.backends.clear()
        there.hub.kill()
        await expect(state).to_contain_text("RECONNECTING")
        await expect(page.locator(".statebar")).to_contain_text(
            "rows stay readable, missed rows come by themselves"
        )
        await expect(log.get_by_text("row 9", exact=True)).to_be_visible()
        assert await taken.violations() == []

        there.hub.start()
        await there.hub.ready(there.http)
        await ingest(there, 10, 31)
        proxy.backends.append(there.hub.address)
        await expect(state).to_have_text("LIVE", timeout=30_000)
        await expect(log).to_contain_text(re.compile(r"reconnected after \d+ s: 7 rows filled, 0 lost"))
        await ingest(there, 31, 40)
        await expect(log.get_by_text("row 39", exact=True)).to_be_visible()

        assert await log.evaluate(SHOWN) == [f"row {n}" for n in range(0, 40, 3)]
        await expect(page.locator(".counts")).to_contain_text("14 rows, lost 0")
        await expect(page.get_by_label("Filter", exact=True)).to_have_value("level:error")
        assert [error for error in taken.errors if not re.search("WebSocket|Failed to load", error)] == []
