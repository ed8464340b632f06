"""A page on a line that stands still, on a real hub: nothing is missing without being counted, and it can be loaded."""

import asyncio
import re
from urllib.parse import urlsplit

from playwright.async_api import Page, expect

from tests.acceptance.browser.test_hub import enter
from tests.support.browser import seat
from tests.support.hub import served
from tests.support.proxy import Proxy

ROWS = 40_000
BATCH = 1_000


async def counts(page: Page) -> tuple[int, int]:
    """Rows on the page, and rows that it says are lost."""
    text = (await page.locator(".counts").text_content()) or ""
    found = re.search(r"([\d,]+) rows, lost ([\d,]+)", text)
    assert found, text
    return int(found[1].replace(",", "")), int(found[2].replace(",", ""))


def line(n: int) -> bytes:
    level = b"error" if n % 50 == 0 else b"info"
    return b'{"level":"%b","service":"pay","message":"row %d %b"}' % (level, n, b"x" * 600)


async def test_rows_and_lost_rows_are_together_what_was_sent() -> None:
    async with served() as hub, Proxy([("127.0.0.1", urlsplit(hub.url).port or 0)]) as proxy, seat() as taken:
        page = taken.page
        await enter(page, hub, "viewer", url=proxy.url)
        proxy.blackhole()
        for start in range(0, ROWS, BATCH):
            await hub.ingest(b"\n".join(line(n) for n in range(start, start + BATCH)))
        proxy.heal()
        async with asyncio.timeout(60):
            while sum(await counts(page)) < ROWS:
                await page.wait_for_timeout(100)
        shown, lost = await counts(page)
        assert (shown + lost, lost > 0) == (ROWS, True)
        await expect(page.get_by_test_id("state")).to_contain_text("LIVE", timeout=30_000)

        log, gap = page.get_by_role("log"), page.locator(".gap").first
        await page.keyboard.press("Home")
        while not await gap.count():
            await log.evaluate("log => { log.scrollTop += log.clientHeight }")
        await expect(gap).to_contain_text(re.compile(r"rows not shown .*info.*this browser was too slow"))
        await gap.get_by_role("button").click()
        async with asyncio.timeout(30):
            while (await counts(page))[1] >= lost:
                await page.wait_for_timeout(100)
        assert sum(await counts(page)) == ROWS
        assert taken.errors == []
