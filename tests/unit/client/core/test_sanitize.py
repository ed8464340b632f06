"""Nothing a stranger writes can move the cursor, answer a query or reorder text (threats 27 and 28)."""

import sys
import unicodedata

import msgspec
import pytest
from debugterm_client.core.sanitize import safe, safe_json, safe_lines
from hypothesis import given
from hypothesis import strategies as st

INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("attack", "shown"),
    [
        ("\x1b]52;c;ZXZpbA==\x07", "␛]52;c;ZXZpbA==␇"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x1b]8;;http://evil\x1b\\click", "␛]8;;http://evil␛\\click"),
        ("\x1b[2J\x1b[H", "␛[2J␛[H"),
        ('\x1bP$q"p\x1b\\', '␛P$q"p␛\\'),
        ("\x1b[6n", "␛[6n"),
        ("\x9b31m", "\\u{9b}31m"),
        ("\x90q\x9c", "\\u{90}q\\u{9c}"),
        ("a\x00b\x7f", "a␀b␡"),
        ("one\ntwo\rthree", "one␊two␍three"),
        ("a\tb", "a    b"),
        ("user\u202etxt.exe", "user\\u{202e}txt.exe"),
        ("\u2066x\u2069\u200f", "\\u{2066}x\\u{2069}\\u{200f}"),
        ("ad\u200bmin\ufeff\u00ad", "ad\\u{200b}min\\u{feff}\\u{ad}"),
        ("\U000e0041\U000e007f", "\\u{e0041}\\u{e007f}"),
        ("\ud800", "\\u{d800}"),
        ("a\u3164b\U000e0101", "a\\u{3164}b\\u{e0101}"),
        ("line\u2028sep", "line\\u{2028}sep"),
        ("⚠\ufe0f disk", "⚠ disk"),
        ("[red]bold[/red]", "[red]bold[/red]"),
        ("größe 東京 ok", "größe 東京 ok"),
    ],
)
def test_an_attack_is_shown_and_does_nothing(attack: str, shown: str) -> None:
    assert safe(attack) == shown


def test_no_control_or_invisible_character_of_unicode_gets_through() -> None:
    through = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(char := chr(code)) in INVISIBLE and char in safe(char)
    ]

    assert through == []


@given(st.text())
def test_json_for_a_terminal_says_the_same_and_is_safe(text: str) -> None:
    shown = safe_json(msgspec.json.encode({"m": text}).decode())

    assert msgspec.json.decode(shown) == {"m": text}
    assert safe(shown) == shown


def test_a_long_text_is_shown_line_by_line() -> None:
    assert safe_lines("Traceback\r\n\tat x\x1b") == ["Traceback", "    at x␛"]
