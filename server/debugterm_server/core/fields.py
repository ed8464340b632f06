"""Reads one field of many rows: what `query.meaning.value_of` says, with the work of the name done once."""

from collections.abc import Callable

from debugterm_protocol.query.meaning import Row
from debugterm_protocol.query.syntax import ATTRS, TOP

from debugterm_server.core.columns import attrs_of
from debugterm_server.core.comparing import find


def getter(field: str) -> Callable[[Row], object]:
    """The value of the field in a row; None when missing."""
    if field in TOP:
        return lambda row: row.get(field)
    name = field.removeprefix(ATTRS)
    if "." in name:
        return lambda row: find(attrs_of(row), name)
    return lambda row: attrs_of(row).get(name)
