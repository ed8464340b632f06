"""The subcommands that look after users, keys and audit, on an empty data folder as on a used one."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import msgspec
import pytest
import structlog
from click.testing import CliRunner, Result
from debugterm_server.cli import main
from debugterm_server.cli.console import json_lines, printable
from debugterm_server.settings import strong

Run = Callable[..., Result]
WORD = "correct horse"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setattr("debugterm_server.rooms.access.passwords.ROUNDS", 4)

    def command(*words: str, stdin: str | bytes | None = None, **env: str) -> Result:
        home = {"DEBUGTERM_DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": ""}
        return CliRunner().invoke(main, words, input=stdin, env={**home, **env})

    yield command
    structlog.reset_defaults()


def rows(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return [msgspec.json.decode(line) for line in result.stdout.splitlines()]


def refused(result: Result, code: int, *words: str) -> None:
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("debugterm-server: ")
    assert result.stderr.count("\n") == 1
    for word in words:
        assert word in result.stderr


def test_users_are_made_listed_changed_and_kept_out(run: Run) -> None:
    made = run("users", "add", "Ana", "--role", "responder", "--password-stdin", stdin=WORD + "\n")
    assert (made.exit_code, made.stdout) == (0, "ana is responder in development\n")
    assert run("users", "role", "ana", "--role", "commander", "--env", "prod").exit_code == 0
    assert run("users", "password", "ana", "--password-stdin", stdin="battery staple").exit_code == 0
    assert run("users", "disable", "ana").stdout == "ana cannot log in any more\n"

    (ana,) = rows(run("users", "ls", "--json"))
    assert ana["roles"] == {"development": "responder", "prod": "commander"}
    assert ana["disabled_at"]
    assert "responder in development, commander in prod" in run("users", "ls").stdout
    assert [row["type"] for row in rows(run("audit", "list", "--server", "--json"))] == [
        "user.disable",
        "user.password",
        "user.role",
        "user.add",
    ]


def test_a_key_is_printed_alone_and_never_again(run: Run) -> None:
    made = run("keys", "add", "--env", "prod", "--name", "web-1")
    secret = made.stdout.removesuffix("\n")
    assert made.exit_code == 0
    assert secret.startswith("dtk_")
    assert secret.isascii()
    assert " " not in secret

    (key,) = rows(run("keys", "ls", "--json"))
    assert (key["env"], key["name"], key["revoked_at"]) == ("prod", "web-1", None)
    assert run("keys", "revoke", str(key["id"])).exit_code == 0
    assert "revoked" in run("keys", "ls").stdout
    for command in (("keys", "ls"), ("keys", "ls", "--json"), ("audit", "list", "--server", "--json")):
        assert secret not in run(*command).output


def test_the_data_folder_is_for_its_owner_only(run: Run, tmp_path: Path) -> None:
    run("keys", "ls")

    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_records_say_who_sat_at_the_console(run: Run) -> None:
    run("keys", "add", "--env", "prod", "--name", "web-1", LOGNAME="olga")

    listed = run("audit", "list", "--server")
    assert "olga" in listed.stdout
    assert "key.add" in listed.stdout
    assert "name=web-1" in listed.stdout


def test_a_log_that_was_changed_is_named_with_its_record(run: Run, tmp_path: Path) -> None:
    for n in range(3):
        run("keys", "add", "--env", "prod", "--name", f"web-{n}")
    assert run("audit", "check", "--server").stdout == "the audit log of _server is whole\n"
    with sqlite3.connect(tmp_path / "data" / "debugterm.db") as database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET record = replace(record, 'key.add', 'key.odd') WHERE seq = 2")
    database.close()

    checked = run("audit", "check", "--server")
    assert checked.exit_code == 1
    assert "record 3: chain: does not follow from the record before it" in checked.stdout
    assert checked.stderr.count("\n") == 1


def test_words_of_strangers_cannot_steer_the_terminal() -> None:
    assert printable("a\x1b[31m\x9b\u202eb") == "a\\u{1b}[31m\\u{9b}\\u{202e}b"


def test_json_output_has_no_control_bytes_and_the_same_value(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"text": "a\x1b\x9b\u2028\u202e\U000e0041é"}
    json_lines([value])
    line = capsys.readouterr().out

    assert line.removesuffix("\n").isprintable()
    assert msgspec.json.decode(line) == value


@pytest.mark.parametrize(
    ("words", "stdin", "code", "expected"),
    [
        (("users", "add", "bo", "--role", "viewer"), None, 2, "--password-stdin"),
        (("users", "add", "bo", "--role", "viewer", "--password-stdin"), "short", 2, "shorter than 8"),
        (("users", "add", "bo", "--role", "viewer", "--password-stdin"), "x" * 9_999, 2, "longer than 256"),
        (("users", "add", "bo", "--role", "viewer", "--password-stdin"), b"\xff" * 9, 2, "not UTF-8"),
        (("users", "add", "b o", "--role", "viewer", "--password-stdin"), WORD, 2, "user name"),
        (("users", "role", "bo", "--role", "viewer"), None, 5, "no user bo"),
        (("users", "disable", "\x1b[31m"), None, 5, "\\u{1b}"),
        (("keys", "revoke", "k_1"), None, 5, "no key k_1"),
        (("keys", "add", "--env", "Prod!", "--name", "x"), None, 2, "environment"),
        (("keys", "add", "--env", "prod", "--name", "\x1b"), None, 2, "key name"),
        (("audit", "list", "--since", "then"), None, 2, "--since"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_its_exit_code(
    run: Run, words: tuple[str, ...], stdin: str | bytes | None, code: int, expected: str
) -> None:
    refused(run(*words, stdin=stdin), code, expected)


def test_a_taken_name_is_one_line(run: Run) -> None:
    add = ("users", "add", "ana", "--role", "viewer", "--password-stdin")
    assert run(*add, stdin=WORD).exit_code == 0

    refused(run(*add, stdin=WORD), 1, "there is a user ana already", "users role ana")


@pytest.mark.parametrize("words", [("keys", "ls"), ("migrate",)])
def test_a_wrong_database_url_is_one_line_without_its_password(run: Run, words: tuple[str, ...]) -> None:
    refused(run(*words, DATABASE_URL="mysql://u:hunter2@db/x"), 78, "DATABASE_URL")
    refused(run(*words, DATABASE_URL="postgres://u:hunter2@127.0.0.1:1/x"), 78, "DATABASE_URL")
    assert "hunter2" not in run(*words, DATABASE_URL="postgres://u:hunter2@127.0.0.1:1/x").output


def test_a_data_folder_that_is_no_folder_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    refused(run("keys", "ls", DEBUGTERM_DATA_DIR=str(tmp_path / "file" / "data")), 78, "DEBUGTERM_DATA_DIR")


def test_a_file_that_is_no_database_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "debugterm.db").write_bytes(b"not a database at all, not at all" * 100)

    refused(run("keys", "ls"), 78, "data folder")


def test_migrating_twice_changes_nothing(run: Run) -> None:
    assert run("migrate").stdout == "schema 0002, was empty\n"
    assert run("migrate").stdout == "schema 0002\n"


def test_a_generated_secret_may_guard_production(run: Run) -> None:
    assert strong(run("secrets", "generate").stdout.strip())


def test_help_of_every_command_loads(run: Run) -> None:
    for words in ((), ("users",), ("keys",), ("audit",), ("secrets",), ("migrate",), ("serve",)):
        assert run(*words, "--help").exit_code == 0
    assert run("nothing").exit_code == 2


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from debugterm_server.cli import main; main(['--help'], standalone_mode=False);"
    code += (
        "print(sorted({'aiohttp', 'sqlalchemy', 'redis', 'rich', 'uvloop', 'pydantic'} & sys.modules.keys()))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert shown.splitlines()[-1] == "[]"


def test_every_command_has_its_line_in_the_docs() -> None:
    page = (Path(__file__).parents[4] / "docs/reference/server-commands.md").read_text()
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        subs = [f" {sub}" for sub in command.commands] if isinstance(command, click.Group) else [""]
        for sub in subs:
            assert f"| `{name}{sub}" in page
