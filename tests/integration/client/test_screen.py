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

from tests.support.screen_stage import Stage
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
    with Stage(driver="h_bo") as stage, seen(stage, tmp_path, columns=120, lines=30) as terminal:
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
    with Stage() as stage, seen(stage, tmp_path, columns=120, lines=30) as terminal:
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
        terminal.until("-- gap: 1,204 rows not sent 18:42:02-05 (slow, 3 of them errors) --")
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
        text = terminal.until("[OFFLINE]")
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
