"""`debugterm tail` as a process: rows on stdout, words on stderr, exit codes, closed pipes."""

import asyncio
import sys
from pathlib import Path

import msgspec
import pytest
from debugterm_client.config import ENVIRON, Config, Profile
from debugterm_protocol import codec, frames, views
from debugterm_protocol.close import Close

from tests.integration.client.conftest import Serve
from tests.support.scripted_hub import Peer, rows

COMMAND = str(Path(sys.executable).with_name("debugterm"))


async def debugterm(config: Config, *argv: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """Run the command to its end: exit status, stdout, stderr."""
    environ = {
        **ENVIRON,
        "XDG_CONFIG_HOME": str(config.path.parent.parent),
        "HOME": str(Path("/nonexistent")),
    }
    process = await asyncio.create_subprocess_exec(
        COMMAND,
        *argv,
        env=environ,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(20):
        out, err = await process.communicate(stdin)
    return process.returncode or 0, out.decode(), err.decode()


async def stream(peer: Peer) -> None:
    await peer.welcome()
    await peer.start()
    await peer.send(rows("1-0", "a", "b"), frames.Gap("log:prod:1", "2-0-0", "2-0-9", 10))
    await peer.send(rows("3-0", "c", level="error"), frames.Caught("log:prod:1", "3-0-0"))
    await peer.gone()


async def test_rows_are_json_lines_with_id_and_env_and_gaps_are_words_on_stderr(
    config: Config, serve: Serve
) -> None:
    await serve(stream)
    status, out, err = await debugterm(config, "tail", "prod", "level>=info", "--json", "--no-follow")

    found = [msgspec.json.decode(line) for line in out.splitlines()]
    assert status == 0
    assert [(row["id"], row["env"], row["message"]) for row in found] == [
        ("1-0-0", "prod", "a"),
        ("1-0-1", "prod", "b"),
        ("3-0-0", "prod", "c"),
    ]
    assert err == "-- gap: 10 rows not sent 00:00:00 (slow) --\n"


async def test_without_json_a_row_is_one_readable_line(config: Config, serve: Serve) -> None:
    await serve(stream)
    _, out, _ = await debugterm(config, "tail", "prod", "--no-follow")

    assert out.splitlines()[2].endswith("E pay c")


async def test_meta_puts_the_gap_between_the_rows(config: Config, serve: Serve) -> None:
    await serve(stream)
    _, out, _ = await debugterm(config, "tail", "prod", "--json", "--meta", "--no-follow")

    assert [msgspec.json.decode(line).get("type") for line in out.splitlines()] == [None, None, "gap", None]


async def test_lost_rows_are_exit_14_when_asked(config: Config, serve: Serve) -> None:
    await serve(stream)
    status, _, _ = await debugterm(config, "tail", "prod", "--no-follow", "--fail-on-gap")

    assert status == 14


async def test_max_stops_after_so_many_rows(config: Config, serve: Serve) -> None:
    await serve(stream)
    status, out, _ = await debugterm(config, "tail", "prod", "--json", "--max", "1")

    assert (status, out.count("\n")) == (0, 1)


async def test_a_bad_query_is_exit_2_with_a_caret_and_nothing_is_connected(
    config: Config, serve: Serve
) -> None:
    await serve()
    status, out, err = await debugterm(config, "tail", "prod", "level>=error service:")

    assert (status, out) == (2, "")
    assert err == (
        "debugterm: 'service:' needs a value; quote it to search the text\n"
        "  level>=error service:\n"
        "                       ^\n"
    )


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (("tail", "prod", "* | sort ts"), "'| sort' on rows needs an end, and a live stream has none"),
        (("search", "prod", "* | stats count", "-C", "3"), "a table has no rows around its matches"),
    ],
)
async def test_what_cannot_be_done_is_said_before_anything_is_connected(
    config: Config, serve: Serve, argv: tuple[str, ...], why: str
) -> None:
    await serve()
    status, out, err = await debugterm(config, *argv)

    assert (status, out) == (2, "")
    assert why in err


async def test_a_query_that_only_the_hub_refuses_has_its_words_and_a_caret(
    config: Config, serve: Serve
) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        watch = await peer.expect(frames.Watch)
        await peer.send(frames.Err(frames.Problem("BAD_QUERY", "too dear today", column=8), watch.id))
        await peer.gone()

    await serve(script)
    status, out, err = await debugterm(config, "tail", "prod", "status:4* time")

    assert (status, out) == (2, "")
    assert err == "debugterm: too dear today (column 8)\n  status:4* time\n         ^\n"


async def test_context_is_asked_of_the_hub(config: Config, serve: Serve) -> None:
    queries: list[str] = []

    async def script(peer: Peer) -> None:
        await peer.welcome()
        queries.append((await peer.start()).query)
        await peer.send(frames.Caught("log:prod:1", "1-0-0"))
        await peer.gone()

    await serve(script)
    status, _, _ = await debugterm(config, "tail", "prod", "boom", "-C", "3", "--no-follow")

    assert (status, queries) == (0, ["boom | context 3 3"])


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (
            "logfmt",
            "ts=2026-01-02T03:04:05.678901Z level=error service=pay host=pay-1 msg=c",
        ),
        ("raw", "c"),
    ],
)
async def test_rows_have_other_formats_for_programs(
    config: Config, serve: Serve, form: str, expected: str
) -> None:
    await serve(stream)
    _, out, _ = await debugterm(config, "tail", "prod", "-o", form, "--no-follow")

    assert out.splitlines()[2] == expected


async def test_until_match_ends_with_the_first_row_or_with_exit_5(config: Config, serve: Serve) -> None:
    async def nothing(peer: Peer) -> None:
        await peer.welcome()
        await peer.start()
        await peer.send(frames.Caught("log:prod:1", "1-0-0"))
        await peer.gone()

    await serve(stream, nothing)
    found = await debugterm(config, "tail", "prod", "-o", "raw", "--until-match")
    missed = await debugterm(config, "tail", "prod", "-o", "raw", "--until-match", "--no-follow")

    assert found == (0, "a\n", "")
    assert missed == (5, "", "")


def table(count: int) -> views.Table:
    return views.Table("log:prod:1", ["service", "count"], [["pay", count], [None, 9]], 1_795_458_600, 2)


async def test_without_following_a_table_is_waited_for_although_the_past_is_through(
    config: Config, serve: Serve
) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        watch = await peer.expect(frames.Watch)
        await peer.send(frames.Ok(watch.id, msgspec.Raw(b'{"ch":"log:prod:1","kind":"table"}')))
        await peer.send(frames.Caught("log:prod:1", "1-0-0"), table(1_301))
        await peer.gone()

    await serve(script)
    status, out, _ = await debugterm(config, "tail", "prod", "* | stats count by service", "--no-follow")

    assert (status, out) == (0, "service  count\npay      1,301\n-            9\n")


async def test_a_search_makes_the_same_table_as_a_tail(config: Config, serve: Serve) -> None:
    hub = await serve()
    hub.found = codec.encode(table(1_301)) + b'\n{"truncated":false,"back_to":"2026-01-02T03:04:05Z"}\n'
    _, text, _ = await debugterm(config, "search", "prod", "* | stats count by service")
    _, lines, _ = await debugterm(config, "search", "prod", "* | stats count by service", "--json")

    found = [msgspec.json.decode(line) for line in lines.splitlines()]
    assert text == "service  count\npay      1,301\n-            9\n"
    assert (found[0]["type"], found[0]["rows"]) == ("table", [["pay", 1301], [None, 9]])
    assert found[1] == {"truncated": False, "back_to": "2026-01-02T03:04:05Z"}


async def tables(peer: Peer) -> None:
    await peer.welcome()
    watch = await peer.expect(frames.Watch)
    await peer.send(frames.Ok(watch.id, msgspec.Raw(b'{"ch":"log:prod:1","kind":"table"}')))
    await peer.send(table(1_301), table(1_301), table(1_302))
    await peer.gone()


async def test_a_table_is_one_json_line_a_refresh(config: Config, serve: Serve) -> None:
    await serve(tables)
    status, out, _ = await debugterm(
        config, "tail", "prod", "* | stats count by service", "--json", "--max", "3"
    )

    found = [msgspec.json.decode(line) for line in out.splitlines()]
    assert status == 0
    assert [each["rows"][0][1] for each in found] == [1301, 1301, 1302]
    assert found[0] == {
        "type": "table",
        "columns": ["service", "count"],
        "rows": [["pay", 1301], [None, 9]],
        "groups": 2,
        "since": 1_795_458_600,
        "other": False,
    }


async def test_for_people_a_table_is_aligned_and_said_again_when_it_changed(
    config: Config, serve: Serve
) -> None:
    await serve(tables)
    _, out, _ = await debugterm(config, "tail", "prod", "* | stats count by service", "--max", "3")

    assert (
        out
        == "service  count\npay      1,301\n-            9\n\nservice  count\npay      1,302\n-            9\n\n"
    )


async def test_falling_behind_is_said_once_with_what_is_left_out(config: Config, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.start()
        lagging = views.Flow("log:prod:1", "lagging", 8_000, "warn")
        await peer.send(lagging, lagging, views.Flow("log:prod:1", "live"), rows("1-0", "a"))
        await peer.gone()

    await serve(script)
    _, out, err = await debugterm(config, "tail", "prod", "--json", "--meta", "--max", "1")

    assert err == "-- lagging: 8 s behind, rows below warn are left out --\n-- live again --\n"
    assert [msgspec.json.decode(line).get("type") for line in out.splitlines()] == ["lagging", "live", None]


async def test_an_ended_session_is_exit_7(config: Config, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.close(Close.KICKED, "removed by bo")

    await serve(script)
    status, _, err = await debugterm(config, "tail", "prod")

    assert (status, err) == (7, "debugterm: removed by bo; debugterm sessions ls shows the open ones\n")


async def test_a_reader_that_leaves_is_a_quiet_success(config: Config, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.start()
        for entry in range(1, 200):
            await peer.send(rows(f"{entry}-0", *["x" * 900] * 20))
            await asyncio.sleep(0)
        await peer.gone()

    await serve(script)
    command = f"{COMMAND} tail prod --json | head -n 1; exit ${{PIPESTATUS[0]}}"
    environ = {**ENVIRON, "XDG_CONFIG_HOME": str(config.path.parent.parent)}
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", command, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(20):
        out, err = await process.communicate()

    assert (process.returncode, out.count(b"\n"), err) == (0, 1, b"")


async def test_nobody_logged_in_is_exit_4_and_names_the_command(config: Config, serve: Serve) -> None:
    hub = await serve()
    (config.path.parent / "credentials.json").unlink()
    status, _, err = await debugterm(config, "tail", "prod")

    assert status == 4
    assert f"debugterm login {hub.url} --user ana --profile prod" in err


async def test_an_unknown_profile_is_exit_2(config: Config, serve: Serve) -> None:
    await serve()
    status, _, err = await debugterm(config, "tail", "staging")

    assert status == 2
    assert err == (
        "debugterm: no profile 'staging' (there are: prod); debugterm login URL --profile staging makes it\n"
    )


async def test_login_keeps_profile_and_tokens(config: Config, serve: Serve) -> None:
    hub = await serve()
    argv = ("login", hub.url, "--user", "ana", "--password-stdin", "--profile", "new")
    status, out, err = await debugterm(config, *argv, stdin=b"correct horse\n")

    tokens = config.tokens("new")
    assert (status, out) == (0, "")
    assert err == "logged in as ana (responder) in prod; now: debugterm connect new\n"
    assert tokens is not None
    assert tokens.access_token == "access-1"
    assert hub.posts == [
        ("/v1/auth/login", {"name": "ana", "password": "correct horse", "env": "", "cookie": False})
    ]


async def test_a_wrong_password_is_exit_4_in_words(config: Config, serve: Serve) -> None:
    hub = await serve()
    argv = ("login", hub.url, "--user", "ana", "--password-stdin")
    status, _, err = await debugterm(config, *argv, stdin=b"wrong\n")

    assert (status, err) == (4, "debugterm: name or password is wrong\n")


async def test_login_never_asks_when_there_is_no_terminal(config: Config, serve: Serve) -> None:
    hub = await serve()
    status, _, err = await debugterm(config, "login", hub.url, "--user", "ana")

    assert status == 2
    assert "--password-stdin" in err


async def test_a_damaged_login_is_one_sentence_and_exit_2(config: Config, serve: Serve) -> None:
    await serve()
    path = config.path.parent / "credentials.json"
    path.write_text("{half")
    status, out, err = await debugterm(config, "tail", "prod")

    assert (status, out, err) == (2, "", f"debugterm: {path} is damaged; delete it and log in again\n")


@pytest.mark.parametrize(
    ("url", "why"), [("http://nobody.invalid", "its name is not known"), ("http://a..b", "malformed")]
)
async def test_an_address_that_can_never_answer_ends_at_once(
    config: Config, serve: Serve, url: str, why: str
) -> None:
    await serve()
    config.save(Profile("prod", (url,), "prod", "ana"))
    status, _, err = await debugterm(config, "tail", "prod")

    assert status == 8
    assert err.count("\n") == 1
    assert why in err


async def test_a_hub_that_does_not_speak_https_is_named_with_the_way_out(
    config: Config, serve: Serve
) -> None:
    hub = await serve()
    https = hub.url.replace("http", "https", 1)
    status, _, err = await debugterm(
        config, "login", https, "--user", "ana", "--password-stdin", stdin=b"x\n"
    )

    assert (status, err) == (
        8,
        f"debugterm: no hub answers: {https}: it does not speak https; try {hub.url}\n",
    )


async def test_a_session_that_is_not_there_is_one_line_and_exit_5(config: Config, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        join = await peer.expect(frames.Join)
        await peer.send(frames.Err(frames.Problem("NOT_FOUND", "there is no session 'x'"), join.id))
        await peer.gone()

    await serve(script)
    status, out, err = await debugterm(config, "connect", "prod", "--session", "x", "--plain")

    assert (status, err) == (5, "")
    assert out == "-- offline: there is no session 'x'; debugterm sessions ls shows the open ones --\n"
