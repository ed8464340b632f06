"""Gaps in a real browser: told in their place, loaded on request without moving what is read, and counted honestly."""

import asyncio

import msgspec
from debugterm_protocol import frames
from debugterm_protocol.views import Flow, Watched
from playwright.async_api import Page, expect

from tests.acceptance.browser.test_room import watching
from tests.support.scripted_hub import Peer, rows
from tests.support.stage import CTL, HERE, ROOM, caught, enter

CH = "log:prod:1"
SEEN = (
    "log => [...log.querySelectorAll('.row')].map(row => [row.dataset.id, row.getBoundingClientRect().top])"
    ".filter(([, top]) => top >= log.getBoundingClientRect().top)"
)


def fetched(asked: frames.Fetch, *parts: frames.Rows, done: bool = True, back_to: str = "") -> frames.Fetched:
    groups = [group for part in parts for group in part.b]
    return frames.Fetched(asked.id, CH, "ep1", groups, done=done, back_to=back_to)


async def with_a_gap(peer: Peer) -> None:
    await enter(peer)
    await peer.send(rows("1-0", *(f"before {n}" for n in range(40))))
    by, shown = {"info": 2, "warn": 1}, {"warn": 1, "error": 7}
    await peer.send(frames.Gap(CH, "2-0-0", "2-0-4", 3, by, shown, "slow"))
    await peer.send(rows("3-0", *(f"after {n}" for n in range(40))), caught())


async def test_a_gap_is_loaded_in_its_place_and_taken_from_what_is_lost() -> None:
    asked: list[frames.Fetch] = []

    async def script(peer: Peer) -> None:
        await with_a_gap(peer)
        asked.append(await peer.expect(frames.Fetch))
        await peer.send(
            fetched(asked[0], rows("2-0", "one", "two"), done=False, back_to=""),
            fetched(asked[0], rows("2-0", "one", "two", "three", level="error")),
        )
        await peer.gone()

    async with watching(script) as (taken, _):
        page = taken.page
        await expect(page.locator(".counts")).to_contain_text("80 rows, lost 3")
        await page.get_by_role("log").evaluate("log => { log.scrollTop = 30 * 24 }")
        gap = page.locator(".gap")
        await expect(gap).to_contain_text(
            "3 rows not shown 00:00:00 (1 of 2 warn, 2 info; every error is here): this browser was too slow"
        )
        assert await taken.violations() == []
        await gap.get_by_role("button", name="Load").click()

        log = page.get_by_role("log")
        await expect(log.get_by_text("three", exact=True)).to_be_visible()
        await expect(gap).to_have_count(0)
        await expect(page.locator(".counts")).to_contain_text("83 rows, lost 0")
        await expect(log).to_be_focused()

    assert (asked[0].ch, asked[0].start, asked[0].end) == (CH, "2-0-0", "2-0-4")


async def test_a_gap_loaded_in_part_keeps_the_rest_and_the_keyboard_does_it_too() -> None:
    asked: list[frames.Fetch] = []

    async def script(peer: Peer) -> None:
        await with_a_gap(peer)
        asked.append(await peer.expect(frames.Fetch))
        group = rows("2-0", "", "", "", "late one", level="warn").b[0]
        newest = frames.Group("2-0", [3], group.rows[3:])
        await peer.send(frames.Fetched(asked[0].id, CH, "ep1", [newest], done=True, back_to="2-0-3"))
        asked.append(await peer.expect(frames.Fetch))
        await peer.send(
            frames.Gap(CH, "2-0-0", "2-0-2", None, why="retention"),
            frames.Fetched(asked[1].id, CH, "ep1", [], done=True),
        )
        await peer.gone()

    async with watching(script) as (taken, _):
        page = taken.page
        await expect(page.locator(".counts")).to_contain_text("lost 3")
        for _ in range(41):
            await page.keyboard.press("k")
        await page.keyboard.press("Enter")
        await expect(page.locator(".gap")).to_contain_text(
            "2 rows not shown 00:00:00 (2 info; every error is here)"
        )
        await expect(page.locator(".counts")).to_contain_text("lost 2")
        await page.keyboard.press("Enter")
        await expect(page.locator(".gap")).to_contain_text(
            "2 rows not shown 00:00:00 (2 info; every error is here): the hub no longer has them"
        )
        await expect(page.locator(".gap button")).to_have_count(0)
        await expect(page.locator(".counts")).to_contain_text("lost 2")

    assert (asked[1].start, asked[1].end) == ("2-0-0", "2-0-3")


async def test_older_rows_come_above_and_nothing_in_sight_moves() -> None:
    asked: list[frames.Fetch] = []

    async def script(peer: Peer) -> None:
        await enter(peer)
        await peer.send(rows("1700000000000-0", *(f"row {n}" for n in range(200))))
        await peer.send(frames.Caught(CH, "1700000000000-0-199", more=True, back_to="1700000000000-0"))
        asked.append(await peer.expect(frames.Fetch))
        older = rows("1699999999000-0", *(f"older {n}" for n in range(50)))
        await peer.send(fetched(asked[0], older, back_to="1699999990000-0-0"))
        asked.append(await peer.expect(frames.Fetch))
        await peer.send(fetched(asked[1]))
        await peer.gone()

    async with watching(script) as (taken, _):
        page = taken.page
        log = page.get_by_role("log")
        back = page.locator(".back")
        await expect(back).to_contain_text("searched back to 22:13:20")
        await log.evaluate("log => { log.scrollTop = 50 * 24 }")
        await expect(page.get_by_test_id("state")).to_have_text("PAUSED")
        before = await log.evaluate(SEEN)
        await back.get_by_role("button", name="More").click()
        await expect(back).to_contain_text("searched back to 22:13:10")
        await expect(page.locator(".counts")).to_contain_text("250 rows")
        assert await log.evaluate(SEEN) == before
        await back.get_by_role("button", name="More").click()
        await expect(back).to_have_text("everything the hub holds is here")
        assert await taken.violations() == []

    assert [(one.start, one.end) for one in asked] == [
        ("0-0-0", "1700000000000-0"),
        ("0-0-0", "1699999990000-0-0"),
    ]


async def test_a_late_row_says_so() -> None:
    async def script(peer: Peer) -> None:
        await enter(peer)
        stored = {"ts": "2026-01-02T03:04:05Z", "level": "info", "message": "old news", "late": True}
        raw = msgspec.Raw(msgspec.json.encode(stored))
        await peer.send(frames.Rows(CH, "ep1", [frames.Group("1-0", [0], [raw])]), caught())
        await peer.gone()

    async with watching(script) as (taken, _):
        await expect(taken.page.locator(".row .flag")).to_have_text("late")


async def test_a_row_whose_time_and_level_a_stage_left_out_is_shown_all_the_same() -> None:
    async def script(peer: Peer) -> None:
        await enter(peer)
        raw = msgspec.Raw(b'{"service":"pay","attrs":{"path":"/cart"}}')
        await peer.send(frames.Rows(CH, "ep1", [frames.Group("1-0", [0], [raw])]), caught())
        await peer.gone()

    async with watching(script) as (taken, _):
        row = taken.page.locator(".row")
        await expect(row).to_contain_text("pay")
        await expect(row).to_contain_text("path=/cart")
        await row.click()
        await expect(taken.page.get_by_label("Selected row")).to_contain_text("/cart")


async def test_rows_that_come_do_not_take_the_focus_from_a_gap() -> None:
    peers: list[Peer] = []

    async def script(peer: Peer) -> None:
        await enter(peer)
        await peer.send(rows("1-0", *(f"row {n}" for n in range(100))))
        await peer.send(frames.Gap(CH, "2-0-0", "2-0-4", 5), caught())
        peers.append(peer)
        await peer.gone()

    async with watching(script) as (taken, _):
        page = taken.page
        load = page.locator(".gap button")
        await load.focus()
        await expect(page.get_by_test_id("state")).to_have_text("PAUSED")
        for n in range(3, 6):
            await peers[0].send(rows(f"{n}-0", *(f"later {i}" for i in range(200))))
        await expect(page.get_by_role("button", name="600 new rows")).to_be_visible()
        await expect(load).to_be_focused()


async def test_falling_behind_is_told_in_words() -> None:
    peers: list[Peer] = []

    async def script(peer: Peer) -> None:
        await enter(peer)
        await peer.send(rows("1-0", "one"), caught())
        await peer.send(Flow(CH, "lagging", 8_200, "warn"))
        peers.append(peer)
        await peer.gone()

    async with watching(script) as (taken, _):
        page: Page = taken.page
        state, bar = page.get_by_test_id("state"), page.locator(".statebar")
        await expect(state).to_have_text("LAG 8 s")
        await expect(bar).to_contain_text(
            "This browser is 8 s behind: rows below warn are left out and stand as gaps"
        )
        assert await taken.violations() == []
        await peers[0].send(Flow(CH, "summary", 16_000, "error"))
        await expect(state).to_have_text("SUMMARY")
        await expect(bar).to_contain_text("More than 15 s behind: only errors and counts come")
        assert await taken.violations() == []
        await peers[0].send(Flow(CH, "live"))
        await expect(state).to_have_text("LIVE")
        await expect(bar).to_have_count(0)


async def test_a_query_that_the_hub_suspended_is_not_called_live() -> None:
    async def script(peer: Peer) -> None:
        await enter(peer)
        why = "the query costs 60 us a row, 20 are allowed: 'a' is suspended"
        await peer.send(rows("1-0", "one"), caught())
        await peer.send(frames.Err(frames.Problem("LIMIT", why, "put a word before it")))
        await peer.gone()

    async with watching(script) as (taken, _):
        page = taken.page
        await expect(page.get_by_test_id("state")).to_have_text("SUSPENDED")
        await expect(page.locator(".statebar")).to_contain_text("is suspended · put a word before it")
        assert await taken.violations() == []


async def test_a_watch_cut_before_its_first_row_resumes_where_it_began() -> None:
    watches: list[frames.Watch] = []

    async def first(peer: Peer) -> None:
        await peer.welcome()
        await answer(peer, watches)

    async def second(peer: Peer) -> None:
        await peer.welcome()
        await answer(peer, watches)
        await peer.send(rows("8-0", "one"), caught())
        await peer.gone()

    async with watching(first, second) as (taken, _):
        await expect(taken.page.get_by_role("log").get_by_text("one")).to_be_visible()

    assert [watch.source for watch in watches] == ["-15m", frames.Place("ep1", "7-0-2")]


async def answer(peer: Peer, watches: list[frames.Watch]) -> None:
    """Let the browser in as far as the answer to its watch, which begins behind 7-0-2."""
    async with asyncio.timeout(10):
        join = await peer.expect(frames.Join)
        joined = frames.Joined(join.id, CTL, "S1", "5", recovered=False, presence=HERE, snapshot=ROOM)
        await peer.send(joined)
        while True:
            watch = await peer.expect(frames.Watch)
            ch = CH if watch.kind == "log" else "met:prod"
            told = Watched(ch, "ep1", "7-0-2")
            await peer.send(frames.Ok(watch.id, msgspec.Raw(msgspec.json.encode(told))))
            if watch.kind == "log":
                return watches.append(watch)
