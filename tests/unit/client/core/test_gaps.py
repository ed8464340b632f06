"""Gaps in words, and what becomes of them when they are fetched."""

import pytest
from debugterm_client.core.gaps import Hole, fill, gap_text, hole_of
from debugterm_protocol.frames import Gap, Why

GAP = Gap("c", "1763923322000-0-0", "1763923325000-0-1", 1204, {"info": 1201, "error": 3})


@pytest.mark.parametrize(
    ("gap", "shown"),
    [
        (
            Gap("c", "1763923322000-0-0", "1763923325000-0-1", 1204, {"info": 1201, "error": 3}),
            "gap: 1,204 rows not sent 18:42:02-05 (slow, E 3 I 1,201)",
        ),
        (Gap("c", "1763923322000-0-0", "1763923322000-0-1", 1), "gap: 1 row not sent 18:42:02 (slow)"),
        (
            Gap("c", "1763923322000-0-0", "1763923325000-0-1", 1201, {"info": 1201}, {"error": 3}),
            "gap: 1,201 rows not sent 18:42:02-05 (slow, errors 3 of 3 shown, I 1,201)",
        ),
        (
            Gap("c", "0-0", "1763923325000-0", None, why="retention"),
            "gap: unknown number of rows not sent 00:00:00-18:42:05 (no longer kept)",
        ),
    ],
)
def test_a_gap_says_how_many_when_and_why(gap: Gap, shown: str) -> None:
    assert gap_text(gap) == shown


def done(hole: Hole, fresh: int, back_to: str = "") -> Hole:
    return fill(hole, fresh, done=True, back_to=back_to)


def test_a_gap_offers_to_be_fetched_and_says_what_came_of_it() -> None:
    hole = hole_of(GAP)
    under_way = fill(hole, 400, done=False, back_to="")
    part = done(under_way, 600, "1763923323000-0-0")
    whole = done(part, 204)

    assert (hole.text, hole.action) == (gap_text(GAP), "[Enter fetch]")
    assert (under_way.filled, under_way.state) == (400, "open")
    assert part.text == "gap: 204 of 1,204 rows still missing 18:42:02-03"
    assert part.action == "[Enter fetch more]"
    assert whole.text == "1,204 rows filled, 0 lost 18:42:02-05"


def test_what_the_stream_does_not_hold_any_more_stays_lost() -> None:
    assert done(hole_of(GAP), 1_000).text == "1,000 rows filled, 204 lost 18:42:02-05"


@pytest.mark.parametrize("why", ["retention", "reset", "redacted"])
def test_what_can_never_come_is_not_offered(why: Why) -> None:
    hole = hole_of(Gap("c", "1763923322000-0-0", "1763923325000-0-1", None, why=why))

    assert (hole.state, hole.action) == ("closed", "")
