"""The cells of a table as text, for screens and pipes."""

import msgspec
from debugterm_protocol.views import Cell, Table

COUNTS = ("count", "rate", "n")
"""Columns that a bar is drawn for, the first of them that is there."""


def is_number(cell: Cell) -> bool:
    """Whether a cell stands at the right; a missing value does not speak against it."""
    return cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool))


def cell_text(cell: Cell) -> str:
    """A cell in words: `-` when there is no value, thousands separated, at most four significant decimals."""
    match cell:
        case None:
            return "-"
        case bool():
            return msgspec.json.encode(cell).decode()
        case int():
            return f"{cell:,}"
        case float() if cell == int(cell) and abs(cell) < 1e15:
            return f"{cell:,.0f}"
        case float():
            return f"{cell:,.2f}" if abs(cell) >= 10 else f"{cell:.4g}"
        case _:
            return cell


def counts_of(table: Table) -> int | None:
    """The column that a bar is drawn for, None when no column counts."""
    for name in COUNTS:
        if name in table.columns:
            return table.columns.index(name)
    return None
