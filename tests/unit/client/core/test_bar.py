"""The filter bar while it is typed in: errors at once, counts and completions of the latest text only."""

import pytest
from debugterm_client.core.bar import Bar, Fault
from debugterm_protocol.views import Probed, Suggestion

SERVICE = Suggestion("service", 0, 3, "field", "who sent it", 1_204)
SEVERITY = Suggestion("severity", 0, 3, "field", "", 9)


def answer(*picks: Suggestion, why: str = "", column: int = 0) -> Probed:
    return Probed([*picks], 12, 1_214, 60, why, column)


def typed(*texts: str) -> Bar:
    bar = Bar()
    for text in texts:
        bar.typed(text, len(text))
    return bar


def test_an_error_is_there_with_its_column_before_the_hub_says_anything() -> None:
    assert typed("", "service:").fault == Fault("'service:' needs a value; quote it to search the text", 9)


def test_a_count_is_of_the_text_that_stands_there_now() -> None:
    bar = typed("", "lev", "level")
    bar.answered("lev", 3, answer())
    stale = bar.count
    bar.answered("level", 5, answer())
    bar_again = bar.count
    bar.typed("levels", 6)

    assert (stale, bar_again, bar.count) == ("", "12 of 1,214 rows in the last 60 s", "")


def test_what_only_the_hub_knows_is_an_error_with_its_column_too() -> None:
    bar = typed("", "nosuch:x")
    bar.answered("nosuch:x", 8, answer(why="a live stream has no order but its own", column=5))

    assert bar.fault == Fault("a live stream has no order but its own", 5)
    assert bar.count == ""


def test_completions_show_from_the_first_key_and_are_narrowed_until_the_hub_answers() -> None:
    bar = typed("sev")
    bar.answered("sev", 3, answer(SEVERITY))
    unasked = bar.open
    bar = typed("", "se")
    bar.answered("se", 2, answer(SERVICE, SEVERITY))
    shown = [each.text for each in bar.menu]
    bar.typed("serv", 4)

    assert (unasked, shown, [each.text for each in bar.menu]) == (
        False,
        ["service", "severity"],
        ["service"],
    )


def test_the_chosen_completion_takes_the_place_of_what_was_typed() -> None:
    bar = typed("", "sev level:x")
    bar.at = 3
    bar.answered("sev level:x", 3, answer(SERVICE, SEVERITY))
    bar.choose(1)

    assert bar.accept() == ("severity level:x", 8)


def test_arrows_go_round() -> None:
    bar = typed("", "se")
    bar.answered("se", 2, answer(SERVICE, SEVERITY))
    bar.choose(-1)
    last = bar.chosen
    bar.choose(1)

    assert (last, bar.chosen) == (1, 0)


def test_escape_closes_the_list_first_and_it_stays_closed_until_it_is_asked_for() -> None:
    bar = typed("", "se")
    bar.answered("se", 2, answer(SERVICE))
    closed, again = bar.close(), bar.close()
    bar.answered("se", 2, answer(SERVICE))

    assert (closed, again, bar.open) == (True, False, False)


@pytest.mark.parametrize(
    ("probed", "words"),
    [
        (Probed([], 0, 0, 60), "no row at all in the last 60 s"),
        (Probed([], 0, 9, 60, near=["service"]), "0 of 9 rows in the last 60 s; near: service"),
    ],
)
def test_a_count_says_why_it_is_nothing(probed: Probed, words: str) -> None:
    bar = typed("", "x")
    bar.answered("x", 1, probed)

    assert bar.count == words
