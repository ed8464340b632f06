"""Rows as logfmt and raw: nothing is lost, nothing breaks a line."""

import msgspec
import pytest
from debugterm_client.core.asked import Asked, asked, pointed
from debugterm_client.core.cells import cell_text
from debugterm_client.core.formats import logfmt, shaped
from debugterm_client.core.rows import Row
from debugterm_protocol.query import BadQuery
from debugterm_protocol.views import Cell
from hypothesis import given
from hypothesis import strategies as st


def test_logfmt_quotes_what_is_not_one_plain_word() -> None:
    row = Row(
        ts="2026-11-23T18:42:01Z",
        level="error",
        service="pay",
        message='said "no"',
        attrs={"status": 504, "path": "/v1", "empty": "", "level": "x", "a b": [1], "ok": True},
        late=True,
    )

    assert logfmt(row) == (
        'ts=2026-11-23T18:42:01Z level=error service=pay msg="said \\"no\\"" '
        'status=504 path=/v1 empty="" attrs.level=x a_b="[1]" ok=true late=true'
    )


@given(st.text(), st.text())
def test_a_row_is_one_line_in_every_format(message: str, value: str) -> None:
    raw = msgspec.json.encode({"message": message, "attrs": {value: value}})

    for form in ("logfmt", "raw"):
        line = shaped(raw, form)
        assert "\n" not in line
        assert "\r" not in line


def test_context_is_a_stage_and_everything_else_stays_as_typed() -> None:
    assert asked("a  b", live=True) == Asked("a  b", table=False)
    assert asked("a  b", context=2, live=True) == Asked("a b | context 2 2", table=False)
    assert asked("* | stats count", live=True).table


def test_what_a_live_stream_cannot_do_a_search_can() -> None:
    assert asked("* | sort ts", live=False).query == "* | sort ts"
    with pytest.raises(BadQuery, match="a live stream has none"):
        asked("* | sort ts", live=True)


def test_the_caret_stands_under_its_column_behind_wide_and_invisible_letters_too() -> None:
    assert pointed("x:", "needs a value", 3) == ["needs a value", "  x:", "    ^"]
    assert pointed("東\x1b:", "no", 4) == ["no", "  東␛:", "      ^"]
    assert pointed("x", "no", 0) == ["no"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, "-"),
        (1204, "1,204"),
        (True, "true"),
        (5003.25, "5,003.25"),
        (0.123456, "0.1235"),
        (80.0, "80"),
        ("x", "x"),
    ],
)
def test_a_cell_is_short(cell: Cell, text: str) -> None:
    assert cell_text(cell) == text
