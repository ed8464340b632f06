"""The whole page by keyboard alone: everything can be reached, the focus is always seen, and nobody is caught."""

import pytest
from playwright.async_api import Page, expect

from tests.acceptance.browser.test_panels import busy
from tests.support.browser import DESKTOP, PHONE

WHERE = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const { width, height, top, bottom } = at.getBoundingClientRect();
  const label = at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent.trim();
  const small = at.matches('button, a') && (width < 24 || height < 24);
  const seen = bottom > 0 && top < innerHeight && getComputedStyle(at).outlineStyle !== 'none';
  return [label.slice(0, 40), small, seen];
}"""


async def walk(page: Page) -> list[str]:
    """Press Tab until the focus is where it began; the names of what had it."""
    names: list[str] = []
    for _ in range(80):
        await page.keyboard.press("Tab")
        found = await page.evaluate(WHERE)
        if found is None:
            break
        name, small, seen = found
        assert not small, f"{name} is smaller than 24 px"
        assert seen, f"the focus on {name} cannot be seen"
        names.append(name)
    return names


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_everything_is_reached_with_tab_and_leads_out_again(size: tuple[int, int]) -> None:
    async with busy(size=size) as (taken, _):
        page = taken.page
        await expect(page.locator(".histogram")).to_contain_text("ERR")
        names = await walk(page)

        wanted = ["Filter", "Rows over time; arrows choose a time, Enter", "Stream", "Drive", "Pause", "More"]
        assert [name for name in wanted if name[:40] not in names] == []
        assert len(names) < 80, "Tab goes round in circles"


async def test_an_incident_is_followed_without_a_mouse() -> None:
    async with busy(size=DESKTOP) as (taken, hub):
        page = taken.page
        await expect(page.locator(".histogram")).to_contain_text("ERR")
        await page.keyboard.press("i")
        await page.keyboard.press("ArrowLeft")
        await page.keyboard.press("Enter")
        await page.keyboard.press("End")
        await expect(page.get_by_test_id("state")).to_have_text("LIVE")
        await page.keyboard.press("2")
        await page.get_by_role("button", name="breaker open for").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Filter", exact=True)).to_have_value(
            'message~"^breaker +open +for +.*"'
        )
        await page.get_by_role("log").focus()
        await page.keyboard.press("k")
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Selected row")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press("/")
        await page.keyboard.press("Control+a")
        await page.keyboard.press("Delete")
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Filter", exact=True)).to_have_value("")

    assert [watch.query for watch in hub.watched] == ['message~"^breaker +open +for +.*"', ""]
