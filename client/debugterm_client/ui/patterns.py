"""The patterns: templates of the rows with how often they come, and which are new, more, or gone."""

from debugterm_protocol.views import Pattern, Patterns

from debugterm_client.core.desk import Desk
from debugterm_client.core.rows import LETTERS
from debugterm_client.core.sanitize import safe
from debugterm_client.core.spark import short
from debugterm_client.ui.fit import Fragment, clip, cut, pad
from debugterm_client.ui.panes import heading, scrolled
from debugterm_client.ui.theme import Signs

Line = list[Fragment]
MARKS = {"new": "NEW ", "up": "UP  ", "gone": "GONE", "": "    "}
STYLES = {"new": "class:mark.new", "up": "class:mark.up", "gone": "class:mark.gone", "": "class:dim"}
WIDE = 80
"""From this many columns a pattern has its service and its baseline."""


def patterns_pane(desk: Desk, columns: int, lines: int, signs: Signs) -> list[Line]:
    """The pane, scrolled to the selected pattern."""
    patterns = desk.scene.stream.patterns
    strong = desk.focus == "patterns"
    if patterns is None:
        return [heading("PATTERNS", columns, signs, strong=strong), [("class:dim", " learning")]]
    picked = desk.picks.pattern_at(patterns) if strong else -1
    shown = [_pattern(each, columns, picked=at == picked) for at, each in enumerate(patterns.items)]
    if not shown:
        shown = [[("class:dim", cut(" no pattern yet", columns))]]
    notes = _notes(patterns, columns)
    room = lines - 1 - len(notes)
    head = heading(f"PATTERNS {patterns.total:,}", columns, signs, strong=strong)
    return [head, *notes, *scrolled(shown, max(picked, 0), room, columns)]


def _notes(patterns: Patterns, columns: int) -> list[Line]:
    span = f" last {_span(patterns.window)} against {_span(patterns.baseline)} before"
    notes: list[Line] = [[("class:dim", cut(span, columns))]]
    if patterns.behind:
        notes.append([("class:gap", cut(" too many rows: numbers of a sample", columns))])
    return notes


def _span(seconds: int) -> str:
    return f"{seconds // 60}m" if seconds >= 60 and seconds % 60 == 0 else f"{seconds}s"


def _pattern(each: Pattern, columns: int, *, picked: bool) -> Line:
    letter = LETTERS.get(each.level, "?")
    line: Line = [
        ("class:pointer", ">" if picked else " "),
        (STYLES[each.mark], MARKS[each.mark]),
        ("", f" {short(each.n):>5} "),
        (f"class:level.{letter.lower()}", f"{letter} "),
    ]
    if columns >= WIDE:
        line += [
            ("class:dim", f"was {_before(each.before):>5}  "),
            ("class:service", f"{pad(safe(each.service) or '-', 12)} "),
        ]
    style = "class:menu.chosen" if picked else "" if each.mark else "class:dim"
    return clip([*line, (style, safe(each.text))], columns)


def _before(n: float) -> str:
    return "0" if n <= 0 else "<1" if n < 0.95 else short(n)
