"""Lists as aligned columns, for people; programs take `--json`."""

from collections.abc import Iterator, Sequence
from typing import Any

from debugterm_client.core.sanitize import safe


def table(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The lines of a table: a heading, then one line per row; the last column is as wide as it is."""
    cells = [[_text(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(line[i]) for line in [[*columns], *cells]) for i in range(len(columns))]
    for line in [[column.upper().replace("_", " ") for column in columns], *cells]:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def _text(value: object) -> str:
    if isinstance(value, list):
        return " ".join(_text(each) for each in value)
    return safe(str(value if value is not None else "")) or "-"
