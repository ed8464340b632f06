"""The metric tiles in a real browser: told apart, and nothing leaves its tile."""

import pytest
from debugterm_protocol import frames
from playwright.async_api import expect

from tests.acceptance.browser.test_room import watching
from tests.support.browser import DESKTOP, PHONE
from tests.support.scripted_hub import Peer, rows
from tests.support.stage import caught, enter

OUTSIDE = """figures => figures.flatMap(figure => {
  const box = figure.getBoundingClientRect();
  return [...figure.querySelectorAll('b, svg, em')].filter(part => {
    const { right, bottom } = part.getBoundingClientRect();
    return right > box.right + 1 || bottom > box.bottom + 1;
  }).map(part => part.textContent || part.tagName);
})"""


async def a_shop(peer: Peer) -> None:
    await enter(peer)
    points = [frames.Point("2026-11-23T18:42:01Z", "system.cpu.utilization", 0.4, "1", "", "pay-3")]
    for at in range(2):
        ts = f"2026-11-23T18:42:0{at}Z"
        points += [
            frames.Point(ts, "pool.waiting", 1e300 * at, "furlongs per fortnight", "pay"),
            frames.Point(ts, "http.server.duration.p95", 4600, "ms", "pay"),
            frames.Point(ts, "http.server.duration.p95", 38, "ms", "web"),
        ]
    await peer.send(rows("1-0", "one"), caught(), frames.Points("met:prod", "ep1", "1-0-0", points))
    await peer.gone()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_tiles_are_told_apart_and_hold_what_is_in_them(size: tuple[int, int]) -> None:
    async with watching(a_shop, size=size) as (taken, _):
        page = taken.page
        if size == PHONE:
            await page.get_by_label("Panels").get_by_text("Metrics").click()
        captions = page.locator(".metrics figcaption")
        await expect(captions).to_have_text(
            [
                "CPU40 %pay-3",
                "pool.waiting1P furlongspay",
                "duration.p954.6 spay",
                "duration.p9538 msweb",
            ]
        )
        assert await page.locator(".metrics figure").evaluate_all(OUTSIDE) == []
        cut = (
            "spans => spans.filter(each => each.scrollWidth > each.clientWidth).map(each => each.textContent)"
        )
        assert await captions.locator("span").evaluate_all(cut) == []
