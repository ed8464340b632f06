"""Exit codes of both commands; scripts branch on them, so a number never changes its meaning."""

from enum import IntEnum


class Exit(IntEnum):
    """What a command's exit status says."""

    OK = 0
    FAILED = 1
    USAGE = 2
    DENIED = 3
    LOGIN_NEEDED = 4
    NOT_FOUND = 5
    APPROVAL = 6
    SESSION_ENDED = 7
    CONNECTION_LOST = 8
    CANCELLED = 9
    ROWS_LOST = 14
    CONFIG = 78
    INTERRUPTED = 130
