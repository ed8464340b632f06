"""The completions of the filter bar, as lines above it: what, which kind, how many rows, one line of help."""

from debugterm_protocol.views import Suggestion

from debugterm_client.core.bar import Bar
from debugterm_client.core.sanitize import safe
from debugterm_client.ui.fit import Fragment, clip, cut, pad, width

Line = list[Fragment]
MOST = 8
"""Completions shown at once; the others scroll by."""
TEXT_MOST = 40


def menu_lines(bar: Bar, columns: int, room: int, *, indent: int) -> list[Line]:
    """The list with the chosen one marked, in at most `room` lines; under the place that it completes."""
    if not bar.open or room < 1:
        return []
    shown = min(MOST, room, len(bar.menu))
    top = max(0, min(bar.chosen - shown + 1, len(bar.menu) - shown))
    part = bar.menu[top : top + shown]
    texts = min(TEXT_MOST, max(width(safe(each.text)) for each in part))
    numbers = max((len(f"{each.n:,}") for each in part if each.n is not None), default=0)
    left = max(0, min(indent + part[0].start, columns - texts - numbers - 14))
    more = len(bar.menu) - shown
    lines = []
    for at, each in enumerate(part, top):
        chosen = at == bar.chosen
        lines.append(_line(each, columns, left, texts=texts, numbers=numbers, chosen=chosen))
    if more:
        lines[-1] = clip([*lines[-1], ("class:dim", f"  {more} more")], columns)
    return lines


def _line(each: Suggestion, columns: int, left: int, *, texts: int, numbers: int, chosen: bool) -> Line:
    count = "" if each.n is None else f"{each.n:,}"
    style = "class:menu.chosen" if chosen else "class:menu"
    line: Line = [
        ("", " " * max(0, left - 1)),
        ("class:pointer", ">" if chosen else " ") if left else ("", ""),
        (style, f"{pad(safe(each.text), texts)} "),
        ("class:dim", f" {each.kind:<8} {count:>{numbers}}"),
    ]
    if each.help:
        line.append(("class:dim", f"  {cut(safe(each.help), 60)}"))
    return clip(line, columns)
