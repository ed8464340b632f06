"""The lowest lines: what is typed or could be, and below it what is wrong, what it would show, and which keys help."""

from debugterm_client.core.bar import Fault
from debugterm_client.core.desk import Desk, Mode
from debugterm_client.core.keys import hints
from debugterm_client.core.sanitize import safe
from debugterm_client.core.words import counted
from debugterm_client.ui.fit import Fragment, cut, spread, width

Line = list[Fragment]
PROMPTS: dict[Mode, str] = {
    "filter": "/ ",
    "command": ": ",
    "say": "say ",
    "find": "find ",
    "stream": "",
    "ask": "",
}
HINTS: dict[Mode, str] = {
    "say": "Enter says it to everybody here, it is recorded  Esc cancel",
    "command": ":filter :drive :say :title :live :help :quit  Enter run  Esc cancel",
    "find": "Enter find  n next  N previous  Esc cancel",
}
PANE_HINTS = {
    "facets": " j/k choose  + filter  - exclude  = only  Tab next pane  Esc stream",
    "patterns": " j/k choose  + filter  - exclude  Tab next pane  Esc stream",
    "people": " s say  Tab next pane  Esc stream",
}


def idle_line(desk: Desk, columns: int) -> Line:
    """The line of the prompt while nothing is typed."""
    scene = desk.scene
    if desk.mode == "ask":
        return [("class:prompt", cut("Leave the session? y = leave, any other key stays", columns))]
    if scene.unread and not desk.panes.shows("people"):
        return [
            ("class:prompt", ":"),
            ("class:event", f"  {counted(scene.unread, 'new chat line')}, Tab reads"),
        ]
    return [("class:prompt", ":"), ("class:dim", " read-only" if scene.read_only else "")]


def under_line(desk: Desk, fault: Fault | None, columns: int) -> Line:
    """The line under the prompt."""
    match desk.mode:
        case "ask":
            return [("", "")]
        case "stream" if desk.focus and not desk.helping:
            return [("class:dim", cut(PANE_HINTS[desk.focus], columns))]
        case "stream":
            return [("class:dim", hints(columns))]
        case mode if fault is not None:
            return [("class:error", _pointed(fault, mode, columns))]
        case "filter":
            return _promised(desk, columns)
        case mode:
            return [("class:dim", cut(f"  {HINTS[mode]}", columns))]


def _pointed(fault: Fault, mode: Mode, columns: int) -> str:
    why = safe(fault.why)
    if not fault.column:
        return cut(f"  {why}", columns)
    return under(why, len(PROMPTS[mode]) + fault.column, columns)


def _promised(desk: Desk, columns: int) -> Line:
    bar = desk.bar
    if bar.open:
        keys = "Tab accept  Up/Down choose  Esc close"
    else:
        whose = "for everybody: you drive" if desk.scene.driving else "only for you"
        keys = f"Enter apply ({whose})  Ctrl-Space complete  Esc keep the old one"
    right: Line = [("class:dim", f"{keys} ")]
    if not bar.count:
        return [("class:dim", cut(f"  {keys}", columns))]
    if len(bar.count) + len(keys) + 6 > columns:
        right = [("class:dim", "Enter apply ")] if len(bar.count) + 18 <= columns else []
    style = "class:count" if bar.probed is not None and bar.probed.match else "class:count.none"
    return spread([(style, f"  {safe(bar.count)}")], right, columns)


def under(error: str, cell: int, columns: int) -> str:
    """An error with a caret under its place (1-based cell) in one line; its hint goes first when room is short."""
    cell = max(1, min(cell, columns))
    for words in (error, error.partition("; ")[0]):
        after = f"{' ' * (cell - 1)}^ {words}"
        if width(after) <= columns:
            return after
        before = f"{words} ^"
        if width(before) <= cell:
            return " " * (cell - width(before)) + before
    if cell <= columns // 2:
        return cut(f"{' ' * (cell - 1)}^ {error}", columns)
    shown = cut(error, cell - 2)
    return f"{' ' * (cell - 2 - width(shown))}{shown} ^"
