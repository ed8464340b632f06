"""A place in a stream: `<ms>-<seq>-<index>`, ordered as three integers, opaque to users.

`<ms>-<seq>` is the id of the stream entry (one batch), `<index>` the row in it. `<ms>-<seq>` alone
stands for the whole entry. Session events count `<rev>` instead.
"""

import re
from typing import NamedTuple

_OFFSET = re.compile(r"(\d{1,20})-(\d{1,20})(?:-(\d{1,6}))?", re.ASCII)
_MAX = 2**64 - 1
WHOLE_ENTRY = 999_999
"""Index that stands after every row of an entry."""


class BadOffset(ValueError):
    """The text is not an offset; the message says what one looks like."""


class Offset(NamedTuple):
    """A row's place: milliseconds and sequence of its entry, index of the row in it."""

    ms: int
    seq: int
    row: int

    @property
    def entry(self) -> str:
        """The id of the stream entry."""
        return f"{self.ms}-{self.seq}"

    def __str__(self) -> str:
        return f"{self.ms}-{self.seq}-{self.row}"


def parse(text: str) -> Offset:
    """Read an offset; one without index means "after the whole entry". Raises BadOffset."""
    match = _OFFSET.fullmatch(text)
    if match is None or int(match[1]) > _MAX or int(match[2]) > _MAX:
        raise BadOffset(f"{text[:60]!r} is not an offset; one looks like 1700000000000-0-12")
    return Offset(int(match[1]), int(match[2]), WHOLE_ENTRY if match[3] is None else int(match[3]))
