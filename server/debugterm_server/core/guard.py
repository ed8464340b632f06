"""Bookkeeping of what a query costs a row, so that one that costs too much is suspended before everybody waits for it."""

ROW_SECONDS = 20e-6
"""What one row may cost one query on average (threats.md 34)."""
SAMPLE_ROWS = 5_000
"""Rows before anything is said of a query: the first batch pays for what is compiled and decoded once."""


class Guard:
    """The cost of one query, averaged so that old rows count half after every `SAMPLE_ROWS`."""

    __slots__ = ("_rows", "_seconds")

    def __init__(self) -> None:
        self._rows = 0.0
        self._seconds = 0.0

    def spent(self, rows: int, seconds: float) -> bool:
        """Book the time of some rows; True when the query costs too much and must be suspended."""
        self._rows += rows
        self._seconds += seconds
        if self._rows < SAMPLE_ROWS:
            return False
        too_much = self._seconds > self._rows * ROW_SECONDS
        self._rows /= 2
        self._seconds /= 2
        return too_much

    @property
    def micros(self) -> float:
        """Microseconds a row, for the notice."""
        return self._seconds / self._rows * 1e6 if self._rows else 0.0
