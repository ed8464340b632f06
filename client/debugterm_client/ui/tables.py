"""Lists as aligned columns, for people; programs take `--json`."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from debugterm_protocol.views import Table

from debugterm_client.core.cells import cell_text, is_number
from debugterm_client.core.sanitize import safe


def table(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The lines of a table: a heading, then one line per row; the last column is as wide as it is."""
    cells = [[_text(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(line[i]) for line in [[*columns], *cells]) for i in range(len(columns))]
    for line in [[column.upper().replace("_", " ") for column in columns], *cells]:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def table_text(result: Table) -> Iterator[str]:
    """The result of an aggregating query: numbers at the right, a line below when there is more than it shows."""
    cells = [[safe(cell_text(cell)) for cell in row] for row in result.rows]
    heads = [safe(column) for column in result.columns]
    right = [bool(result.rows) and all(is_number(row[i]) for row in result.rows) for i in range(len(heads))]
    widths = [max(len(line[i]) for line in [heads, *cells]) for i in range(len(heads))]
    for line in [heads, *cells]:
        shown = (
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, right, strict=True)
        )
        yield "  ".join(shown).rstrip()
    if result.groups > len(result.rows):
        yield f"({len(result.rows):,} of {result.groups:,} groups)"


def table_json(result: Table) -> bytes:
    """The same as one JSON line; values as they are."""
    shown = {"columns": result.columns, "rows": result.rows, "groups": result.groups, "since": result.since}
    return msgspec.json.encode({"type": "table", **shown, "other": result.other})


def _text(value: object) -> str:
    if isinstance(value, list):
        return " ".join(_text(each) for each in value)
    return safe(str(value if value is not None else "")) or "-"
