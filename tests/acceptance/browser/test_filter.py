"""The filter box in a real browser: what the hub says of a text while it is typed, and completions by keyboard and mouse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from debugterm_protocol import codec, frames
from debugterm_protocol.views import Probe, Probed, Suggestion
from playwright.async_api import expect

from tests.acceptance.browser.test_room import watching
from tests.support.browser import DESKTOP, PHONE, Seat
from tests.support.scripted_hub import Peer, rows
from tests.support.stage import caught, enter

ANSWERS = {
    "serv": Probed(
        [
            Suggestion("service:", 0, 4, "field", "name of the program", 1204),
            Suggestion("server.address:", 0, 4, "field", n=12),
        ],
        3,
        1204,
        60,
    ),
    "service:": Probed(
        [Suggestion("pay", 8, 8, "value", n=301), Suggestion("checkout", 8, 8, "value", n=111)],
        why="'service:' needs a value",
        column=9,
        hint="quote it to search the text",
    ),
    "service:checkout": Probed([], 111, 1204, 60),
    "sevrice:x": Probed([], 0, 1204, 60, near=["service"]),
}


@asynccontextmanager
async def typing(
    size: tuple[int, int] = DESKTOP,
) -> AsyncIterator[tuple[Seat, list[str], list[frames.Watch]]]:
    """A page whose hub answers probes from the table above; what was asked and watched is kept."""
    asked: list[str] = []
    watched: list[frames.Watch] = []

    async def script(peer: Peer) -> None:
        await enter(peer)
        await peer.send(rows("1-0", "one"), caught())
        async for message in peer.ws:
            frame = codec.decode_client(message.data)
            if isinstance(frame, Probe):
                asked.append(frame.query)
                known = ANSWERS.get(frame.query, Probed([]))
                await peer.send(frames.Ok(frame.id, msgspec.Raw(msgspec.json.encode(known))))
            elif isinstance(frame, frames.Watch):
                watched.append(frame)
                ch = f"log:prod:{len(watched) + 1}"
                await peer.send(frames.Ok(frame.id, msgspec.Raw(msgspec.json.encode({"ch": ch}))))
                await peer.send(rows("1-0", f"rows of {frame.query}", ch=ch), caught(ch))

    async with watching(script, size=size) as (taken, _):
        await expect(taken.page.get_by_role("log").get_by_text("one")).to_be_visible()
        yield taken, asked, watched


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_a_query_is_completed_by_keyboard_and_applied_in_place_of_the_old(
    size: tuple[int, int],
) -> None:
    async with typing(size) as (taken, asked, watched):
        page = taken.page
        box = page.get_by_role("combobox", name="Filter")
        await page.keyboard.press("/")
        await page.keyboard.type("serv")
        options = page.get_by_role("listbox", name="Completions").get_by_role("option")
        await expect(options).to_have_text(["service:name of the program1,204", "server.address:field12"])
        await expect(page.locator(".found")).to_have_text("3 of 1,204 rows of the last 60 s match")
        await expect(box).to_have_attribute("aria-expanded", "true")
        assert await taken.violations() == []

        await page.keyboard.press("Tab")
        await expect(box).to_have_value("service:")
        await expect(page.locator(".assist .trouble")).to_have_text(
            "'service:' needs a value (column 9); quote it to search the text"
        )
        await expect(page.locator(".under span")).to_have_text("service:")
        assert await taken.violations() == []

        await expect(options).to_have_text(["payvalue301", "checkoutvalue111"])
        await page.keyboard.press("ArrowUp")
        await expect(box).to_have_attribute("aria-activedescendant", "filter-1")
        await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        await page.keyboard.press("Enter")
        await expect(box).to_have_value("service:checkout")
        await expect(page.locator(".found")).to_contain_text("111 of 1,204 rows")
        await expect(page.locator(".under")).to_have_count(0)
        await expect(box).to_have_attribute("aria-expanded", "false")

        await page.keyboard.press("Enter")
        log = page.get_by_role("log")
        await expect(log.locator(".row .text")).to_have_text(["rows of service:checkout"])
        assert page.url.endswith("?q=service%3Acheckout")

    assert asked == ["serv", "service:", "service:checkout"]
    assert [(watch.query, watch.replaces) for watch in watched] == [("service:checkout", "log:prod:1")]


async def test_escape_closes_the_completions_first_and_then_leaves_the_filter_as_it_was() -> None:
    async with typing() as (taken, _, watched):
        page = taken.page
        box = page.get_by_role("combobox", name="Filter")
        await box.focus()
        await page.keyboard.type("serv")
        completions = page.get_by_role("listbox", name="Completions")
        await expect(completions).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(completions).to_have_count(0)
        await expect(box).to_have_value("serv")
        await expect(box).to_be_focused()
        await page.keyboard.press("Control+Space")
        await expect(completions).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await expect(box).to_have_value("")
        await expect(box).not_to_be_focused()
        await expect(page.locator(".assist")).to_have_count(0)
        # With the list closed Tab is Tab: nobody is caught in the box.
        await box.focus()
        await page.keyboard.press("Tab")
        await expect(box).not_to_be_focused()

    assert watched == []


async def test_the_mouse_picks_a_completion_and_the_box_keeps_the_focus() -> None:
    async with typing() as (taken, _, _watched):
        page = taken.page
        box = page.get_by_role("combobox", name="Filter")
        await box.focus()
        await page.keyboard.type("serv")
        await page.get_by_role("option", name="service:").click()
        await expect(box).to_have_value("service:")
        await expect(box).to_be_focused()


async def test_a_completion_of_an_older_text_is_not_put_into_a_newer_one() -> None:
    async with typing() as (taken, _, _watched):
        page = taken.page
        box = page.get_by_role("combobox", name="Filter")
        await box.focus()
        await page.keyboard.type("serv")
        await expect(page.get_by_role("option", name="service:")).to_be_visible()
        # Both keys in one task of the page: faster than any answer.
        await box.evaluate(
            "box => { box.value = 'servx'; box.dispatchEvent(new InputEvent('input', {bubbles: true}));"
            "box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Tab', bubbles: true, cancelable: true})) }"
        )
        await expect(page.get_by_role("listbox")).to_have_count(0)
        await expect(box).to_have_value("servx")


async def test_a_field_that_no_row_has_brings_the_nearest_names() -> None:
    async with typing() as (taken, _, _watched):
        page = taken.page
        await page.get_by_role("combobox", name="Filter").fill("sevrice:x")
        await expect(page.locator(".found")).to_have_text(
            "0 of 1,204 rows of the last 60 s match · no row has this field; near: service"
        )


async def test_back_and_forward_walk_through_the_filters() -> None:
    async with typing() as (taken, _, _watched):
        page = taken.page
        box = page.get_by_role("combobox", name="Filter")
        for query in ("level:error", "service:pay"):
            await box.fill(query)
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("log").get_by_text(f"rows of {query}")).to_be_visible()
        await page.go_back()
        await expect(box).to_have_value("level:error")
        await expect(page.get_by_role("log").get_by_text("rows of level:error")).to_be_visible()
        await page.go_back()
        await expect(box).to_have_value("")
        await page.go_forward()
        await expect(box).to_have_value("level:error")
