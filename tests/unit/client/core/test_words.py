"""Numbers with their nouns."""

from debugterm_client.core.words import counted


def test_only_one_is_singular() -> None:
    assert [counted(n, "row") for n in (0, 1, 1204)] == ["0 rows", "1 row", "1,204 rows"]
