"""The middle of the screen: the stream, with people and chat beside it, or the keys over it."""

from collections.abc import Callable

from prompt_toolkit.layout.controls import UIContent, UIControl

from debugterm_client.core.desk import Desk
from debugterm_client.core.news import RowAt
from debugterm_client.core.rows import decode
from debugterm_client.core.sanitize import safe
from debugterm_client.ui.fit import Fragment, cut, spread, width
from debugterm_client.ui.header import Moment
from debugterm_client.ui.panes import help_pane, people_pane
from debugterm_client.ui.row import NARROW, SERVICE_MOST, Look, lines_of
from debugterm_client.ui.theme import Signs

Line = list[Fragment]
CACHE = 4_000
"""Items whose lines are kept; a screen shows at most some hundred."""


class Body(UIControl):
    """Draws the desk; keeps the lines of a row until something they depend on changes."""

    def __init__(self, desk: Desk, signs: Signs, moment: Callable[[], Moment]) -> None:
        self._desk = desk
        self._signs = signs
        self._moment = moment
        self._cache: dict[int, tuple[Look, list[Line]]] = {}
        self._timeline: object = None
        self._service = 8

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
            everything = help_pane(columns, signs)
            desk.help_top = max(0, min(desk.help_top, len(everything) - height))
            return _filled(everything[desk.help_top :][:height], height)
        if not desk.shows_people(columns):
            return self._stream(columns, height)
        if columns < 2 * NARROW:
            return _filled(people_pane(desk.scene, columns, height, signs), height)
        side = min(44, columns // 3)
        main = columns - side - 1
        left = self._stream(main, height)
        right = _filled(people_pane(desk.scene, side, height, signs), height)
        return [
            [*spread(one, [], main), ("class:rule", signs.side), *two]
            for one, two in zip(left, right, strict=True)
        ]

    def _stream(self, columns: int, height: int) -> list[Line]:
        desk, timeline = self._desk, self._desk.scene.timeline
        if timeline is not self._timeline:
            self._timeline, self._service = timeline, 8
            self._cache.clear()
        if len(self._cache) > CACHE:
            self._cache.clear()
        desk.lines = height
        today = self._moment().utc.date().isoformat()

        def lines(number: int) -> list[Line]:
            return self._item(number, columns, today)

        def tall(number: int) -> int:
            return len(lines(number)) if desk.wrapped or number in desk.opened else 1

        desk.view = desk.view.settle(first=timeline.first, end=timeline.end, lines=height, height=tall)
        numbers = desk.view.shown(end=timeline.end, lines=height, height=tall)
        self._grow_service(numbers, columns)
        if not numbers:
            return _filled(self._empty(columns), height)
        return _filled([line for number in numbers for line in lines(number)][:height], height)

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
            kept = (
                look,
                [
                    [(style, cut_sign(text, self._signs)) for style, text in line]
                    for line in lines_of(desk.scene.timeline[number], look)
                ],
            )
            self._cache[number] = kept
        return kept[1]

    def _grow_service(self, numbers: list[int], columns: int) -> None:
        # Grows and never shrinks: columns that dance while rows run cannot be read.
        most = SERVICE_MOST if columns < 100 else SERVICE_MOST + 6
        for number in numbers:
            if number not in self._cache or self._service >= most:
                continue
            item = self._desk.scene.timeline[number]
            if isinstance(item, RowAt):
                row = decode(item.raw)
                self._service = max(self._service, min(width(safe(row.service or row.host)), most))

    def _empty(self, columns: int) -> list[Line]:
        scene = self._desk.scene
        if scene.line.state != "up":
            waited = f"{max(0, self._moment().now - scene.line.since):.0f} s" if scene.line.since else ""
            texts = [f"{scene.line.state} {waited}".strip(), scene.line.why, scene.line.fix]
        elif scene.replaying:
            texts = ["reading what arrived before"]
        elif scene.all_rate:
            texts = [
                f"No row matches. {scene.all_rate:,} rows a second flow, none of them match.",
                "/ changes the filter",
            ]
        else:
            texts = ["No row matches, and nothing flows now.", "The next row is shown the moment it arrives."]
        return [[("", " ")], *([("class:dim", cut(f"  {safe(text)}", columns))] for text in texts if text)]


def cut_sign(text: str, signs: Signs) -> str:
    """The text with the ellipsis of the terminal."""
    return text if signs.ellipsis == "…" else text.replace("…", signs.ellipsis)


def _filled(lines: list[Line], height: int) -> list[Line]:
    blank: list[Line] = [[("", "")]]
    return [*lines[:height], *(blank * (height - len(lines)))]
