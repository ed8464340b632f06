"""The table of an aggregating query: columns aligned, numbers at the right, a bar for the counts."""

from datetime import UTC, datetime

from debugterm_protocol.views import Cell, Table

from debugterm_client.core.cells import cell_text, counts_of, is_number
from debugterm_client.core.sanitize import safe
from debugterm_client.core.words import counted
from debugterm_client.ui.fit import Fragment, clip, cut, pad, width
from debugterm_client.ui.theme import Signs

Line = list[Fragment]
CELL_MOST = 40
BAR_MOST = 24


def table_lines(table: Table, columns: int, lines: int, signs: Signs, *, top: int) -> list[Line]:
    """The table from its row `top` on, with what it counts in its last line."""
    shown = table.rows[top : top + max(0, lines - 2)]
    head = [safe(name) for name in table.columns]
    texts = [[safe(cell_text(cell)) for cell in row] for row in table.rows]
    numeric = [all(is_number(row[at]) for row in table.rows) and bool(table.rows) for at in range(len(head))]
    widths = [
        min(CELL_MOST, max([width(name), *(width(row[at]) for row in texts)])) for at, name in enumerate(head)
    ]
    counted_in = counts_of(table)
    line: Line = [("", " ")]
    for at, name in enumerate(head):
        line.append(("class:title", f"{_aligned(name, widths[at], right=numeric[at])}  "))
    found = [clip(line, columns)]
    most = (
        max((_number(row[counted_in]) for row in table.rows), default=0.0) if counted_in is not None else 0.0
    )
    for row in shown:
        cells = [safe(cell_text(cell)) for cell in row]
        line = [("", " ")]
        for at, text in enumerate(cells):
            line.append(("", f"{_aligned(text, widths[at], right=numeric[at])}  "))
        if counted_in is not None and most > 0:
            room = min(BAR_MOST, columns - sum(widths) - 2 * len(widths) - 2)
            line.append(("class:gauge", signs.full * round(_number(row[counted_in]) / most * max(room, 0))))
        found.append(clip(line, columns))
    return [*found, [("class:dim", cut(f" {_foot(table, top, len(shown))}", columns))]]


def _foot(table: Table, top: int, shown: int) -> str:
    since = f"since {datetime.fromtimestamp(table.since, UTC):%H:%M:%S}" if table.since else ""
    if not table.rows:
        return f"no row matches yet {since}"
    words = counted(table.groups, "group")
    if shown < len(table.rows):
        words = f"rows {top + 1:,}-{top + shown:,} of {len(table.rows):,}; {words}"
    return f"{words} {since}" + ("; too many groups: the rest is in 'other'" if table.other else "")


def _aligned(text: str, cells: int, *, right: bool) -> str:
    shown = pad(text, cells)
    return shown.strip().rjust(cells) if right else shown


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0
