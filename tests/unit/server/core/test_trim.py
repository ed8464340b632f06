"""Values cut to size: by bytes of JSON, by depth, by characters."""

import msgspec
from debugterm_server.core import trim
from hypothesis import given
from hypothesis import strategies as st


@given(st.text(), st.integers(0, 50))
def test_a_cut_text_is_a_start_that_fits(text: str, size: int) -> None:
    short = trim.cut(text, size)

    assert text.startswith(short)
    assert len(msgspec.json.encode(short)) - 2 <= size


def test_a_cut_never_splits_a_character() -> None:
    assert trim.cut("aé\U0001f600", 6) == "aé"
    assert trim.cut("aé\U0001f600", 7) == "aé\U0001f600"
    assert trim.cut("\n" * 10, 5) == "\n\n"


def test_a_value_too_deep_even_for_json_is_named_so() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]

    assert trim.json_text(deep) == "[nested too deeply]"


def test_what_fits_is_kept_in_order_small_things_first() -> None:
    attrs: dict[str, object] = {"long": "x" * 1000, "small": 1, "list": ["y" * 1000], "last": 2}

    assert trim.fit(attrs, 200) == {"long": "x" * 166, "small": 1, "last": 2}
    assert trim.fit(attrs, 60) == {"small": 1, "last": 2}
    assert trim.fit({"list": ["y" * 1000]}, 100) == {"list": '["' + "y" * 84}
