"""One item of the timeline as lines of fragments: the row path, so plain tuples and nothing else."""

from dataclasses import dataclass
from datetime import UTC, datetime

from debugterm_client.core.gaps import Hole
from debugterm_client.core.news import RowAt
from debugterm_client.core.rows import SHORT_TRACE, Row, attrs_text, clock, decode, details
from debugterm_client.core.sanitize import safe, safe_lines
from debugterm_client.core.timeline import Chrome, Item, Older
from debugterm_client.ui.fit import Fragment, clip, cut, pad, spread, width, wrap

Line = list[Fragment]

TIME = 12
NARROW = 60
"""Below this many columns the milliseconds and half of the service go."""
TINY = 40
"""Below this many columns even the head of a row may be cut."""
SHOWS_TRACE = 100
"""From this many columns the trace stands at the right."""
SERVICE_MOST = 12


@dataclass(frozen=True, slots=True)
class Look:
    """What the lines of a row depend on besides the row; part of the cache key."""

    columns: int
    today: str
    service: int
    """Columns of the service name."""
    wrapped: bool = False
    opened: bool = False
    selected: bool = False
    find: str = ""


def lines_of(item: Item, look: Look) -> list[Line]:
    """The lines of one item, each at most `look.columns` wide; never empty."""
    match item:
        case Chrome(kind, words):
            return [_chrome("class:gap" if kind == "gap" else "class:note", words, look)]
        case Hole():
            style = "class:note" if item.missing == 0 else "class:gap"
            return [_chrome(style, item.text, look, action=item.action)]
        case Older():
            return [_chrome("class:note", _back_to(item, look), look)]
        case _:
            return _row(item, look)


def _back_to(item: Older, look: Look) -> str:
    if item.back_to is None:
        return "the stream holds nothing older"
    when = datetime.fromtimestamp(min(item.back_to.ms, 253402300799000) / 1000, UTC)
    day = "" if f"{when:%Y-%m-%d}" == look.today else f"{when:%m-%d} "
    return f"searched back to {day}{when:%H:%M:%S} [{'searching' if item.fetching else 'Enter more'}]"


def _chrome(style: str, words: str, look: Look, *, action: str = "") -> Line:
    # Drawn from frames only and without the gutter of a row: a row cannot look like this.
    end = f" {action} --" if action else " --"
    text = cut(cut(f"-- {safe(words)}", max(look.columns - 1 - len(end), 8)) + end, look.columns - 1)
    pointer = ("class:pointer", ">") if look.selected else ("", " ")
    return [pointer, (style, text)]


def _row(item: RowAt, look: Look) -> list[Line]:
    row = decode(item.raw)
    head = _head(row, look)
    indent = sum(width(text) for _, text in head)
    room = max(look.columns - indent, 8)
    body = _body(row)
    trace = (
        []
        if not row.trace_id or look.columns < SHOWS_TRACE
        else [("class:trace", f" t:{safe(row.trace_id)[:SHORT_TRACE]}")]
    )
    plain = [[*head, *spread(body, trace, room)]]
    lines = _wrapped(head, body, indent, room) if look.wrapped else plain
    if look.opened:
        lines += _details(row, look)
    if look.columns < TINY:
        lines = [clip(line, look.columns) for line in lines]
    return [_marked(line, look) for line in lines]


def _head(row: Row, look: Look) -> Line:
    time = clock(row.ts, today=look.today)
    if look.columns < NARROW:
        time = time[:8]
    letter = row.letter
    pointer = ("class:pointer", ">") if look.selected else ("", " ")
    service = pad(safe(row.service) or safe(row.host) or "-", look.service)
    return [
        pointer,
        ("class:time", f"{time} "),
        (f"class:level.{letter}", letter),
        ("", " "),
        ("class:service", f"{service} "),
    ]


def _body(row: Row) -> Line:
    style = f"class:text.{row.letter}" if row.letter != "I" else ""
    message, attrs = safe(row.message), attrs_text(row)
    body: Line = [(style, message)] if message else []
    if attrs:
        body.append(("class:attr" if message else style, f" {attrs}" if message else attrs))
    marks: Line = [("class:flag", f"{row.marks} ")] if row.marks else []
    return marks + (body or [("class:attr", "(empty)")])


def _wrapped(head: Line, body: Line, indent: int, room: int) -> list[Line]:
    lines: list[Line] = []
    for style, text in body:
        for part in wrap(text.strip(), room):
            lines.append([*(head if not lines else [("", " " * indent)]), (style, part)])
    return lines


def _details(row: Row, look: Look) -> list[Line]:
    fields = (
        [("message", row.message), *details(row)]
        if look.columns < NARROW or "\n" in row.message
        else details(row)
    )
    names = max((min(width(safe(name)), 24) for name, _ in fields), default=0)
    room = max(look.columns - names - 7, 8)
    lines: list[Line] = []
    for name, value in fields:
        label = pad(safe(name), names)
        for part in (part for line in safe_lines(value) for part in wrap(line, room)):
            lines.append([("class:rule", "   | "), ("class:service", label), ("", f" {part}")])
            label = " " * names
    return lines


def _marked(line: Line, look: Look) -> Line:
    if not look.find:
        return line
    marked: Line = []
    needle = look.find.casefold()
    for style, text in line:
        # casefold may change lengths ("ß"): then nothing is marked rather than the wrong letters.
        folded = text.casefold()
        if needle not in folded or len(folded) != len(text):
            marked.append((style, text))
            continue
        at = 0
        while (hit := folded.find(needle, at)) >= 0:
            marked += [(style, text[at:hit]), (f"{style} class:hit", text[hit : hit + len(needle)])]
            at = hit + len(needle)
        marked.append((style, text[at:]))
    return [fragment for fragment in marked if fragment[1]]
