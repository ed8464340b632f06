"""The full screen in a real terminal, against a scripted hub."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from debugterm_client.config import ENVIRON, Config, Profile, Tokens
from debugterm_protocol import frames
from debugterm_protocol.close import Close
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import Chat, ChatLine, Drive, Filter, Said, SharedView, Viewed
from debugterm_protocol.views import (
    Aside,
    Facet,
    Facets,
    FacetValue,
    Flow,
    Pattern,
    Patterns,
    Probed,
    Suggestion,
    Table,
)

from tests.support.screen_stage import Stage
from tests.support.scripted_hub import rows
from tests.support.terminal import Terminal

COMMAND = str(Path(sys.executable).with_name("debugterm"))
ESC = "\x1b"


@contextmanager
def seen(
    stage: Stage, folder: Path, *argv: str, columns: int = 80, lines: int = 24, **environ: str
) -> Iterator[Terminal]:
    """The client in a terminal, connected to the stage."""
    config = Config(folder / "debugterm", {})
    config.save(Profile("prod", (stage.url,), "prod", "ana"))
    tokens = Tokens("access", time.time() + 600, "refresh", "h_ana", "ana", "prod", stage.role.value)
    config.keep_tokens("prod", tokens)
    env = {**ENVIRON, "XDG_CONFIG_HOME": str(folder), "TERM": "xterm-256color", "LANG": "C.UTF-8", **environ}
    with Terminal([COMMAND, "connect", "prod", *argv], environ=env, columns=columns, lines=lines) as terminal:
        terminal.until("[LIVE]")
        yield terminal


def test_rows_session_and_people_are_on_the_screen(tmp_path: Path) -> None:
    with Stage(driver="h_bo") as stage, seen(stage, tmp_path, columns=160, lines=30) as terminal:
        stage.rows("upstream timed out", level="error")
        text = terminal.until("upstream timed out")

    assert "INC-42 checkout 5xx  prod  [LIVE]" in text
    assert "@bo*" in text
    assert "E pay      upstream timed out" in text
    assert "PEOPLE 2" in text


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (100, 30), (120, 40), (160, 50), (40, 10)])
def test_every_size_shows_state_and_newest_row(tmp_path: Path, columns: int, lines: int) -> None:
    with Stage() as stage, seen(stage, tmp_path, columns=columns, lines=lines) as terminal:
        stage.rows(*[f"row {number}" for number in range(80)])
        text = terminal.until("row 79")

    assert "[LIVE]" in text.splitlines()[0]


def test_pulling_at_the_window_loses_no_row(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path) as terminal:
        stage.rows(*[f"row {number}" for number in range(30)])
        terminal.until("row 29")
        for columns, lines in ((40, 10), (160, 50), (20, 5), (10, 2), (80, 24)):
            terminal.resize(columns, lines)
            terminal.pump(0.3)
        text = terminal.until(lambda text: "row 15" in text and "row 29" in text)

    assert "row 30 of 30" in text


def test_an_attack_in_a_row_a_name_and_chat_reaches_the_terminal_as_text(tmp_path: Path) -> None:
    attack = "\x1b]52;c;AAAA\x07\x9b2J\u202e\x1b[6n"
    with Stage() as stage, seen(stage, tmp_path, columns=160, lines=30) as terminal:
        stage.rows(attack, service="s\x1b[2J")
        stage.happens(Said(ChatLine(9, "2026-01-02T03:04:05Z", "h_bo", "bo\x1b[31m", f"see {attack}")))
        terminal.until("see ␛]52")
        raw = terminal.raw.decode("utf-8")

    assert "\x1b]52" not in raw
    assert "\x1b[6n" not in raw.replace("\x1b[6n", "", 1)
    assert "\x9b" not in raw
    assert "\u202e" not in raw


def test_pause_counts_what_arrives_and_end_goes_live(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path) as terminal:
        stage.rows("before")
        terminal.until("before")
        terminal.press(" ")
        terminal.until("[PAUSED +0]")
        stage.rows("one", "two", "three")
        text = terminal.until("[PAUSED +3]")
        terminal.press("G")
        later = terminal.until("three")

    assert "three" not in text
    assert "[LIVE]" in later


def test_enter_opens_every_field_of_the_row(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path) as terminal:
        stage.rows("slow", attrs={"path": "/v1/pay", "lat": 5003})
        terminal.until("slow")
        terminal.press("\r")
        terminal.until("   | path    /v1/pay")
        terminal.press("\r")
        terminal.until(lambda text: "   | path" not in text)


def test_e_jumps_to_the_error_above(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path) as terminal:
        stage.rows("boom", level="error")
        stage.rows(*[f"row {number}" for number in range(60)])
        terminal.until("row 59")
        terminal.press("E")
        text = terminal.until("boom")

    assert any(line.startswith(">") and "boom" in line for line in text.splitlines())


def test_a_private_filter_replaces_the_stream_and_others_are_not_touched(tmp_path: Path) -> None:
    with Stage(driver="h_bo") as stage, seen(stage, tmp_path) as terminal:
        terminal.press("/")
        terminal.until("only for you")
        terminal.press("level>=error\r")
        text = terminal.until("level>=error  private")

    assert stage.watched == ["", "level>=error"]
    assert stage.commands == []
    assert "[LIVE]" in text


def test_a_wrong_filter_is_pointed_at_and_escape_leaves_the_old_one(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path) as terminal:
        terminal.press("/level>=error service:\r")
        text = terminal.until("^ ")
        terminal.press(ESC)
        terminal.until("/ filter")

    lines = text.splitlines()
    typed = next(number for number, line in enumerate(lines) if line.startswith("/ level>=error service:"))
    assert lines[typed + 1].index("^") <= len(lines[typed])
    assert "'service:' needs a value" in lines[typed + 1]
    assert stage.watched == [""]


def test_the_filter_of_who_drives_is_for_everybody(tmp_path: Path) -> None:
    with Stage(driver="h_ana") as stage, seen(stage, tmp_path) as terminal:
        terminal.press("/")
        terminal.until("for everybody")
        terminal.press("service:pay\r")
        terminal.until("/ service:pay  shared by @ana")

    assert stage.commands == [Filter("service:pay")]
    assert stage.watched == ["", "service:pay"]


def test_a_follower_sees_the_filter_of_the_driver_at_once(tmp_path: Path) -> None:
    with Stage(driver="h_bo") as stage, seen(stage, tmp_path) as terminal:
        stage.happens(Viewed(SharedView("level>=warn", "bo", ""), "h_bo"))
        text = terminal.until("/ level>=warn  shared by @bo")

    assert "bo set the shared filter: level>=warn" in text


def test_a_refused_command_says_why_and_who_can_help(tmp_path: Path) -> None:
    with (
        Stage(role=Role.VIEWER, refuses="your role viewer may not drive") as stage,
        seen(stage, tmp_path) as terminal,
    ):
        assert "  RO" in terminal.text
        terminal.press(":drive\r")
        terminal.until("your role viewer may not drive; ask bo")

    assert stage.commands == [Drive()]


def test_chat_is_said_to_everybody_and_read_with_tab(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path) as terminal:
        stage.happens(Said(ChatLine(2, "2026-01-02T03:04:00Z", "h_bo", "bo", "all on pay-3?")))
        terminal.until("1 new chat line, Tab reads")
        terminal.press("slooking\r")
        terminal.until("ana: looking")
        terminal.press("\t")
        text = terminal.until("CHAT")

    assert stage.commands == [Chat("looking")]
    assert "   all on pay-3?" in text
    assert "   looking" in text


def test_a_gap_and_an_unknown_command_are_said_in_words(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path) as terminal:
        stage.rows("before")
        gap = frames.Gap(stage.ch, "1795459322000-0-0", "1795459325000-0-0", 1204, {"info": 1201, "error": 3})
        stage.send(gap)
        terminal.until("-- gap: 1,204 rows not sent 18:42:02-05 (slow, E 3 I 1,201) [Enter fetch] --")
        terminal.press(":fluter\r")
        terminal.until("no command :fluter")


def test_a_cut_line_keeps_the_rows_and_says_what_was_filled(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path) as terminal:
        stage.rows("before the cut")
        terminal.until("before the cut")
        stage.cut()
        text = terminal.until("-- reconnected, 0 rows filled, 0 lost --")
        stage.rows("after the cut")
        terminal.until("after the cut")

    assert "before the cut" in text


def test_an_ended_session_says_why_and_leaves_with_its_exit_status(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path) as terminal:
        stage.rows("still readable")
        terminal.until("still readable")
        stage.close(Close.KICKED, "removed by bo")
        text = terminal.until("[OFFLINE ")
        terminal.press("q")
        status = terminal.wait()

    assert "removed by bo" in text
    assert "still readable" in text
    assert status == 7


@pytest.mark.parametrize("keys", ["qy", "\x03\x03", ":quit\r"])
def test_every_way_out_leaves_the_terminal_as_it_was(tmp_path: Path, keys: str) -> None:
    with Stage() as stage, seen(stage, tmp_path) as terminal:
        for key in keys:
            terminal.press(key)
            terminal.pump(0.1)
        status = terminal.wait()
        raw = terminal.raw

    assert status == 0
    assert raw.rindex(b"\x1b[?1049l") > raw.rindex(b"\x1b[?1049h")


def test_q_asks_before_it_leaves(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path) as terminal:
        terminal.press("q")
        terminal.until("Leave the session?")
        terminal.press("n")
        terminal.until("/ filter")


def test_help_lists_the_keys(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path, columns=100, lines=50) as terminal:
        terminal.press("?")
        terminal.until("COMMANDS")
        terminal.press("q")
        terminal.until(lambda text: "COMMANDS" not in text)


def test_without_colour_bold_and_reverse_stay(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path, NO_COLOR="1") as terminal:
        stage.rows("boom", level="error")
        terminal.until("boom")
        colours = {char.fg for line in terminal.screen.buffer.values() for char in line.values()}
        bold = any(char.bold for line in terminal.screen.buffer.values() for char in line.values())

    assert colours == {"default"}
    assert bold


def test_the_line_mode_needs_no_cursor(tmp_path: Path) -> None:
    with Stage() as stage:
        config = Config(tmp_path / "debugterm", {})
        config.save(Profile("prod", (stage.url,), "prod", "ana"))
        config.keep_tokens(
            "prod", Tokens("access", time.time() + 600, "refresh", "h_ana", "ana", "prod", "responder")
        )
        env = {**ENVIRON, "XDG_CONFIG_HOME": str(tmp_path), "TERM": "dumb", "LANG": "C.UTF-8"}
        with Terminal([COMMAND, "connect", "prod", "--plain"], environ=env) as terminal:
            terminal.until("-- live in prod as ana (responder) --")
            stage.rows("hello")
            terminal.until("I pay hello")
            terminal.press("/service:\n")
            terminal.until("-- 'service:' needs a value")
            terminal.press("good evening\n")
            terminal.until("-- ana: good evening --")
            stage.rows("after it")
            terminal.until("I pay after it")
            terminal.press(":quit\n")
            status = terminal.wait()
            raw = terminal.raw

    assert status == 0
    assert b"\x1b" not in raw
    assert raw.count(b"-- ana: good evening --") == 1


def test_sigterm_gives_the_terminal_back(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path) as terminal:
        del stage
        terminal.kill(signal.SIGTERM)
        terminal.wait()
        raw = terminal.raw

    assert raw.rindex(b"\x1b[?1049l") > raw.rindex(b"\x1b[?1049h")


def test_the_filter_bar_counts_completes_and_applies(tmp_path: Path) -> None:
    service = Suggestion("service", 0, 3, "field", "which program sent the row", 1_204)
    severity = Suggestion("severity", 0, 3, "field", "", 7)
    with Stage(driver="h_bo") as stage, seen(stage, tmp_path) as terminal:
        stage.answers = {
            "se": Probed([service, severity], 12, 1_214, 60),
            "service": Probed([], 12, 1_214, 60),
            "service:pay": Probed([], 3, 1_214, 60),
        }
        terminal.press("/se")
        text = terminal.until("1,204  which program sent the row")
        terminal.press("\x1b[B")
        terminal.until(">severity")
        terminal.press("\x1b[A\t")
        terminal.until("/ service")
        terminal.press(":pay")
        terminal.until("3 of 1,214 rows in the last 60 s")
        terminal.press("\r")
        terminal.until("/ service:pay  private")

    assert "12 of 1,214 rows in the last 60 s" in text
    assert stage.watched == ["", "service:pay"]
    assert (stage.probes[0].at, len(stage.probes) < 8) == (len(stage.probes[0].query), True)


def test_escape_closes_the_completions_first_and_then_leaves_the_filter_as_it_was(tmp_path: Path) -> None:
    with Stage(driver="h_bo") as stage, seen(stage, tmp_path) as terminal:
        stage.answers = {"se": Probed([Suggestion("service", 0, 2, "field")], 1, 2, 60)}
        terminal.press("/se")
        terminal.until("Tab accept")
        terminal.press(ESC)
        terminal.until(lambda text: "Tab accept" not in text and "/ se" in text)
        terminal.press("\x00")
        terminal.until("Tab accept")
        terminal.press(ESC)
        terminal.until(lambda text: "Tab accept" not in text)
        terminal.press(ESC)
        terminal.until("/ filter")

    assert stage.watched == [""]


def test_what_the_hub_refuses_opens_the_filter_again_with_a_caret_and_the_old_rows_stay(
    tmp_path: Path,
) -> None:
    with Stage(driver="h_bo") as stage, seen(stage, tmp_path) as terminal:
        stage.rows("still here")
        terminal.until("still here")
        stage.refuses_query = frames.Problem("BAD_QUERY", "this pattern needs too much memory", column=9)
        terminal.press("/message~aa\r")
        terminal.until("this pattern needs too much memory (column 9)")
        terminal.until(lambda text: "^ this pattern needs too much memory" in text)
        lines = terminal.text.splitlines()
        stage.rows("and the next")
        terminal.until("and the next")

    assert any(line.startswith("/ message~aa") for line in lines)
    assert "still here" in terminal.text


def test_enter_on_a_gap_fills_it_in_its_place(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path) as terminal:
        stage.rows("before")
        stage.skip(2)
        stage.send(frames.Gap(stage.ch, "2-0-0", "3-0-0", 3, {"info": 3}))
        stage.rows("after")
        stage.holds = [
            (rows("3-0", "newer", ch="").b, False, ""),
            (rows("2-0", "a", "b", ch="").b, True, ""),
        ]
        terminal.until("lost 3 (slow 3)")
        terminal.press("k")
        terminal.until(">-- gap: 3 rows")
        terminal.press("\r")
        text = terminal.until("-- 3 rows filled, 0 lost")
        terminal.until(lambda text: "lost 3" not in text)

    shown = [line.split()[-1] for line in text.splitlines() if " pay " in line]
    assert shown == ["before", "a", "b", "newer", "after"]
    assert [(each.start, each.end) for each in stage.fetches] == [("2-0-0", "3-0-0")]


def test_page_up_at_the_top_goes_further_back(tmp_path: Path) -> None:
    with Stage() as stage:
        stage.more = "1795459322000-0-0"
        with seen(stage, tmp_path) as terminal:
            terminal.until("-- searched back to 11-23 18:42:02 [Enter more] --")
            stage.holds = [(rows("9-0", "older").b, True, "")]
            terminal.press("g")
            terminal.until(">-- searched back")
            terminal.press("\x1b[5~")
            terminal.until("-- the stream holds nothing older --")
            text = terminal.until("older")

    assert [(each.start, each.end) for each in stage.fetches] == [("0-0-0", "1795459322000-0-0")]
    assert "1 older row found; that is all the stream holds" in text


def test_a_facet_narrows_the_filter(tmp_path: Path) -> None:
    with Stage(driver="h_bo") as stage, seen(stage, tmp_path, columns=120, lines=30) as terminal:
        values = [FacetValue("pay", 301), FacetValue("checkout", 111)]
        stage.send(Facets(stage.ch, 1795458600, [Facet("service", values, 0, 0)]))
        terminal.until("FACETS")
        terminal.until("checkout      111")
        terminal.press("3j-")
        terminal.until("/ -service:checkout  private")

    assert stage.asides[0] == Aside(stage.asides[0].ch, histogram=True, facets=["*"])
    assert stage.watched == ["", "-service:checkout"]


def test_patterns_say_what_is_new_and_are_asked_for_only_while_they_show(tmp_path: Path) -> None:
    with Stage(driver="h_bo") as stage, seen(stage, tmp_path) as terminal:
        terminal.press("2")
        terminal.until("PATTERNS")
        found = [Pattern("p:31", "breaker open for <*>", "error", "pay", 4, 0.0, "new")]
        stage.send(Patterns(stage.ch, 300, 900, found, 9))
        terminal.until("NEW      4 E")
        terminal.press("2")
        terminal.until(lambda text: "PATTERNS" not in text)
        terminal.pump(0.3)

    assert [each.patterns for each in stage.asides] == [False, True, False]


def test_who_cannot_keep_up_is_told_what_is_left_out(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path) as terminal:
        stage.send(Flow(stage.ch, "lagging", 8_000, "warn"))
        terminal.until("[LAG 8s] shedding I,D,T")
        stage.send(Flow(stage.ch, "summary", 16_000, "error"))
        terminal.until("[SUMMARY]")
        stage.send(Flow(stage.ch, "live"))
        terminal.until("[LIVE]")


def test_a_query_that_aggregates_is_a_table_that_is_refreshed(tmp_path: Path) -> None:
    with Stage(driver="h_bo") as stage, seen(stage, tmp_path) as terminal:
        terminal.press("/* | stats count by service\r")
        terminal.until("the first table comes within a second")
        stage.send(Table(stage.ch, ["service", "count"], [["pay", 1301], [None, 9]], 1795458600, 2))
        text = terminal.until("2 groups since 18:30:00")
        stage.send(Table(stage.ch, ["service", "count"], [["pay", 1302], [None, 9]], 1795458600, 2))
        terminal.until("pay      1,302")

    lines = [line for line in text.splitlines() if line.startswith((" service", " pay", " - "))]
    assert [line.split("█")[0].rstrip() for line in lines] == [
        " service  count",
        " pay      1,301",
        " -            9",
    ]


def test_help_that_does_not_fit_says_so_and_scrolls(tmp_path: Path) -> None:
    with Stage() as stage, seen(stage, tmp_path, columns=120, lines=40) as terminal:
        terminal.press("?")
        terminal.until("lines more: j or PgDn")
        terminal.press("\x1b[6~")
        text = terminal.until("the end: k or PgUp goes back, q closes")

    assert ":quit" in text
