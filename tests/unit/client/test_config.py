"""Addresses, colour and profile rules that need no file."""

import pytest
from debugterm_client.config import BadConfig, clean_url, only_ascii, wants_color


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://hub.example.com/", "https://hub.example.com"),
        ("hub.example.com", "https://hub.example.com"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost:8080/", "http://localhost:8080"),
        ("http://10.0.0.1:80/base/", "http://10.0.0.1:80/base"),
    ],
)
def test_an_address_is_kept_in_one_form(given: str, kept: str) -> None:
    assert clean_url(given) == kept


@pytest.mark.parametrize(
    "text", ["ftp://x", "https://", "https://ana:secret@hub", "https://hub?token=x", "https://hub:99999"]
)
def test_what_is_no_address_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadConfig, match="address of a hub"):
        clean_url(text)


@pytest.mark.parametrize(
    ("choice", "terminal", "environ", "expected"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {}, False),
    ],
)
def test_colour_is_asked_for_flag_first_then_environment(
    *, choice: str, terminal: bool, environ: dict[str, str], expected: bool
) -> None:
    assert wants_color(choice, is_terminal=terminal, environ=environ) is expected


def test_a_dumb_or_latin_terminal_gets_ascii() -> None:
    assert only_ascii("utf-8", {"TERM": "dumb"})
    assert only_ascii("latin-1", {"TERM": "xterm"})
    assert not only_ascii("UTF-8", {"TERM": "xterm"})
