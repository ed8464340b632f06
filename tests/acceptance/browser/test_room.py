"""The room in a real browser, against a hub that says exactly what each test needs."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import msgspec
import pytest
from debugterm_protocol import frames, sessions
from playwright.async_api import expect

from tests.support.browser import DESKTOP, PHONE, Seat, seat
from tests.support.scripted_hub import Peer, Script, rows
from tests.support.stage import CTL, ROOM, Entry, Stage, answer_watches, caught, enter

HOSTILE = [
    "<img src=x onerror=\"document.title='owned'\">",
    "<script>document.title='owned'</script>",
    "[click](javascript:alert(1))",
    "\x1b[31mred\x1b[0m \u202edesrever\u202c zero\u200bwidth",
]


async def log_in(taken: Seat, typed: str = "right") -> None:
    await taken.page.get_by_label("Name").fill("ana")
    await taken.page.get_by_label("Password").fill(typed)
    await taken.page.keyboard.press("Enter")


@asynccontextmanager
async def watching(
    *scripts: Script,
    size: tuple[int, int] = DESKTOP,
    scheme: Literal["dark", "light"] = "dark",
    path: str = "/s/INC-42",
) -> AsyncIterator[tuple[Seat, Stage]]:
    stage = Stage(*scripts)
    async with stage.serve(), seat(size=size, scheme=scheme) as taken:
        await taken.page.goto(f"{stage.url}{path}")
        if "#" not in path:
            await log_in(taken)
        yield taken, stage
        assert taken.errors == []


async def a_full_room(peer: Peer) -> None:
    """Everything there is to see: all levels, hostile text, a gap, metrics, chat."""
    await enter(peer)
    for at, level in enumerate(("trace", "debug", "info", "warn", "error", "fatal")):
        await peer.send(rows(f"{at + 1}-0", "upstream timed out", level=level))
    await peer.send(rows("8-0", *HOSTILE))
    await peer.send(frames.Gap("log:prod:1", "9-0-0", "9-0-9", 1204, {"info": 1201, "error": 3}))
    await peer.send(frames.Caught("log:prod:1", "9-0-9", more=True), frames.Rate("log:prod:1", 1214, 12))
    points = [
        frames.Point(f"2026-11-23T18:42:{at:02}Z", "system.cpu.utilization", at / 60, "1", "", "pay-3")
        for at in range(60)
    ]
    await peer.send(frames.Points("met:prod", "ep1", "1-0-0", points))
    await peer.gone()


async def test_text_of_strangers_stays_text() -> None:
    async with watching(a_full_room) as (taken, _):
        log = taken.page.get_by_role("log")
        for shown in (*HOSTILE[:3], r"\x1b[31mred\x1b[0m \u{202e}desrever\u{202c} zero\u{200b}width"):
            await expect(log.get_by_text(shown)).to_be_visible()

        assert await log.locator("img, script, a").count() == 0
        assert await taken.page.title() == "Checkout answers 5xx · prod · debugterm"


async def test_the_room_shows_rows_gaps_people_chat_and_metrics_in_words() -> None:
    async with watching(a_full_room) as (taken, _):
        page = taken.page
        await expect(page.get_by_test_id("state")).to_have_text("LIVE")
        await expect(page.get_by_role("log")).to_contain_text(
            "1,204 rows not shown 00:00:00 (3 error, 1,201 info): this browser was too slow"
        )
        await expect(page.get_by_role("figure").filter(has_text="CPU")).to_contain_text("98 %")
        await expect(page.locator(".back")).to_contain_text("searched back to 00:00:00")
        await expect(page.locator(".counts")).to_contain_text("10 rows, lost 1,204")
        people = page.get_by_label("People and chat")
        await expect(people).to_contain_text("commander · drives · typing")
        await expect(people).to_contain_text("viewer · away")
        await expect(people).to_contain_text("all on pay-3?")


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_nobody_is_shut_out(size: tuple[int, int], scheme: Literal["dark", "light"]) -> None:
    async with watching(a_full_room, size=size, scheme=scheme) as (taken, _):
        page = taken.page
        await expect(page.get_by_test_id("state")).to_have_text("LIVE")
        assert await taken.violations() == []

        await page.keyboard.press("E")
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Selected row")).to_be_visible()
        assert await taken.violations() == []

        await page.keyboard.press("Escape")
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await taken.violations() == []

        overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0


async def test_after_a_cut_line_every_row_is_there_once() -> None:
    entries: list[Entry] = []

    async def first(peer: Peer) -> None:
        entries.append(await enter(peer))
        await peer.send(rows("1-0", "one", "two"), rows("2-0", "three"), caught())
        await peer.expect(frames.Ack)

    async def second(peer: Peer) -> None:
        entries.append(await enter(peer))
        await peer.send(rows("2-0", "three"), rows("3-0", "four"), caught())
        await peer.gone()

    stage = Stage(first, second)
    async with stage.serve(), seat() as taken:
        await taken.page.goto(f"{stage.url}/s/INC-42")
        await log_in(taken)
        log = taken.page.get_by_role("log")
        await expect(log.locator(".row .text")).to_have_text(["one", "two", "three", "four"])
        await expect(log).to_contain_text(re.compile(r"reconnected after \d+ s: 1 row filled, 0 lost"))

    assert entries[0].join == frames.Join(entries[0].join.id, "INC-42")
    assert entries[0].log.source == "-15m"
    assert entries[1].join.session == "s_1"
    assert entries[1].join.source == frames.Place("S1", "5")
    assert entries[1].log.source == frames.Place("ep1", "2-0-0")


async def test_what_is_painted_is_acknowledged() -> None:
    acks: list[frames.Ack] = []

    async def script(peer: Peer) -> None:
        await enter(peer)
        await peer.send(rows("1-0", "one", "two"), caught())
        acks.append(await peer.expect(frames.Ack))
        await peer.gone()

    async with watching(script) as (taken, _):
        await expect(taken.page.get_by_test_id("state")).to_have_text("LIVE")
        await expect(taken.page.get_by_role("log").get_by_text("two")).to_be_visible()
        await taken.page.wait_for_timeout(400)

    assert acks == [frames.Ack("log:prod:1", "1-0-1")]


async def test_new_rows_never_move_what_somebody_reads() -> None:
    peers: list[Peer] = []

    async def script(peer: Peer) -> None:
        await enter(peer)
        await peer.send(rows("5-0", *(f"row {n}" for n in range(200))), caught())
        peers.append(peer)
        await peer.gone()

    async with watching(script) as (taken, _):
        page = taken.page
        log = page.get_by_role("log")
        await expect(log.get_by_text("row 199")).to_be_visible()
        await log.evaluate("log => { log.scrollTop = 1200 }")
        await expect(page.get_by_test_id("state")).to_have_text("PAUSED")
        seen = "log => [...log.querySelectorAll('.row')].map(row => [row.dataset.id, row.getBoundingClientRect().top])"
        before = await log.evaluate(seen)

        await peers[0].send(rows("6-0", *(f"later {n}" for n in range(37))))
        await expect(page.get_by_role("button", name="37 new rows")).to_be_visible()
        assert await log.evaluate(seen) == before
        # An older backlog comes in above: the rows in sight stay where they are.
        await peers[0].send(rows("4-0", *(f"older {n}" for n in range(50))))
        await expect(page.locator(".counts")).to_contain_text("287 rows")
        assert [top for _, top in await log.evaluate(seen)] == [top for _, top in before]
        assert [row for row, _ in await log.evaluate(seen)] == [row for row, _ in before]

        await page.keyboard.press("End")
        await expect(log.get_by_text("later 36")).to_be_visible()
        await expect(page.get_by_test_id("state")).to_have_text("LIVE")


async def test_a_refusal_says_why_and_who_can() -> None:
    async def script(peer: Peer) -> None:
        await enter(peer)
        await peer.send(caught())
        cmd = await peer.expect(frames.Cmd)
        assert (cmd.ch, cmd.p) == (CTL, sessions.Filter("level>=error"))
        why = "a viewer may not set the shared filter in prod"
        await peer.send(frames.Err(frames.Problem("FORBIDDEN", why, who="commander or responder"), id=cmd.id))
        await peer.gone()

    async with watching(script) as (taken, _):
        await expect(taken.page.get_by_test_id("state")).to_have_text("LIVE")
        await taken.page.keyboard.press(":")
        await taken.page.get_by_label("Command", exact=True).fill("filter level>=error")
        await taken.page.keyboard.press("Enter")

        await expect(taken.page.get_by_test_id("note")).to_contain_text(
            "a viewer may not set the shared filter in prod · who can: commander or responder"
        )


async def test_a_wrong_query_stays_in_the_box_underlined_at_its_column() -> None:
    async def script(peer: Peer) -> None:
        await enter(peer)
        await peer.send(rows("1-0", "one"), caught())
        watch = await peer.expect(frames.Watch)
        why = "'service:' needs a value"
        await peer.send(frames.Err(frames.Problem("BAD_QUERY", why, "quote it", column=9), id=watch.id))
        await peer.gone()

    async with watching(script) as (taken, _):
        page = taken.page
        await expect(page.get_by_role("log").get_by_text("one")).to_be_visible()
        await page.keyboard.press("/")
        await page.keyboard.type("service: pay")
        await page.keyboard.press("Enter")
        problem = page.get_by_role("alert")
        await expect(problem).to_contain_text("'service:' needs a value (column 9); quote it")
        await expect(page.locator(".under span")).to_have_text("service:")
        await expect(page.locator(".under u")).to_have_text(" pay")
        await expect(page.get_by_label("Filter", exact=True)).to_have_value("service: pay")
        await expect(page.get_by_role("log").get_by_text("one")).to_be_visible()
        await expect(page.locator(".whose")).to_contain_text("Following bo martin")


async def test_followers_see_what_the_driver_sees_until_they_look_elsewhere() -> None:
    queries: list[str] = []
    peers: list[Peer] = []

    async def answer(peer: Peer, ch: str) -> None:
        watch = await peer.expect(frames.Watch)
        queries.append(watch.query)
        await peer.send(frames.Ok(watch.id, msgspec.Raw(msgspec.json.encode({"ch": ch}))))
        await peer.send(rows("1-0", f"rows of {watch.query}", ch=ch), caught(ch))

    async def script(peer: Peer) -> None:
        peers.append(peer)
        await enter(peer)
        await peer.send(caught())
        await peer.send(_viewed(6, "level>=error"))
        await answer(peer, "log:prod:2")
        await answer(peer, "log:prod:3")
        await peer.send(_viewed(7, "service:edge"))
        await answer(peer, "log:prod:4")
        await peer.gone()

    async with watching(script) as (taken, _):
        page = taken.page
        log = page.get_by_role("log")
        await expect(log.get_by_text("rows of level>=error")).to_be_visible()
        await page.get_by_label("Filter", exact=True).fill("service:pay")
        await page.keyboard.press("Enter")
        await expect(log.get_by_text("rows of service:pay")).to_be_visible()
        await expect(page.locator(".whose")).to_contain_text("Your own filter")
        assert page.url.endswith("/s/INC-42?q=service%3Apay")
        # The driver moves on; this viewer does not, until they say so.
        await expect(page.get_by_label("People and chat")).to_contain_text("set the filter to service:edge")
        await expect(log.get_by_text("rows of service:pay")).to_be_visible()
        await page.get_by_role("button", name="Follow bo martin").click()
        await expect(log.get_by_text("rows of service:edge")).to_be_visible()

    assert queries == ["level>=error", "service:pay", "service:edge"]


def _viewed(rev: int, query: str) -> frames.Ev:
    view = sessions.SharedView(query=query, by="bo martin", at=ROOM.created_at)
    return frames.Ev(CTL, str(rev), sessions.Viewed(view=view, driver="h_bo"), seq=rev)


async def test_a_one_use_code_logs_in_and_leaves_the_address() -> None:
    async with watching(a_full_room, path="/s/INC-42#code=one-use-secret") as (taken, stage):
        await expect(taken.page.get_by_test_id("state")).to_have_text("LIVE")

        assert stage.posts[0] == ("/v1/auth/code", {"code": "one-use-secret", "cookie": True})
        assert "one-use-secret" not in await taken.page.evaluate(
            "location.href + document.documentElement.outerHTML"
        )


async def test_a_login_that_is_over_says_so_and_offers_a_new_one() -> None:
    async def over(peer: Peer) -> None:
        await enter(peer)
        await peer.send(rows("1-0", "one"), caught())
        await peer.close(4504, "you were removed from the session by bo martin")

    async with watching(over) as (taken, stage):
        await expect(taken.page.get_by_test_id("state")).to_have_text("OFFLINE")
        await expect(taken.page.locator(".statebar")).to_contain_text(
            "Stopped: you were removed from the session by bo martin."
        )
        await expect(taken.page.get_by_role("log").get_by_text("one")).to_be_visible()
        assert stage.scripts == []


async def test_the_open_sessions_are_one_click_away() -> None:
    async with watching(a_full_room) as (taken, _):
        page = taken.page
        await page.get_by_role("button", name="Checkout answers 5xx").click()
        dialog = page.get_by_role("dialog", name="Sessions")
        await expect(dialog.get_by_role("link", name="Checkout answers 5xx")).to_contain_text(
            "ana, bo martin here"
        )
        await expect(dialog.get_by_role("link", name="Lobby")).to_have_attribute("href", "/s/lobby")
        assert await taken.violations() == []


async def test_a_session_that_is_not_there_says_so_and_shows_the_way_out() -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        join = await peer.expect(frames.Join)
        why = "there is no open session 'INC-43' in prod"
        await peer.send(frames.Err(frames.Problem("NOT_FOUND", why, "see the list of sessions"), id=join.id))
        await peer.gone()

    async with watching(script, path="/s/INC-43") as (taken, _):
        await expect(taken.page.get_by_role("log")).to_contain_text(
            "there is no open session 'INC-43' in prod"
        )
        await expect(taken.page.get_by_role("link", name="Go to the lobby")).to_have_attribute(
            "href", "/s/lobby"
        )


async def test_a_command_cut_off_is_asked_about_and_never_sent_twice() -> None:
    sent: list[frames.Cmd] = []
    asked: list[frames.Status] = []

    async def first(peer: Peer) -> None:
        await enter(peer)
        await peer.send(caught())
        sent.append(await peer.expect(frames.Cmd))

    async def second(peer: Peer) -> None:
        await peer.welcome()
        join = await peer.expect(frames.Join)
        await peer.send(frames.Joined(join.id, CTL, "S1", "5", recovered=True, presence=[]))
        status = await peer.expect(frames.Status)
        asked.append(status)
        await peer.send(frames.Ok(status.id, msgspec.Raw(b'{"state":"unknown"}')))
        await peer.gone()

    async with watching(first, second) as (taken, _):
        page = taken.page
        await expect(page.get_by_test_id("state")).to_have_text("LIVE")
        await page.get_by_label("Say something to everybody here").fill("rolling back")
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("note")).to_contain_text(
            "“:chat” was cut off and never arrived; send it again if you still want it"
        )
        await expect(page.get_by_label("Say something to everybody here")).to_have_value("rolling back")

    assert [status.cmd for status in asked] == [cmd.id for cmd in sent]


async def test_a_wrong_password_is_told_and_a_right_one_survives_a_reload() -> None:
    stage = Stage(a_full_room, a_full_room)
    async with stage.serve(), seat() as taken:
        page = taken.page
        await page.goto(f"{stage.url}/s/INC-42")
        await expect(page.get_by_role("button", name="Log in")).to_be_visible()
        assert await taken.violations() == []
        assert (stage.posts, taken.errors) == ([], [])

        await log_in(taken, "wrong")
        await expect(page.get_by_role("alert")).to_have_text("name or password is wrong")
        await log_in(taken)
        await expect(page.get_by_test_id("state")).to_have_text("LIVE")
        await page.reload()
        await expect(page.get_by_test_id("state")).to_have_text("LIVE")

        assert [path for path, _ in stage.posts] == ["/v1/auth/login"] * 2 + ["/v1/auth/refresh"]
        assert await page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})") == (
            '{"debugterm.been-here":"yes"}'
        )


async def test_an_expired_token_is_renewed_and_the_room_goes_on() -> None:
    hellos: list[str | None] = []

    async def expired(peer: Peer) -> None:
        hellos.append((await peer.welcome()).token)
        await peer.close(4002, "the access token expired")

    async def renewed(peer: Peer) -> None:
        hello = await peer.expect(frames.Hello)
        hellos.append(hello.token)
        await peer.close(4501, "the login is no longer valid")

    async def over(peer: Peer) -> None:
        hellos.append((await peer.expect(frames.Hello)).token)
        await peer.close(4501, "the login is no longer valid")

    async with watching(expired, renewed, over) as (taken, _):
        # Once more with a fresh token, then it is over: a browser never hammers a hub that says no.
        await expect(taken.page.get_by_test_id("state")).to_have_text("OFFLINE", timeout=20_000)
        await taken.page.get_by_role("button", name="Log in again").click()
        await expect(taken.page.get_by_role("alert")).to_contain_text("the login is no longer valid")

    assert len(hellos) == len(set(hellos))
    assert None not in hellos


async def test_a_token_is_renewed_on_the_open_line_before_it_ends() -> None:
    renewed: list[frames.Refresh] = []

    async def script(peer: Peer) -> None:
        await enter(peer)
        await peer.send(caught())
        renewed.append(await peer.expect(frames.Refresh))
        await peer.send(frames.Ok(renewed[0].id))
        await peer.gone()

    stage = Stage(script)
    stage.expires_in = 12
    async with stage.serve(), seat() as taken:
        await taken.page.goto(f"{stage.url}/s/INC-42")
        await log_in(taken)
        await expect(taken.page.get_by_test_id("state")).to_have_text("LIVE")
        async with asyncio.timeout(15):
            while not renewed:
                await taken.page.wait_for_timeout(100)
        await expect(taken.page.get_by_test_id("state")).to_have_text("LIVE")

    assert renewed[0].token == "access-2"


async def test_the_stream_goes_on_while_the_session_cannot_be_joined() -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        join = await peer.expect(frames.Join)
        why = "the audit log cannot be written"
        await peer.send(frames.Err(frames.Problem("AUDIT_UNAVAILABLE", why, retry_ms=300), id=join.id))
        await answer_watches(peer)
        await peer.send(rows("1-0", "still here"), caught())
        again = await peer.expect(frames.Join)
        await peer.send(frames.Joined(again.id, CTL, "S1", "5", recovered=False, presence=[], snapshot=ROOM))
        await peer.gone()

    async with watching(script) as (taken, _):
        page = taken.page
        await expect(page.get_by_role("log").get_by_text("still here")).to_be_visible()
        await expect(page.get_by_role("heading", name="Checkout answers 5xx")).to_be_visible()
        await expect(page.get_by_test_id("state")).to_have_text("LIVE")
