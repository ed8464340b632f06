"""The middle of the screen: the stream or its table, panes beside or in its place, the keys or completions over it."""

from collections.abc import Callable

from prompt_toolkit.layout.controls import UIContent, UIControl

from debugterm_client.core.desk import Desk
from debugterm_client.core.layout import Side
from debugterm_client.core.news import RowAt
from debugterm_client.core.rows import decode
from debugterm_client.core.sanitize import safe
from debugterm_client.ui.empty import empty_lines
from debugterm_client.ui.facets import facets_pane
from debugterm_client.ui.fit import Fragment, spread, width
from debugterm_client.ui.grid import table_lines
from debugterm_client.ui.header import Moment
from debugterm_client.ui.menu import menu_lines
from debugterm_client.ui.panes import help_pane, people_pane
from debugterm_client.ui.patterns import patterns_pane
from debugterm_client.ui.prompt import PROMPTS
from debugterm_client.ui.row import NARROW, SERVICE_MOST, Look, lines_of
from debugterm_client.ui.theme import Signs

Line = list[Fragment]
CACHE = 4_000
"""Items whose lines are kept; a screen shows at most some hundred."""
LEFT_COLUMNS = 28
RIGHT_COLUMNS = 44


class Body(UIControl):
    """Draws the desk; keeps the lines of a row until something they depend on changes."""

    def __init__(self, desk: Desk, signs: Signs, moment: Callable[[], Moment]) -> None:
        self._desk = desk
        self._signs = signs
        self._moment = moment
        self._cache: dict[int, tuple[Look, list[Line]]] = {}
        self._drawn: tuple[object, int] = (None, 0)
        """The timeline and its version that the cache is of."""
        self._service = 8
        self._kept: dict[Side, tuple[tuple[object, ...], tuple[int, int, Side], list[Line]]] = {}
        """The panes: what they were drawn of, how large, and their lines."""

    def is_focusable(self) -> bool:
        """Keys go to the stream unless a line is being typed."""
        return True

    def create_content(self, width: int, height: int) -> UIContent:
        """The lines of one frame: exactly `height` of them."""
        lines = self._lines(width, height)
        return UIContent(
            get_line=lambda number: list(lines[number]), line_count=len(lines), show_cursor=False
        )

    def _lines(self, columns: int, height: int) -> list[Line]:
        desk, signs = self._desk, self._signs
        desk.columns = columns
        if desk.helping:
            shown, desk.help_top = help_pane(columns, height, desk.help_top, signs)
            return _filled(shown, height)
        over: list[Line] = []
        if desk.mode == "filter":
            over = menu_lines(desk.bar, columns, height - 1, indent=len(PROMPTS["filter"]))
        return self._panes(columns, height - len(over)) + over

    def _panes(self, columns: int, height: int) -> list[Line]:
        desk, panes = self._desk, self._desk.panes
        if panes.whole:
            desk.lines = height
            return self._pane(panes.whole, columns, height)
        left = LEFT_COLUMNS if panes.left else 0
        right = min(RIGHT_COLUMNS, columns // 3) if panes.right else 0
        main = columns - left - right - bool(left) - bool(right)
        side = ("class:rule", self._signs.side)
        lines = self._stream(main, height)
        if left:
            first = self._pane(panes.left, left, height)
            lines = [[*spread(one, [], left), side, *two] for one, two in zip(first, lines, strict=True)]
        if right:
            last = self._stacked(panes.right, right, height)
            lines = [
                [*spread(one, [], columns - right - 1), side, *two]
                for one, two in zip(lines, last, strict=True)
            ]
        return lines

    def _stacked(self, sides: tuple[Side, ...], columns: int, height: int) -> list[Line]:
        lines: list[Line] = []
        for at, side in enumerate(sides):
            room = (height - len(lines)) // (len(sides) - at)
            lines += self._pane(side, columns, room)
        return lines

    def _pane(self, side: Side, columns: int, height: int) -> list[Line]:
        """The lines of a pane, kept until what it shows is replaced: that happens once a second, frames more often."""
        desk, stream = self._desk, self._desk.scene.stream
        shown: tuple[object, ...]
        match side:
            case "facets":
                shown, draw = (stream.facets, desk.picks.facet), facets_pane
            case "patterns":
                shown, draw = (stream.patterns, desk.picks.pattern), patterns_pane
            case _:
                shown, draw = (desk.scene.presence, desk.scene.snapshot), people_pane
        size = (columns, height, desk.focus)
        kept = self._kept.get(side)
        if kept is None or kept[1] != size or any(a is not b for a, b in zip(kept[0], shown, strict=True)):
            lines = _filled([self._signed(line) for line in draw(desk, columns, height, self._signs)], height)
            kept = self._kept[side] = (shown, size, lines)
        return kept[2]

    # -- the stream --------------------------------------------------------------------------------------

    def _stream(self, columns: int, height: int) -> list[Line]:
        desk, stream = self._desk, self._desk.scene.stream
        desk.lines = height
        if stream.table_wanted and stream.table is not None:
            desk.table_top = max(0, min(desk.table_top, len(stream.table.rows) - height + 2))
            grid = table_lines(stream.table, columns, height, self._signs, top=desk.table_top)
            return _filled([self._signed(line) for line in grid], height)
        timeline = stream.timeline
        if self._drawn[0] is not timeline:
            self._service = 8
        if self._drawn != (timeline, timeline.version) or len(self._cache) > CACHE:
            self._drawn = (timeline, timeline.version)
            self._cache.clear()
        today = self._moment().utc.date().isoformat()

        def lines(number: int) -> list[Line]:
            return self._item(number, columns, today)

        def tall(number: int) -> int:
            return len(lines(number)) if desk.wrapped or number in desk.opened else 1

        desk.view = desk.view.settle(first=timeline.first, end=timeline.end, lines=height, height=tall)
        numbers = desk.view.shown(end=timeline.end, lines=height, height=tall)
        self._grow_service(numbers, columns)
        shown = [line for number in numbers for line in lines(number)][:height]
        if not any(isinstance(timeline[number], RowAt) for number in numbers):
            shown += empty_lines(desk.scene, columns, self._moment().now)
        return _filled(shown, height)

    def _item(self, number: int, columns: int, today: str) -> list[Line]:
        desk = self._desk
        look = Look(
            columns,
            today,
            8 if columns < NARROW else self._service,
            wrapped=desk.wrapped,
            opened=number in desk.opened,
            selected=number == desk.view.cursor and not desk.view.live,
            find=desk.find,
        )
        kept = self._cache.get(number)
        if kept is None or kept[0] != look:
            item = desk.scene.stream.timeline[number]
            kept = (look, [self._signed(line) for line in lines_of(item, look)])
            self._cache[number] = kept
        return kept[1]

    def _grow_service(self, numbers: list[int], columns: int) -> None:
        # Grows and never shrinks: columns that dance while rows run cannot be read.
        most = SERVICE_MOST if columns < 100 else SERVICE_MOST + 6
        for number in numbers:
            if number not in self._cache or self._service >= most:
                continue
            item = self._desk.scene.stream.timeline[number]
            if isinstance(item, RowAt):
                row = decode(item.raw)
                self._service = max(self._service, min(width(safe(row.service or row.host)), most))

    def _signed(self, line: Line) -> Line:
        sign = self._signs.ellipsis
        return line if sign == "…" else [(style, text.replace("…", sign)) for style, text in line]


def _filled(lines: list[Line], height: int) -> list[Line]:
    blank: list[Line] = [[("", "")]]
    return [*lines[:height], *(blank * (height - len(lines)))]
