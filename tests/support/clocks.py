"""A clock that goes only when a test says so."""


class FakeClock:
    """Seconds since 1970; begins at 2026-11-23T17:20:11.500000Z."""

    def __init__(self, now: float = 1_795_454_411.5) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        """Let time go by."""
        self.now += seconds
