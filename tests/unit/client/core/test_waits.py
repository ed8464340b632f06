"""When the next try is."""

import pytest
from debugterm_client.core.waits import next_try


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0, "trying again"), (0.9, "trying again"), (3.2, "next try in 3 s")]
)
def test_a_wait_below_a_second_is_not_counted(seconds: float, words: str) -> None:
    assert next_try(seconds) == words
