"""One table of keys: no key twice, every action exists, and what is typed is read or refused in words."""

from pathlib import Path

import pytest
from debugterm_client.core.keys import KEYS, hints
from debugterm_client.core.keysdoc import page
from debugterm_client.core.typed import Local, NotACommand, read
from debugterm_client.ui.hands import Hands
from debugterm_protocol.sessions import Chat, Command, Drive, Filter, Title


def test_no_key_is_bound_twice() -> None:
    keys = [key for binding in KEYS for key in binding.keys]

    assert sorted(keys) == sorted(set(keys))


def test_no_key_collides_with_tmux_or_screen() -> None:
    assert {"c-b", "c-a"} & {key for binding in KEYS for key in binding.keys} == set()


@pytest.mark.parametrize("action", [binding.action for binding in KEYS])
def test_every_key_has_something_to_do(action: str) -> None:
    assert callable(getattr(Hands, f"do_{action}", None))


def test_the_hint_line_holds_whole_hints_only() -> None:
    assert hints(30) == " / filter  : command  s say"


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("filter level>=error", Filter("level>=error")),
        ("filter", Filter("")),
        ("drive", Drive()),
        ("drive off", Drive(take=False)),
        ("say  hello  there ", Chat("hello  there")),
        ("title checkout 5xx", Title("checkout 5xx")),
        ("q", Local("quit")),
    ],
)
def test_a_command_line_is_read(text: str, wish: Command | Local) -> None:
    assert read(text) == wish


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("flt x", "no command :flt; there are :filter, :drive"),
        ("drive over", ":drive takes the wheel"),
        ("title", ":title needs a text"),
        ("say", "nothing to say"),
        ("title " + "x" * 121, "a title has at most 120 characters; this one has 121"),
    ],
)
def test_a_wrong_command_line_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(NotACommand, match=why):
        read(text)


def test_the_page_of_keys_is_the_table() -> None:
    written = Path(__file__).parents[4] / "docs" / "reference" / "keys.md"

    assert written.read_text("utf-8") == page()
