"""What the keyboard and the phone's tabs do in a real browser; and rows that carry marks or long numbers."""

import msgspec
from debugterm_protocol import frames
from playwright.async_api import expect

from tests.acceptance.browser.test_room import watching
from tests.support.browser import PHONE
from tests.support.scripted_hub import Peer, rows
from tests.support.stage import caught, enter


async def quiet(peer: Peer) -> None:
    await enter(peer)
    await peer.send(rows("1-0", "one"), caught())
    await peer.gone()


async def marked(peer: Peer) -> None:
    await enter(peer)
    row = {
        "ts": "2026-01-02T03:04:05.678901Z",
        "level": "info",
        "service": "pay",
        "message": "m" * 500,
        "attrs": {"user": 9007199254740993},
        "parse_error": True,
        "ts_skewed": True,
    }
    raw = msgspec.Raw(msgspec.json.encode(row))
    await peer.send(frames.Rows("log:prod:1", "ep1", [frames.Group("1-0", [0], [raw])]), caught())
    await peer.gone()


async def test_letters_typed_at_once_after_a_colon_or_a_slash_are_text() -> None:
    async with watching(quiet) as (taken, _):
        page = taken.page
        await expect(page.get_by_role("log").get_by_text("one")).to_be_visible()
        # All keys in one task of the page: faster than any code or frame can come.
        await page.evaluate(
            "for (const key of ':say') document.body.dispatchEvent("
            "new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}))"
        )
        command = page.get_by_label("Command", exact=True)
        await expect(command).to_have_value("say")
        await expect(command).to_be_focused()
        await expect(command).to_have_attribute("placeholder", "Command, for example say all on pay-3")
        await page.keyboard.press("Escape")

        await page.keyboard.type("/eggs")
        await expect(page.get_by_label("Filter", exact=True)).to_have_value("eggs")


async def test_a_search_for_errors_that_finds_none_says_so() -> None:
    async with watching(quiet) as (taken, _):
        page = taken.page
        await expect(page.get_by_role("log").get_by_text("one")).to_be_visible()
        await page.keyboard.press("e")
        await expect(page.get_by_test_id("note")).to_contain_text("no error below; E looks above")
        await page.keyboard.press("E")
        await expect(page.get_by_test_id("note")).to_contain_text("no error above")


async def test_the_command_tab_of_a_phone_is_lit_alone() -> None:
    async with watching(quiet, size=PHONE) as (taken, _):
        tabs = taken.page.get_by_label("Panels")
        await expect(tabs.locator("[aria-current]")).to_have_text(["Stream"])
        await tabs.get_by_role("button", name="Command bar").click()
        await expect(tabs.locator("[aria-current]")).to_have_text([">"])
        assert await taken.violations() == []


async def test_marks_stand_before_the_message_and_long_numbers_keep_their_digits() -> None:
    async with watching(marked) as (taken, _):
        page = taken.page
        text = page.locator(".row .text")
        await expect(text).to_contain_text("not parsedclock offmmm")
        await expect(text).to_contain_text("user=9007199254740993")
        await text.click()
        await expect(page.get_by_role("button", name="Only user 9007199254740993")).to_be_visible()
        await page.get_by_role("button", name="JSON", exact=True).click()
        await expect(page.locator(".detail pre")).to_contain_text('"user": 9007199254740993')
