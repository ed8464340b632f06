"""The facets: for each field its values, how many matching rows have them, and a bar."""

from datetime import UTC, datetime

from debugterm_protocol.views import Facet, FacetValue

from debugterm_client.core.desk import Desk
from debugterm_client.core.picks import shown
from debugterm_client.core.rows import LETTERS, value_text
from debugterm_client.core.sanitize import safe
from debugterm_client.core.spark import short
from debugterm_client.ui.fit import Fragment, cut, pad
from debugterm_client.ui.panes import heading, scrolled
from debugterm_client.ui.theme import Signs

Line = list[Fragment]
NUMBER = 5
BAR_MOST = 8


def facets_pane(desk: Desk, columns: int, lines: int, signs: Signs) -> list[Line]:
    """The pane, scrolled to the selected value."""
    facets = desk.scene.stream.facets
    since = f" since {datetime.fromtimestamp(facets.since, UTC):%H:%M}" if facets else ""
    head = heading(f"FACETS{since if columns >= 24 else ''}", columns, signs, strong=desk.focus == "facets")
    if facets is None:
        return [head, [("class:dim", cut(" counting", columns))]]
    picked = desk.picks.facet_at(facets) if desk.focus == "facets" else -1
    drawn: list[Line] = []
    at, selected = 0, 0
    for facet in shown(facets):
        drawn.append([("class:service", cut(f"{safe(facet.field)}", columns))])
        most = max((value.n for value in facet.values), default=0)
        for value in facet.values:
            if at == picked:
                selected = len(drawn)
            drawn.append(_value(facet, value, most, columns, signs, picked=at == picked))
            at += 1
        drawn += _rest(facet, columns)
    if not drawn:
        drawn.append([("class:dim", cut(" no matching row has a field yet", columns))])
    return [head, *scrolled(drawn, selected, lines - 1, columns)]


def _value(facet: Facet, value: FacetValue, most: int, columns: int, signs: Signs, *, picked: bool) -> Line:
    text = value.value if isinstance(value.value, str) and value.value else value_text(value.value)
    letter = LETTERS.get(text, "") if facet.field == "level" else ""
    bar = max(0, min(BAR_MOST, columns - NUMBER - 14))
    room = max(4, columns - NUMBER - bar - 3)
    full = -(-value.n * bar // most) if most else 0
    name = f"{letter} {safe(text)}" if letter else safe(text)
    style = "class:menu.chosen" if picked else f"class:level.{letter.lower()}" if letter else ""
    return [
        ("class:pointer", ">" if picked else " "),
        (style, pad(name, room)),
        ("", f"{short(value.n):>{NUMBER}} "),
        ("class:gauge", signs.full * full),
    ]


def _rest(facet: Facet, columns: int) -> list[Line]:
    words = [f"{short(facet.other)} other"] * bool(facet.other)
    words += [f"{short(facet.missing)} without"] * bool(facet.missing)
    return [[("class:dim", cut(f"   {', '.join(words)}", columns))]] if words else []
