"""The table of templates counts the rows of its window, also when a template becomes more general meanwhile."""

from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.stages import Patterns
from debugterm_server.core.mined import Mined

NOON = 1_795_435_200


def rows(*messages: str, level: str = "info") -> list[Row]:
    return [{"message": text, "level": level} for text in messages]


def test_rows_of_one_template_are_one_line_with_their_level() -> None:
    table = Mined(Patterns(5), now=NOON)
    table.take(rows("took 5 ms", "took 7 ms", "took 9 ms") + rows("took 5 ms", level="warn"), NOON)
    table.earlier(rows("took 1 ms", "no such user"), NOON - 5)
    table.reached(NOON - 9)
    table.slide(NOON + 1)

    found = list(table.rows())
    assert [(level, n) for _, level, n in found] == [("info", 4), ("info", 1), ("warn", 1)]
    assert str(found[0][0]).startswith("took <")
    assert (table.groups, table.since) == (3, NOON - 9)


def test_only_the_most_frequent_are_told_and_what_left_the_window_is_forgotten() -> None:
    table = Mined(Patterns(1), now=NOON)
    table.take(rows("a b", "c d", "c d"), NOON)
    table.slide(NOON + 1)
    assert [row[1:] for row in table.rows()] == [["info", 2]]
    assert table.groups == 2

    table.slide(NOON + 400)
    assert list(table.rows()) == []


def test_templates_that_become_one_are_counted_together() -> None:
    table = Mined(Patterns(9), now=NOON)
    for second in range(60):
        table.take(rows(f"user name{chr(97 + second % 26)}{chr(97 + second // 26)} is gone"), NOON + second)
    table.slide(NOON + 60)

    counted = [row[2] for row in table.rows()]
    assert sum(n for n in counted if isinstance(n, int)) == 60
    assert len(counted) < 60
