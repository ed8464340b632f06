"""The one table of keys: it makes the bindings, the help screen, the hint line and the documentation."""

from typing import NamedTuple


class Binding(NamedTuple):
    """One thing a key does. `keys` are prompt-toolkit's names, `shows` is what people read."""

    action: str
    keys: tuple[str, ...]
    shows: str
    does: str
    group: str
    hint: str = ""
    """Word in the hint line; empty when it is not shown there."""


KEYS = (
    Binding(
        "filter",
        ("/",),
        "/",
        "filter: private, or shared while you drive; Esc leaves it as it was",
        "Filter",
        "filter",
    ),
    Binding("command", (":",), ":", "command line", "Filter", "command"),
    Binding("say", ("s",), "s", "say something to everybody here", "Session", "say"),
    Binding(
        "pause", ("space",), "Space", "pause and resume; rows keep arriving and are counted", "Move", "pause"
    ),
    Binding("live", ("G", "end"), "G End", "go live", "Move", "live"),
    Binding("follow", ("F",), "F", "go live and follow the shared filter again", "Move"),
    Binding("down", ("j", "down"), "j ↓", "next row", "Move"),
    Binding("up", ("k", "up"), "k ↑", "previous row; pauses", "Move"),
    Binding("page_down", ("pagedown",), "PgDn", "one page down", "Move"),
    Binding("page_up", ("pageup",), "PgUp", "one page up; at the top, fetch older rows", "Move"),
    Binding("half_down", ("c-d",), "Ctrl-D", "half a page down", "Move"),
    Binding("half_up", ("c-u",), "Ctrl-U", "half a page up", "Move"),
    Binding("top", ("g", "home"), "g Home", "oldest row that is loaded", "Move"),
    Binding("next_error", ("e",), "e", "next error", "Move", "error"),
    Binding("previous_error", ("E",), "E", "previous error", "Move"),
    Binding("find", ("c-f",), "Ctrl-F", "find text in the loaded rows; nothing is hidden", "Filter", "find"),
    Binding("find_next", ("n",), "n", "next hit", "Filter"),
    Binding("find_previous", ("N",), "N", "previous hit", "Filter"),
    Binding(
        "detail",
        ("enter",),
        "Enter",
        "open or close all fields of the row; on a gap or the first line: fetch what is missing",
        "View",
        "detail",
    ),
    Binding("include", ("+",), "+", "on a facet or pattern: add it to the filter (Enter too)", "Filter"),
    Binding("exclude", ("-",), "-", "on a facet or pattern: leave it out", "Filter"),
    Binding("only", ("=",), "=", "on a facet: only this value of the field", "Filter"),
    Binding("wrap", ("w",), "w", "wrap long rows", "View"),
    Binding("pane", ("tab",), "Tab", "next pane: facets, patterns, people and chat", "View", "pane"),
    Binding("stream", ("1",), "1", "the stream alone", "View"),
    Binding("patterns", ("2",), "2", "patterns: what is new, more, or gone", "View"),
    Binding("facets", ("3",), "3", "facets: the values of the fields, with counts", "View"),
    Binding("people", ("6",), "6", "people and chat", "View"),
    Binding("help", ("?", "f1"), "? F1", "these keys", "View", "keys"),
    Binding("redraw", ("c-l",), "Ctrl-L", "draw the screen again", "View"),
    Binding("retry", ("r",), "r", "connect again now", "Session"),
    Binding("back", ("escape",), "Esc", "close what is open", "View"),
    Binding("quit", ("q",), "q", "close what is open; at the top leave, after asking", "Session", "quit"),
    Binding("interrupt", ("c-c",), "Ctrl-C", "cancel what is open; twice within a second leaves", "Session"),
)

COMMANDS = (
    (":filter QUERY", "set the shared filter (who drives)"),
    (":drive", "take the wheel; :drive off lets go"),
    (":say TEXT", "say something to everybody here"),
    (":title TEXT", "name the session"),
    (":live", "follow the end and the shared filter"),
    (":help", "these keys"),
    (":quit", "leave"),
)


def hints(width: int) -> str:
    """The hint line: as many whole hints as fit."""
    line = ""
    for binding in KEYS:
        if binding.hint:
            longer = f"{line}  {binding.shows.split()[0]} {binding.hint}"
            if len(longer) > width:
                break
            line = longer
    return line[1:]
